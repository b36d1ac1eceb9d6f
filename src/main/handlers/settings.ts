import type { settingsContract } from '../../shared/rpc/app/settings.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import type { AppEngine } from '../engine/app-engine.ts'
import type { SettingsStore } from '../settings/settings-store.ts'

export function settingsHandlers(settings: SettingsStore, engine: AppEngine): Handlers<typeof settingsContract> {
  return {
    'settings.read': () => settings.read(),
    'settings.write': (patch) => settings.write(patch),
    'engine.status': async (_, context) => {
      const { state, restarts } = engine.status()
      if (state !== 'ready') return { state, restarts, memoryBytes: 0, memoryLimitBytes: 0 }
      const { memoryBytes, memoryLimitBytes } = await engine.client.call('status', {}, context)
      return { state, restarts, memoryBytes, memoryLimitBytes }
    },
  }
}
