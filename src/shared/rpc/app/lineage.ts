import { z } from 'zod'
import { directionSchema, impactSchema, lineageRefSchema, overviewSchema } from '../../lineage/project.ts'
import { call } from '../contract.ts'

export const lineageFormatSchema = z.enum(['json', 'openlineage', 'mermaid', 'dot'])
export type LineageFormat = z.infer<typeof lineageFormatSchema>

/** Where columns come from and go to, across the pipelines of the project as they are saved. */
export const lineageContract = {
  'lineage.project': call(
    'read',
    z.object({
      /** Paths of pipelines whose columns are wanted too. */
      detail: z.array(z.string()).default([]),
    }),
    overviewSchema,
  ),
  'lineage.impact': call('read', z.object({ start: lineageRefSchema, direction: directionSchema }), impactSchema),
  'lineage.export': call(
    'read',
    z.object({
      format: lineageFormatSchema,
      start: lineageRefSchema.optional(),
      direction: directionSchema.optional(),
    }),
    z.object({ text: z.string(), fileName: z.string() }),
  ),
} as const
