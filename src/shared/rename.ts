import { z } from 'zod'
import { editSchema } from './pipeline/edits.ts'

const fieldSchema = z.array(z.union([z.string(), z.number()]))

/** A place that names a column. */
export const columnUseSchema = z.object({
  nodeId: z.string(),
  part: z.enum(['config', 'checks']),
  field: fieldSchema,
  before: z.string(),
  after: z.string(),
})
export type ColumnUse = z.infer<typeof columnUseSchema>

/** A place that may speak of the column, and that a person has to look at. */
export const lookAtSchema = z.object({ nodeId: z.string(), field: fieldSchema, message: z.string() })
export type LookAt = z.infer<typeof lookAtSchema>

/** A rename of a column that was thought through, and not carried out. */
export const columnRenameSchema = z.object({
  /** One step for undo. */
  edits: z.array(editSchema),
  uses: z.array(columnUseSchema),
  lookAt: z.array(lookAtSchema),
  /** The step that was added to rename the column, where no step names it. */
  added: z.string().optional(),
  /** `node.port` -> its columns that have another name afterwards. */
  columns: z.record(z.string(), z.array(z.object({ from: z.string(), to: z.string() }))),
})
export type ColumnRename = z.infer<typeof columnRenameSchema>
