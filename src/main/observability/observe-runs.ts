import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { RpcClient } from '../../shared/rpc/contract.ts'
import type { EngineContract } from '../../shared/rpc/engine-contract.ts'
import { RunObserver } from './run-observer.ts'

/** What reports the runs of a project, where the environment says to whom; undefined where it does not. */
export function observeRuns(options: {
  readonly projectRoot: string
  readonly engine: () => Promise<{ readonly client: RpcClient<EngineContract> }>
  /** The variables that a pipeline is granted. */
  readonly granted: (document: PipelineDocument) => Record<string, string>
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly log?: (message: string) => void
}): RunObserver | undefined {
  const { projectRoot, engine, granted, environment = process.env, log } = options
  return RunObserver.create({
    projectRoot,
    environment,
    ...(log ? { log } : {}),
    async lineage({ document, parameters }) {
      const { client } = await engine()
      const answer = await client.call('lineage', { projectRoot, document, parameters, env: granted(document) })
      return answer.lineage
    },
  })
}
