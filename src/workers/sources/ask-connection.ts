import { connectorOf } from '../../modules/connectors/catalogue.ts'
import type { Connector } from '../../modules/kit/connector.ts'
import type { BrowseEntry, Diagnosis, ResolvedConnection } from '../../shared/connections/connection.ts'
import { fromErrorInfo, toErrorInfo, userError } from '../../shared/errors.ts'
import { withSecretsHidden } from './connection-of.ts'

interface ConnectionRequest {
  readonly projectRoot: string
  readonly connection: ResolvedConnection
}

/** @throws LogiDataError `connector.unknown`, `cancelled`; what is wrong with the connection is in the answer */
export async function testConnection(
  { projectRoot, connection }: ConnectionRequest,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const started = performance.now()
  const connector = await connectorFor(connection)
  if (connection.problem) return failed(connection.problem, started)
  try {
    return await withSecretsHidden(connection, () => connector.test(connection, { projectRoot, signal }))
  } catch (thrown) {
    const info = toErrorInfo(thrown)
    if (info.kind === 'cancelled' || info.kind === 'bug') throw thrown
    return failed(info, started)
  }
}

/** @throws LogiDataError */
export async function browseConnection(
  { projectRoot, connection, path }: ConnectionRequest & { readonly path: readonly string[] },
  signal: AbortSignal,
): Promise<BrowseEntry[]> {
  const connector = await connectorFor(connection)
  if (connection.problem) throw fromErrorInfo(connection.problem)
  const { browse } = connector
  if (!browse) return []
  return withSecretsHidden(connection, async () => [...(await browse(connection, path, { projectRoot, signal }))])
}

const failed = ({ message, hint }: { message: string; hint?: string | undefined }, started: number): Diagnosis => ({
  ok: false,
  steps: [
    {
      step: 'settings',
      ok: false,
      message,
      ...(hint === undefined ? {} : { hint }),
      milliseconds: performance.now() - started,
    },
  ],
})

async function connectorFor({ type }: ResolvedConnection): Promise<Connector> {
  const connector = await connectorOf(type)
  if (!connector) throw userError('connector.unknown', `There is no kind of connection “${type}”.`)
  return connector
}
