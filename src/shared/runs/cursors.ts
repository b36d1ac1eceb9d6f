import { z } from 'zod'
import { jsonValueSchema } from '../pipeline/document.ts'

/** Where an incremental extract goes on in the next run of its pipeline. */
export const runCursorSchema = z.object({
  /** Pipeline file, relative to the project. */
  path: z.string(),
  nodeId: z.string(),
  /** As its module wrote it. */
  state: jsonValueSchema,
  /** The run that loaded the rows up to there. */
  runId: z.string(),
  at: z.string(),
})
export type RunCursor = z.infer<typeof runCursorSchema>
