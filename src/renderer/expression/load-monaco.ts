import type { MonacoApi } from './monaco-api.ts'

let loading: Promise<MonacoApi> | undefined
let loaded: MonacoApi | undefined

/** The editor is large: it comes in its own chunk, once. */
export function loadMonaco(): Promise<MonacoApi> {
  loading ??= import('./monaco-setup.ts').then((module) => {
    loaded = module.monaco
    return module.monaco
  })
  return loading
}

export const loadedMonaco = (): MonacoApi | undefined => loaded

/** Fetches the editor while nothing else goes on, so that the first click into a field finds it there. */
export function preloadMonaco(): void {
  if (loading) return
  const fetchNow = () => void loadMonaco().catch(() => (loading = undefined))
  if ('requestIdleCallback' in window) window.requestIdleCallback(fetchNow, { timeout: 2_000 })
  else setTimeout(fetchNow, 300)
}
