import { create } from 'zustand'
import { subscribeWithSelector } from 'zustand/middleware'
import type { Settings } from '../../shared/rpc/app-contract.ts'
import { api } from '../api.ts'

export interface SettingsState extends Settings {
  readonly loaded: boolean
}

export const useSettings = create<SettingsState>()(
  subscribeWithSelector((): SettingsState => ({ theme: 'system', language: 'en', layout: {}, loaded: false })),
)

export async function loadSettings(): Promise<void> {
  const settings = await api.call('settings.read', {})
  useSettings.setState({ ...settings, loaded: true })
}

let pending: Partial<Settings> = {}
let timer: ReturnType<typeof setTimeout> | undefined

/** Changes settings now and remembers them a moment later. What fails to be remembered still holds for this window. */
export function changeSettings(changes: Partial<Settings>): void {
  const layout = { ...useSettings.getState().layout, ...changes.layout }
  useSettings.setState({ ...changes, layout })
  pending = { ...pending, ...changes, layout: { ...pending.layout, ...changes.layout } }
  clearTimeout(timer)
  timer = setTimeout(() => {
    const changed = pending
    pending = {}
    api.call('settings.write', changed).catch(() => {
      pending = { ...changed, ...pending, layout: { ...changed.layout, ...pending.layout } }
    })
  }, 300)
}

/** One remembered thing of the window's own, such as a pane's size or a data pane's tab. */
export const rememberLayout = (key: string, value: unknown): void => changeSettings({ layout: { [key]: value } })

export function layoutValue<T>(key: string, fallback: T, isRight: (value: unknown) => value is T): T {
  const value = useSettings.getState().layout[key]
  return isRight(value) ? value : fallback
}
