import { z } from 'zod'
import { problemSchema } from '../../engine/types.ts'
import { columnRenameSchema } from '../../rename.ts'
import { testEventSchema } from '../../tests/result.ts'
import { testFileSchema } from '../../tests/test-file.ts'
import { call, stream } from '../contract.ts'
import { draftSchema } from './drafts.ts'
import { pathSchema } from './paths.ts'

export const testEntrySchema = z.object({
  path: pathSchema,
  name: z.string(),
  /** Absent when the file cannot be read; `problems` says why and where. */
  pipeline: z.string().optional(),
  cases: z.array(z.string()),
  problems: z.array(problemSchema),
})
export type TestEntry = z.infer<typeof testEntrySchema>

export const testFileTextSchema = z.object({
  path: pathSchema,
  /** Hash of the file's bytes; a save names the one it started from. */
  revision: z.string(),
  text: z.string(),
  /** Absent when the text cannot be read as a test; `problems` says why and where. */
  file: testFileSchema.optional(),
  problems: z.array(problemSchema),
})
export type TestFileText = z.infer<typeof testFileTextSchema>

/** Tests of the project's pipelines: files, and running them. */
export const testContract = {
  'tests.list': call('read', z.object({}), z.array(testEntrySchema)),
  'tests.read': call('read', z.object({ path: pathSchema }), testFileTextSchema),
  /** Over the file at `path`, if it is still at `revision`; without them in a new file that is named after the test. */
  'tests.save': call(
    'write',
    z.object({
      path: pathSchema.optional(),
      revision: z.string().optional(),
      file: testFileSchema,
      /** Given rows go into CSV files of their own, in `tests/data`. */
      files: z.boolean().default(false),
    }),
    z.object({ path: pathSchema, revision: z.string() }),
  ),
  /** A test of what a port gives now, to look over and save. `partial`: sources of which only the first rows are given. */
  'tests.fromPreview': call(
    'read',
    draftSchema.extend({
      path: pathSchema,
      nodeId: z.string(),
      port: z.string().optional(),
      name: z.string().min(1).max(200),
      rows: z.number().int().min(1).max(10_000).default(50),
      now: z.string().optional(),
    }),
    z.object({ file: testFileSchema, partial: z.array(z.string()) }),
  ),
  /** In all tests of a pipeline, after its columns were renamed; the answer is the files. With `dryRun` nothing is written. */
  'tests.renameColumns': call(
    'write',
    z.object({
      pipeline: pathSchema,
      columns: columnRenameSchema.shape.columns,
      dryRun: z.boolean().default(false),
    }),
    z.object({ paths: z.array(z.string()) }),
  ),
  'tests.remove': call('write', z.object({ path: pathSchema }), z.object({})),
  /** All tests, those of some files, or one case of a file. */
  'tests.run': stream(
    'run',
    z.object({ paths: z.array(pathSchema).optional(), filter: z.string().optional(), name: z.string().optional() }),
    testEventSchema,
  ),
} as const
