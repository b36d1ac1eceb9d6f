import { z } from 'zod'

/** What a project keeps of its runs, and how many go at once. In `.logidata/settings.json`, for this computer alone. */
export const projectSettingsSchema = z.object({
  runsAtOnce: z.number().int().min(1).max(32).default(1),
  /** The newest so many runs stay in the history. */
  keepRuns: z.number().int().min(1).max(1_000_000).default(1_000),
  /** Events, staged results and rejected rows of older runs go. */
  keepDays: z.number().min(0).max(36_500).default(30),
  /** Staged results: while there are more, those that were used longest ago go. */
  stagingBytes: z.number().min(0).default(5e9),
})
export type ProjectSettings = z.infer<typeof projectSettingsSchema>

/** Without the defaults: a change of one must not reset the others. */
export const projectSettingsPatchSchema = z.object({
  runsAtOnce: projectSettingsSchema.shape.runsAtOnce.unwrap().optional(),
  keepRuns: projectSettingsSchema.shape.keepRuns.unwrap().optional(),
  keepDays: projectSettingsSchema.shape.keepDays.unwrap().optional(),
  stagingBytes: projectSettingsSchema.shape.stagingBytes.unwrap().optional(),
})
export type ProjectSettingsPatch = z.infer<typeof projectSettingsPatchSchema>

export const PROJECT_SETTINGS_FILE = '.logidata/settings.json'

/** Settings as a file's text has them; what cannot be read takes its default. */
export function parseProjectSettings(text: string): ProjectSettings {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = {}
  }
  const whole = projectSettingsSchema.safeParse(value)
  return whole.success ? whole.data : projectSettingsSchema.parse({})
}

export const storageStatusSchema = z.object({
  settings: projectSettingsSchema,
  /** In the history. */
  runs: z.number().int(),
  bytes: z.object({
    journal: z.number(),
    backups: z.number(),
    /** Results of runs and of sources that can be computed again. */
    staging: z.number(),
    rejects: z.number(),
    logs: z.number(),
  }),
})
export type StorageStatus = z.infer<typeof storageStatusSchema>

export const cleanedSchema = z.object({
  /** Removed from the history. */
  runs: z.number().int(),
  /** Freed, of staged results and rejected rows. */
  bytes: z.number(),
  /** Runs that go, wait or can be resumed, and bytes that would have gone by age or size, were they not theirs. */
  inUse: z.object({ runs: z.number().int(), bytes: z.number() }),
  /** A run goes: no staged result was looked at. */
  busy: z.boolean(),
})
export type Cleaned = z.infer<typeof cleanedSchema>
