import { z } from 'zod'
import { runEventSchema } from '../../engine/types.ts'
import { call, stream } from '../contract.ts'
import { draftSchema } from './drafts.ts'
import { pathSchema } from './paths.ts'

export const runSummarySchema = z.object({
  runId: z.string(),
  path: pathSchema,
  startedAt: z.string(),
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'interrupted']),
  milliseconds: z.number().optional(),
})
export type RunSummary = z.infer<typeof runSummarySchema>

/** Runs: started, followed, stopped, remembered. */
export const runContract = {
  'run.start': call(
    'run',
    draftSchema.extend({ path: pathSchema, only: z.array(z.string()).optional() }),
    z.object({ runId: z.string() }),
  ),
  /** All events of a run from its first, then live ones, until it finishes. */
  'run.events': stream('read', z.object({ runId: z.string() }), runEventSchema),
  'run.cancel': call('run', z.object({ runId: z.string() }), z.object({})),
  'run.list': call('read', z.object({ path: pathSchema.optional() }), z.array(runSummarySchema)),
} as const
