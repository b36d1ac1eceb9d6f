import { didYouMean } from '../../modules/kit/did-you-mean.ts'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'
import { fromErrorInfo, LogiDataError, toErrorInfo, userError } from '../../shared/errors.ts'

export type Connections = Readonly<Record<string, ResolvedConnection>>

/** The connection that a node names. @throws LogiDataError `connection.unknown`, or why it could not be resolved */
export function connectionOf(
  name: string | undefined,
  connections: Connections | undefined,
): ResolvedConnection | undefined {
  if (name === undefined) return undefined
  const found = connections?.[name]
  if (!found)
    throw userError('connection.unknown', `There is no connection “${name}”.`, {
      field: ['connection'],
      hint: 'Create it under Connections, or choose another one.',
      ...didYouMean(name, Object.keys(connections ?? {})),
    })
  if (found.problem) throw fromErrorInfo({ ...found.problem, field: found.problem.field ?? ['connection'] })
  return found
}

/** Does something with a connection. No secret leaves in what it throws, whatever a driver or a server put into it. */
export async function withSecretsHidden<T>(
  connection: ResolvedConnection | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const secrets = Object.values(connection?.secrets ?? {}).filter((secret) => secret.length > 3)
    if (secrets.length === 0) throw thrown
    const info = toErrorInfo(thrown)
    const hidden = fromErrorInfo({
      ...info,
      message: hide(info.message, secrets),
      ...(info.hint === undefined ? {} : { hint: hide(info.hint, secrets) }),
    })
    // A stack would hold the message as it was.
    throw thrown instanceof LogiDataError || info.kind === 'cancelled' ? hidden : new Error(hidden.message)
  }
}

const hide = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, '•••').replaceAll(encodeURIComponent(secret), '•••'), text)
