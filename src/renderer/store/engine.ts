import { create } from 'zustand'
import type { AppContract } from '../../shared/rpc/app-contract.ts'
import type { OutputOf } from '../../shared/rpc/contract.ts'
import { api, onConnectionChange } from '../api.ts'
import type { ConnectionState } from '../connection/reconnecting-client.ts'
import { requestAnalysis, useAnalysis } from './analysis.ts'

export type EngineStatus = OutputOf<AppContract['engine.status']>

export interface EngineState {
  readonly connection: ConnectionState
  readonly status: EngineStatus | undefined
}

/** How the window's connection and the engine behind it are. */
export const useEngine = create<EngineState>()(() => ({ connection: 'connecting', status: undefined }))

const CALM = 3000
const TENSE = 500

/** Keeps `useEngine` true. An analysis that the engine could not give is asked for again once it is back. */
export function followEngine(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const ask = async () => {
    clearTimeout(timer)
    try {
      const before = useEngine.getState().status
      const status = await api.call('engine.status', {})
      if (stopped) return
      useEngine.setState({ status })
      const isBack = status.state === 'ready' && before !== undefined && before.restarts !== status.restarts
      if (isBack || (status.state === 'ready' && useAnalysis.getState().error)) void requestAnalysis()
    } catch {
      // The connection says so itself.
    }
    if (stopped) return
    const tense = useEngine.getState().status?.state !== 'ready' || useAnalysis.getState().error !== undefined
    timer = setTimeout(ask, document.hidden ? CALM * 4 : tense ? TENSE : CALM)
  }
  const stop = onConnectionChange((connection) => {
    useEngine.setState({ connection })
    if (connection === 'connected') void ask()
  })
  return () => {
    stopped = true
    clearTimeout(timer)
    stop()
  }
}
