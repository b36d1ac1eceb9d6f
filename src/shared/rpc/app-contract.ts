import { z } from 'zod'
import {
  analysisSchema,
  fieldSuggestionSchema,
  fileDetectionSchema,
  previewSchema,
  problemSchema,
  profileSchema,
  runEventSchema,
} from '../engine/types.ts'
import { moduleInfoSchema } from '../modules/descriptor.ts'
import { documentSchema } from '../pipeline/document.ts'
import { call, stream } from './contract.ts'
import { functionInfoSchema } from './engine-contract.ts'

/** A pipeline file's path, relative to the project, with `/`. */
const pathSchema = z.string().min(1)

export const pipelineEntrySchema = z.object({ path: pathSchema, name: z.string(), modified: z.number() })
export type PipelineEntry = z.infer<typeof pipelineEntrySchema>

export const projectSchema = z.object({
  root: z.string(),
  name: z.string(),
  pipelines: z.array(pipelineEntrySchema),
  /** The sample project was copied here on first start. */
  sample: z.boolean(),
})
export type Project = z.infer<typeof projectSchema>

export const pipelineFileSchema = z.object({
  path: pathSchema,
  /** Hash of the file's bytes; a save names the one it started from. */
  revision: z.string(),
  /** Absent when the text cannot be read as a pipeline; `problems` says why and where. */
  document: documentSchema.optional(),
  text: z.string(),
  problems: z.array(problemSchema),
})
export type PipelineFile = z.infer<typeof pipelineFileSchema>

export const fileEntrySchema = z.object({
  /** Relative to the project. */
  path: z.string(),
  bytes: z.number(),
  modified: z.number(),
})

const draftSchema = z.object({
  document: documentSchema,
  parameters: z.record(z.string(), z.string()).default({}),
})
const draftPortSchema = draftSchema.extend({ nodeId: z.string(), port: z.string().optional() })

export const runSummarySchema = z.object({
  runId: z.string(),
  path: pathSchema,
  startedAt: z.string(),
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']),
  milliseconds: z.number().optional(),
})
export type RunSummary = z.infer<typeof runSummarySchema>

/** What the studio remembers of its own look; one JSON object per user, merged by key. */
export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  language: z.enum(['en', 'fr']).default('en'),
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

/** Between the window and the application, whatever carries it. */
export const appContract = {
  'project.current': call('read', z.object({}), projectSchema),
  'project.open': call('write', z.object({ root: z.string() }), projectSchema),
  /** An item at once, and one after every change of the project's pipelines on disk. */
  'project.watch': stream('read', z.object({}), projectSchema),
  /** Data files of the project that match what is typed so far. */
  'project.files': call('read', z.object({ contains: z.string().default('') }), z.array(fileEntrySchema)),
  /** Folders under `path`, to choose a project from. */
  'folders.list': call(
    'read',
    z.object({ path: z.string().optional() }),
    z.object({ path: z.string(), parent: z.string().optional(), folders: z.array(z.string()) }),
  ),
  'pipeline.read': call('read', z.object({ path: pathSchema }), pipelineFileSchema),
  /** Keeps comments. Fails with `pipeline.conflict` if the file is no longer at `revision`. */
  'pipeline.save': call(
    'write',
    z.object({ path: pathSchema, revision: z.string(), document: documentSchema }),
    z.object({ revision: z.string() }),
  ),
  /** In a new file that is named after it, never over one that exists; empty, or with what `document` has. */
  'pipeline.create': call(
    'write',
    z.object({ name: z.string().min(1).max(200), document: documentSchema.optional() }),
    pipelineFileSchema,
  ),
  'pipeline.remove': call('write', z.object({ path: pathSchema }), z.object({})),
  'modules.list': call('read', z.object({}), z.array(moduleInfoSchema)),
  'functions.list': call('read', z.object({}), z.array(functionInfoSchema)),
  'draft.analyse': call('read', draftSchema, analysisSchema),
  'draft.preview': call(
    'read',
    draftPortSchema.extend({
      limit: z.number().int().min(1).max(10_000).default(200),
      offset: z.number().int().min(0).default(0),
    }),
    previewSchema,
  ),
  'draft.profile': call('read', draftPortSchema, profileSchema),
  'draft.sql': call('read', draftPortSchema, z.object({ sql: z.string() })),
  'draft.suggest': call(
    'read',
    draftPortSchema.omit({ port: true }).extend({ field: z.string() }),
    fieldSuggestionSchema,
  ),
  'file.preview': call('read', z.object({ path: z.string() }), previewSchema),
  'file.detect': call(
    'read',
    z.object({ type: z.string(), config: z.record(z.string(), z.unknown()) }),
    fileDetectionSchema,
  ),
  'run.start': call(
    'run',
    draftSchema.extend({ path: pathSchema, only: z.array(z.string()).optional() }),
    z.object({ runId: z.string() }),
  ),
  /** All events of a run from its first, then live ones, until it finishes. */
  'run.events': stream('read', z.object({ runId: z.string() }), runEventSchema),
  'run.cancel': call('run', z.object({ runId: z.string() }), z.object({})),
  'run.list': call('read', z.object({ path: pathSchema.optional() }), z.array(runSummarySchema)),
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
export type AppContract = typeof appContract
