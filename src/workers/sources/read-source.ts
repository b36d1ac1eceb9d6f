import type { Discovered, ReadResult } from '../../modules/kit/contract.ts'
import type { Pushed } from '../../modules/kit/pushdown.ts'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import type { ProjectSession } from '../session.ts'
import { withSecretsHidden } from './connection-of.ts'
import { ParquetSink, type SunkPort } from './parquet-sink.ts'
import { type ExtractNode, namedParameters } from './source-key.ts'

export interface ReadSource {
  readonly session: ProjectSession
  readonly node: ExtractNode
  readonly connection: ResolvedConnection | undefined
  readonly discovered: Discovered
  readonly limit?: number
  readonly pushed?: Pushed | undefined
  readonly state?: JsonValue | undefined
  readonly signal: AbortSignal
}

/** Reads the rows of a source into Parquet files of an empty folder. @throws LogiDataError */
export async function readSource(
  { session, node, connection, discovered, limit, pushed, state, signal }: ReadSource,
  folder: string,
): Promise<{ readonly ports: ReadonlyMap<string, SunkPort>; readonly result: ReadResult }> {
  const [out = 'out', rejects] = node.outputs
  const ports = [{ name: out, columns: discovered.columns }]
  if (rejects !== undefined) ports.push({ name: rejects, columns: discovered.rejected ?? [] })
  const ending = new AbortController()
  const both = AbortSignal.any([signal, ending.signal])
  const sink = new ParquetSink(session, folder, ports, both)
  try {
    const result = await withSecretsHidden(connection, () =>
      node.module.read({
        nodeId: node.id,
        config: node.config as never,
        parameters: namedParameters(node),
        ...(connection ? { connection } : {}),
        files: session.files,
        withSession: (work) => session.lease(both, work),
        signal: both,
        discovered,
        ...(limit === undefined ? {} : { limit }),
        ...(pushed === undefined ? {} : { pushed }),
        ...(state === undefined ? {} : { state }),
        sink,
      }),
    )
    return { ports: await sink.finish(), result }
  } finally {
    // What a module left running must not outlive its failure.
    ending.abort()
    await sink.close()
  }
}
