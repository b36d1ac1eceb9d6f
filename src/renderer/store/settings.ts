import { create } from 'zustand'
import { subscribeWithSelector } from 'zustand/middleware'
import type { Settings } from '../../shared/rpc/app-contract.ts'
import { api } from '../api.ts'
import { firstSpoken, type Language } from '../i18n/first-spoken.ts'

export interface SettingsState extends Omit<Settings, 'language'> {
  /** What the window speaks. */
  readonly language: Language
  readonly chosenLanguage: Settings['language']
  readonly loaded: boolean
}

export const useSettings = create<SettingsState>()(
  subscribeWithSelector((): SettingsState => ({ theme: 'system', ...languageOf('system'), layout: {}, loaded: false })),
)

function languageOf(chosen: Settings['language']): Pick<SettingsState, 'language' | 'chosenLanguage'> {
  const spoken = typeof document === 'undefined' ? [] : navigator.languages
  return { chosenLanguage: chosen, language: chosen === 'system' ? firstSpoken(spoken) : chosen }
}

export async function loadSettings(): Promise<void> {
  const settings = await api.call('settings.read', {})
  useSettings.setState({ ...settings, ...languageOf(settings.language), loaded: true })
}

let pending: Partial<Settings> = {}
let timer: ReturnType<typeof setTimeout> | undefined

/** Changes settings now and remembers them a moment later. What fails to be remembered still holds for this window. */
export function changeSettings(changes: Partial<Settings>): void {
  const layout = { ...useSettings.getState().layout, ...changes.layout }
  const { language, ...others } = changes
  useSettings.setState({ ...others, ...(language && languageOf(language)), layout })
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
