import { z } from 'zod'
import { cellSchema, columnSchema, problemSchema } from '../engine/types.ts'
import { errorInfoSchema } from '../errors.ts'

/** Decimal digits: a count may pass 2^53. */
const countSchema = z.string().regex(/^\d+$/)

/** How two lists of columns differ. `before` is what was expected, or the older version. */
export const schemaDifferenceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('removed'), column: z.string(), before: z.string() }),
  z.object({ kind: z.literal('added'), column: z.string(), after: z.string() }),
  z.object({ kind: z.literal('type'), column: z.string(), before: z.string(), after: z.string() }),
  z.object({ kind: z.literal('order'), before: z.array(z.string()), after: z.array(z.string()) }),
])
export type SchemaDifference = z.infer<typeof schemaDifferenceSchema>

export const rowDifferenceSchema = z.object({
  kind: z.enum(['removed', 'added', 'changed']),
  /** In the order of the difference's columns; absent on the side where the row is not. */
  before: z.array(cellSchema).optional(),
  after: z.array(cellSchema).optional(),
  /** Indices of the columns whose values differ. */
  changed: z.array(z.number().int()).optional(),
})
export type RowDifference = z.infer<typeof rowDifferenceSchema>

/** How two tables differ: first their columns, then their rows, all of which were compared. */
export const differenceSchema = z.object({
  schema: z.array(schemaDifferenceSchema),
  /** Those that both have, and whose values were compared. */
  columns: z.array(columnSchema),
  /** Columns by which rows were told apart; empty: whole rows were compared. */
  keys: z.array(z.string()),
  /** The keys were found in the data, not given. */
  suggested: z.boolean(),
  rows: z.object({ before: countSchema, after: countSchema }),
  counts: z.object({ removed: countSchema, added: countSchema, changed: countSchema, unchanged: countSchema }),
  /** Columns with other values, and in how many rows. */
  changedColumns: z.array(z.object({ column: z.string(), rows: countSchema })),
  /** The same rows in another order: the first row that is another one, from 1. */
  order: z.object({ row: countSchema }).optional(),
  /** A page of the rows that differ. */
  differing: z.array(rowDifferenceSchema),
  offset: z.number().int(),
  more: z.boolean(),
})
export type Difference = z.infer<typeof differenceSchema>

/** Whether nothing of two tables differs. */
export const isSame = ({ schema, counts, order }: Difference): boolean =>
  schema.length === 0 && order === undefined && `${counts.removed}${counts.added}${counts.changed}` === '000'

export const expectationResultSchema = z.object({
  /** As the test names it: `node` or `node.port`. */
  output: z.string(),
  state: z.enum(['passed', 'failed', 'error']),
  /** What is wrong, in one sentence. */
  message: z.string().optional(),
  /** `before`: expected; `after`: what came. */
  difference: differenceSchema.optional(),
  /** How many rows came. */
  rows: countSchema.optional(),
  /** All rows that came, where they were asked for and are few. */
  actual: z.object({ columns: z.array(columnSchema), rows: z.array(z.array(cellSchema)) }).optional(),
  /** The error that came, where it was not expected. */
  error: errorInfoSchema.optional(),
})
export type ExpectationResult = z.infer<typeof expectationResultSchema>

export const caseResultSchema = z.object({
  /** `error`: the test could not say whether it holds. */
  state: z.enum(['passed', 'failed', 'error']),
  milliseconds: z.number(),
  expectations: z.array(expectationResultSchema),
  error: errorInfoSchema.optional(),
})
export type CaseResult = z.infer<typeof caseResultSchema>

/** What running tests says while it goes. */
export const testEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('invalid'), path: z.string(), problems: z.array(problemSchema) }),
  z.object({ kind: z.literal('started'), path: z.string(), name: z.string() }),
  z.object({ kind: z.literal('ended'), path: z.string(), name: z.string(), result: caseResultSchema }),
  z.object({
    kind: z.literal('finished'),
    passed: z.number().int(),
    failed: z.number().int(),
    milliseconds: z.number(),
  }),
])
export type TestEvent = z.infer<typeof testEventSchema>
