import { z } from 'zod'
import { durationSchema } from '../duration.ts'

/**
 * What a node does when it fails or takes too long. Lengths of time are written `500ms`, `2s`, `10m`, `1h`.
 * Only errors of the world (a file that is not there yet, a target that is busy, a full disk, a time that is over) are tried again, never
 * those of the pipeline or its data.
 */
export const runSettingsSchema = z.strictObject({
  /** How often it is tried again. */
  retries: z.number().int().min(0).max(20).optional(),
  /** Before the first retry, at most: the wait is drawn between nothing and this. 1s where it is not said. */
  wait: durationSchema.optional(),
  /** By how much the longest wait grows from retry to retry, up to 5 minutes. 2 where it is not said. */
  factor: z.number().min(1).max(10).optional(),
  /** What the node and the steps that are computed with it may take together, for each try. */
  timeout: durationSchema.optional(),
  /** Which errors are tried again: codes such as `target.busy`, groups such as `file.*`, or `operational` for all that may pass. */
  retry_on: z
    .array(z.string().regex(/^[a-z][a-z0-9-]*(?:\.(?:[a-z0-9-]+|\*))*$/, 'write a code such as target.busy, or file.*'))
    .min(1)
    .optional(),
})

/** In the order in which a file has them. */
export const RUN_SETTINGS = Object.keys(runSettingsSchema.shape)
export type RunSettings = z.infer<typeof runSettingsSchema>
