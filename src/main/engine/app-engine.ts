import type { RpcClient } from '../../shared/rpc/contract.ts'
import type { EngineContract } from '../../shared/rpc/engine-contract.ts'

/** What the application needs of the engine process; `supervisor.ts` gives the real one. */
export interface AppEngine {
  /** Survives a crash of the process: requests then go to the next one. */
  readonly client: RpcClient<EngineContract>
  status(): {
    readonly state: 'ready' | 'starting' | 'restarting'
    readonly restarts: number
    readonly processId?: number | undefined
  }
  /** Every line that the process writes to its standard error. @returns ends it */
  onLine?(listener: (line: string) => void): () => void
  close(): void | Promise<void>
}
