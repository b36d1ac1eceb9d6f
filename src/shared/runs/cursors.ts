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

/** Of one pipeline, as a run is told: by node. */
export const cursorsOf = (cursors: readonly RunCursor[]): Record<string, RunCursor['state']> =>
  Object.fromEntries(cursors.map(({ nodeId, state }) => [nodeId, state]))
