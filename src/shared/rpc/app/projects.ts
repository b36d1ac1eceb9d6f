import { z } from 'zod'
import { problemSchema } from '../../engine/types.ts'
import { errorInfoSchema } from '../../errors.ts'
import { documentSchema } from '../../pipeline/document.ts'
import { call, stream } from '../contract.ts'
import { pathSchema } from './paths.ts'

export const pipelineEntrySchema = z.object({ path: pathSchema, name: z.string(), modified: z.number() })
export type PipelineEntry = z.infer<typeof pipelineEntrySchema>

export const projectSchema = z.object({
  root: z.string(),
  name: z.string(),
  pipelines: z.array(pipelineEntrySchema),
  /** The sample project was copied here on first start. */
  sample: z.boolean(),
  /** What people should know of how it was found: a damaged run history, runs that were interrupted. */
  notices: z.array(errorInfoSchema).default([]),
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

/** Folders, and the pipeline files in them. */
export const projectContract = {
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
} as const
