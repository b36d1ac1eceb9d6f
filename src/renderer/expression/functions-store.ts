import { create } from 'zustand'
import type { FunctionInfo } from '../../shared/rpc/engine-contract.ts'
import { api } from '../api.ts'

const none: readonly FunctionInfo[] = []
const useStore = create<{ readonly list: readonly FunctionInfo[] }>()(() => ({ list: none }))

let asked = false

/** DuckDB's functions, asked for once. Empty until they are there. */
export function useFunctions(): readonly FunctionInfo[] {
  if (!asked) {
    asked = true
    api.call('functions.list', {}).then(
      (list) => useStore.setState({ list }),
      () => {
        // Completion does without; the next form asks again.
        asked = false
      },
    )
  }
  return useStore((state) => state.list)
}
