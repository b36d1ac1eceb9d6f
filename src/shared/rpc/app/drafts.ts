import { z } from 'zod'
import {
  analysisSchema,
  fieldSuggestionSchema,
  fileDetectionSchema,
  keptSourceSchema,
  previewSchema,
  profileSchema,
  runEventSchema,
} from '../../engine/types.ts'
import { moduleInfoSchema } from '../../modules/descriptor.ts'
import { documentSchema } from '../../pipeline/document.ts'
import { columnRenameSchema } from '../../rename.ts'
import { differenceSchema } from '../../tests/result.ts'
import { call, stream } from '../contract.ts'
import { functionInfoSchema } from '../engine-contract.ts'
import { pathSchema } from './paths.ts'

/** A pipeline as it stands in the window, saved or not. */
export const draftSchema = z.object({
  document: documentSchema,
  parameters: z.record(z.string(), z.string()).default({}),
})
const draftPortSchema = draftSchema.extend({ nodeId: z.string(), port: z.string().optional() })

/** What the engine knows of steps, drafts and files, without running anything. */
export const draftContract = {
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
  /** A column's new name in all places that use it, as edits; nothing is changed. */
  'draft.renameColumn': call(
    'read',
    draftPortSchema.extend({ column: z.string(), to: z.string() }),
    columnRenameSchema,
  ),
  'draft.suggest': call(
    'read',
    draftPortSchema.omit({ port: true }).extend({ field: z.string() }),
    fieldSuggestionSchema,
  ),
  /** Computes everything and writes nothing: each load says what it would do to its target. It is no run, and leaves none. */
  'draft.forecast': stream(
    'read',
    draftSchema.extend({
      only: z.array(z.string()).optional(),
      offline: z.boolean().optional(),
      /** The pipeline's file: its incremental extracts then read what the next run would. */
      path: z.string().optional(),
    }),
    runEventSchema,
  ),
  /** Of every source over a connection: of when the rows are that a run offline would take. */
  'draft.keptSources': call('read', draftSchema, z.array(keptSourceSchema)),
  /** What this draft gives that another version of it, or another pipeline, does not; over the same inputs and all rows. */
  'draft.diff': call(
    'read',
    draftPortSchema.extend({
      against: z.discriminatedUnion('kind', [
        /** A pipeline file: the draft's own, as it was saved, or another one. */
        z.object({ kind: z.literal('file'), path: pathSchema }),
        z.object({ kind: z.literal('document'), document: documentSchema }),
      ]),
      /** In the other version, where it has another name there. */
      againstNode: z.object({ nodeId: z.string(), port: z.string().optional() }).optional(),
      /** Columns that tell rows apart; absent: found in the data, where there are any. */
      keys: z.array(z.string()).min(1).optional(),
      limit: z.number().int().min(1).max(10_000).default(200),
      offset: z.number().int().min(0).default(0),
    }),
    differenceSchema,
  ),
  'file.preview': call('read', z.object({ path: z.string() }), previewSchema),
  'file.detect': call(
    'read',
    z.object({ type: z.string(), config: z.record(z.string(), z.unknown()) }),
    fileDetectionSchema,
  ),
} as const
