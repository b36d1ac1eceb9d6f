import { create } from 'zustand'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { api } from '../api.ts'

export interface ModulesState {
  readonly list: readonly ModuleInfo[]
  /** `transform.filter` -> its description. */
  readonly byType: ReadonlyMap<string, ModuleInfo>
  readonly loaded: boolean
}

export const useModules = create<ModulesState>()(() => ({ list: [], byType: new Map(), loaded: false }))

export async function loadModules(): Promise<void> {
  const list = await api.call('modules.list', {})
  useModules.setState({ list, byType: new Map(list.map((info) => [info.type, info])), loaded: true })
}

export const moduleOf = (type: string | undefined): ModuleInfo | undefined =>
  type === undefined ? undefined : useModules.getState().byType.get(type)
