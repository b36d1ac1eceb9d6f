import { connectionContract } from './app/connections.ts'
import { draftContract } from './app/drafts.ts'
import { lineageContract } from './app/lineage.ts'
import { projectContract } from './app/projects.ts'
import { runContract } from './app/runs.ts'
import { scheduleContract } from './app/schedules.ts'
import { settingsContract } from './app/settings.ts'
import { testContract } from './app/tests.ts'

/** Between the window and the application, whatever carries it. */
export const appContract = {
  ...projectContract,
  ...draftContract,
  ...connectionContract,
  ...lineageContract,
  ...runContract,
  ...scheduleContract,
  ...settingsContract,
  ...testContract,
} as const
export type AppContract = typeof appContract

export { type RunSummary, runSummarySchema } from '../runs/history.ts'
export type { PipelineEntry, PipelineFile, Project } from './app/projects.ts'
export { type Settings, type SettingsPatch, settingsSchema } from './app/settings.ts'
