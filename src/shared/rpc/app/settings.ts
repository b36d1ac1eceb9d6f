import { z } from 'zod'
import { call } from '../contract.ts'

/** What the studio remembers of its own look; one JSON object per user, merged by key. */
export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** `system`: the first of the system's languages that we speak. */
  language: z.enum(['system', 'en', 'fr']).default('system'),
  /** Sizes of panes, open tabs, selected nodes: the renderer's own, by key. */
  layout: z.record(z.string(), z.unknown()).default({}),
})
export type Settings = z.infer<typeof settingsSchema>

/** Without the defaults: zod would fill them in, and a change of one key would reset the others. */
const settingsPatchSchema = z.object({
  theme: settingsSchema.shape.theme.unwrap().optional(),
  language: settingsSchema.shape.language.unwrap().optional(),
  layout: settingsSchema.shape.layout.unwrap().optional(),
})
export type SettingsPatch = z.infer<typeof settingsPatchSchema>

/** The person’s settings, and how the engine is. */
export const settingsContract = {
  'settings.read': call('read', z.object({}), settingsSchema),
  /** Changes the given keys; of `layout`, the given inner keys. */
  'settings.write': call('write', settingsPatchSchema, settingsSchema),
  'engine.status': call(
    'read',
    z.object({}),
    z.object({
      state: z.enum(['ready', 'starting', 'restarting']),
      memoryBytes: z.number(),
      memoryLimitBytes: z.number(),
      restarts: z.number().int(),
    }),
  ),
} as const
