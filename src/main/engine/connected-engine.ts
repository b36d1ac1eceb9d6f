import type { ResolvedConnection } from '../../shared/connections/connection.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { CallNames, InputOf, OutputOf, StreamNames } from '../../shared/rpc/contract.ts'
import type { EngineContract } from '../../shared/rpc/engine-contract.ts'
import type { AppEngine } from './app-engine.ts'

/** Gives the connections that documents of a project may name. */
export type ResolveConnections = (
  projectRoot: string,
  documents: readonly PipelineDocument[],
) => Promise<Record<string, ResolvedConnection>>

/**
 * An engine whose requests about pipelines carry their connections. It is the only place where secrets are put into a request: nothing that
 * journals, logs or shows requests ever sees one.
 */
export function connectEngine(engine: AppEngine, resolve: ResolveConnections): AppEngine {
  const { client } = engine
  const connected = async <T>(input: T): Promise<T> => {
    if (!isRecord(input) || typeof input.projectRoot !== 'string') return input
    const { projectRoot, document, before, after } = input
    if (isRecord(before) && isRecord(after)) {
      const both = await Promise.all([completed(projectRoot, before), completed(projectRoot, after)])
      return { ...input, before: both[0], after: both[1] } as T
    }
    return isDocument(document) ? ((await completed(projectRoot, input)) as T) : input
  }
  const completed = async (projectRoot: string, request: Record<string, unknown>): Promise<Record<string, unknown>> => {
    if (!isDocument(request.document)) return request
    const connections = await resolve(projectRoot, [request.document])
    return Object.keys(connections).length > 0 ? { ...request, connections } : request
  }
  return {
    ...engine,
    status: () => engine.status(),
    client: {
      async call<N extends CallNames<EngineContract>>(
        name: N,
        input: InputOf<EngineContract[N]>,
        options?: { signal?: AbortSignal },
      ): Promise<OutputOf<EngineContract[N]>> {
        return client.call(name, await connected(input), options)
      },
      async *stream<N extends StreamNames<EngineContract>>(
        name: N,
        input: InputOf<EngineContract[N]>,
        options?: { signal?: AbortSignal },
      ) {
        yield* client.stream(name, await connected(input), options)
      },
      close: () => client.close(),
    },
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
/** The engine parses it; here it is enough to find the steps. */
const isDocument = (value: unknown): value is PipelineDocument => isRecord(value) && isRecord(value.nodes)
