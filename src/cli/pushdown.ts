import type { Analysis } from '../shared/engine/types.ts'
import { readsConnections } from '../shared/pipeline/reads-connections.ts'
import type { PipelineRequest } from '../shared/rpc/engine-contract.ts'
import type { CommandContext } from './context.ts'

/** What the sources of a pipeline do of it in a run, in English, by node. */
export type PushdownByNode = Readonly<
  Record<
    string,
    {
      readonly pushed: 'all' | 'part' | 'none'
      readonly in_source: readonly string[]
      readonly here: readonly string[]
    }
  >
>

/** Of the extracts over a connection and the steps after them; empty where there are none. */
export function pushdownForProgram({ nodes }: Analysis): PushdownByNode {
  return Object.fromEntries(
    Object.entries(nodes).flatMap(([id, { pushdown }]) =>
      pushdown
        ? [
            [
              id,
              {
                pushed: pushdown.pushed,
                in_source: pushdown.done.map(({ en }) => en),
                here: pushdown.reasons.map(({ en }) => en),
              },
            ],
          ]
        : [],
    ),
  )
}

/** As `pushdownForProgram`; a pipeline that reads nothing over a connection is not looked at again. */
export async function pushdownOf(
  request: PipelineRequest,
  { engine, signal }: CommandContext,
): Promise<PushdownByNode> {
  if (!readsConnections(request.document) || signal.aborted) return {}
  const { client } = await engine()
  return pushdownForProgram(await client.call('analyse', request, { signal }))
}
