import type { AppContract } from '../shared/rpc/app-contract.ts'
import type { Handlers } from '../shared/rpc/contract.ts'
import { ConnectedProjects } from './connections/connected-projects.ts'
import { connectionHandlers } from './handlers/connections.ts'
import { draftHandlers } from './handlers/drafts.ts'
import { lineageHandlers } from './handlers/lineage.ts'
import { projectHandlers } from './handlers/projects.ts'
import { runHandlers } from './handlers/runs.ts'
import { scheduleHandlers } from './handlers/schedules.ts'
import { settingsHandlers } from './handlers/settings.ts'
import { testHandlers } from './handlers/tests.ts'
import { ModuleList } from './module-list.ts'
import { Sessions, type SessionsOptions } from './sessions.ts'
import { SettingsStore } from './settings/settings-store.ts'

export type AppOptions = SessionsOptions

export interface App {
  readonly handlers: Handlers<AppContract>
  /** Asks the engine ahead of time for what every window asks first. */
  expectWindow(): void
  /** Cancels runs and stops watching. The engine stays its owner's. */
  close(): Promise<void>
}

/**
 * The application behind the window, whatever carries its requests: one current project, shared by all windows.
 * @throws LogiDataError if the project cannot be opened
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { dataDirectory, environment = process.env } = options
  const projects = new ConnectedProjects({ engine: options.engine, dataDirectory, environment })
  const sessions = await Sessions.start({ ...options, engine: projects.engine })
  const modules = new ModuleList(options.engine)
  return {
    handlers: {
      ...projectHandlers(sessions),
      ...draftHandlers(sessions, modules),
      ...connectionHandlers(sessions, projects),
      ...lineageHandlers(sessions),
      ...runHandlers(sessions),
      ...testHandlers(sessions),
      ...scheduleHandlers(sessions),
      ...settingsHandlers(new SettingsStore(dataDirectory), options.engine),
    },
    expectWindow: () => void modules.get().catch(() => undefined),
    close: () => sessions.close(),
  }
}
