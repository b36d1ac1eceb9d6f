import { z } from 'zod'
import { REFERENCE } from '../pipeline/document.ts'

/** The current value of a test file's `format` key. */
export const TEST_FORMAT = 'logidata-test/v1'
export const TESTS_FOLDER = 'tests'
export const TEST_SUFFIX = '.test.yaml'

/** NULL, or exact text: numbers are never JavaScript's. See `Cell`. */
const valueSchema = z.string().nullable()

const columnSchema = z.strictObject({
  name: z.string().min(1, 'name the column'),
  /** DuckDB's, such as `DECIMAL(18,2)`. Of an expectation it may be absent: then it is not compared. */
  type: z.string().min(1, 'write a type such as BIGINT or VARCHAR').optional(),
})
export type TestColumn = z.infer<typeof columnSchema>

const tableFields = {
  columns: z.array(columnSchema).optional(),
  rows: z.array(z.array(valueSchema)).optional(),
  /** CSV or Parquet, relative to the project. */
  file: z.string().min(1).optional(),
}

/** What stands for the rows of a node: it is not computed, and what it reads is not read. */
export const givenSchema = z.strictObject(tableFields).superRefine((given, context) => {
  checkTable(given, context)
  if (given.rows === undefined && given.file === undefined) refuse(context, [], 'give rows, or a file')
  if (given.rows !== undefined && given.columns === undefined) refuse(context, [], 'rows need columns with types')
  given.columns?.forEach((column, index) => {
    if (column.type === undefined) refuse(context, ['columns', index, 'type'], 'write a type such as BIGINT or VARCHAR')
  })
})
export type Given = z.infer<typeof givenSchema>

const amountSchema = z.string().regex(/^\d+(\.\d+)?(e[-+]?\d+)?$/i, 'write a number such as 0.001')

export const expectationSchema = z
  .strictObject({
    ...tableFields,
    /** Only how many rows there are. */
    count: z.string().regex(/^\d+$/, 'write a number of rows').optional(),
    /** The rows come in this order. */
    ordered: z.boolean().optional(),
    /** Columns that tell which row is which, so that a changed row is not one missing and one unexpected. */
    keys: z.array(z.string()).min(1).optional(),
    /** How far numbers may be apart: of all FLOAT and DOUBLE columns, or by column. */
    tolerance: z.union([amountSchema, z.record(z.string(), amountSchema)]).optional(),
    /** Columns that are not looked at. */
    ignore: z.array(z.string()).min(1).optional(),
    /** The code of the error that computing the rows ends with. */
    error: z.string().min(1).optional(),
  })
  .superRefine((expected, context) => {
    checkTable(expected, context)
    const { columns, rows, file, count, error } = expected
    if (rows !== undefined && columns === undefined) refuse(context, [], 'rows need columns')
    if ([columns, rows, file, count, error].every((each) => each === undefined))
      refuse(context, [], 'say what is expected: rows, a file, columns, a count or an error')
    if (error !== undefined && Object.keys(expected).length > 1)
      refuse(context, ['error'], 'an error leaves nothing else to expect')
    if (count !== undefined && (rows !== undefined || file !== undefined))
      refuse(context, ['count'], 'rows say their number themselves')
    for (const key of ['keys', 'tolerance', 'ordered'] as const)
      if (expected[key] !== undefined && rows === undefined && file === undefined)
        refuse(context, [key], 'only rows can be compared so')
  })
export type Expectation = z.infer<typeof expectationSchema>

const outputSchema = z.string().regex(REFERENCE, 'write a node, or node.port')
const parametersSchema = z.record(z.string(), z.string())
const instantSchema = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[-+]\d{2}:\d{2}))?$/,
    'write a day, or a time with its zone such as 2024-06-30T12:00:00Z',
  )
  .refine((text) => !Number.isNaN(Date.parse(text)), 'write a day that exists')

const settingFields = {
  /** Values of the pipeline's parameters; the others take their defaults. */
  parameters: parametersSchema.optional(),
  /** What the clock shows: now(), current_date and all others give this moment. A day is its midnight, UTC. */
  now: instantSchema.optional(),
  /** `node` or `node.port` -> the rows that take its place. Nodes that are not named are computed. */
  given: z.record(outputSchema, givenSchema).optional(),
}
const expectSchema = z
  .record(outputSchema, expectationSchema)
  .refine((expect) => Object.keys(expect).length > 0, 'expect something of at least one node')

export const testCaseSchema = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().optional(),
  ...settingFields,
  /** `node` or `node.port` -> what it must give. A load stands for what it would write. */
  expect: expectSchema,
})
export type TestCase = z.infer<typeof testCaseSchema>

/** A file of tests of one pipeline: one case in the file itself, or several under `cases`, which share what the file says. */
export const testFileSchema = z
  .strictObject({
    format: z.literal(TEST_FORMAT),
    name: z.string().min(1).max(200),
    description: z.string().optional(),
    /** Relative to the project. */
    pipeline: z.string().min(1),
    ...settingFields,
    expect: expectSchema.optional(),
    cases: z.array(testCaseSchema).min(1).optional(),
  })
  .superRefine((file, context) => {
    if (file.expect === undefined && file.cases === undefined)
      refuse(context, [], 'write what is expected under expect, or several cases under cases')
    if (file.expect !== undefined && file.cases !== undefined)
      refuse(context, ['expect'], 'with cases, each case says what it expects')
    const seen = new Set<string>()
    file.cases?.forEach(({ name }, index) => {
      if (seen.has(name)) refuse(context, ['cases', index, 'name'], 'another case has this name')
      seen.add(name)
    })
  })
export type TestFile = z.infer<typeof testFileSchema>

/** The cases of a file, each with everything that it needs. */
export function casesOf(file: TestFile): TestCase[] {
  const { parameters, now, given } = file
  const cases = file.cases ?? (file.expect ? [{ name: file.name, expect: file.expect }] : [])
  return cases.map((one) => {
    const clock = one.now ?? now
    return {
      ...one,
      ...(parameters || one.parameters ? { parameters: { ...parameters, ...one.parameters } } : {}),
      ...(clock === undefined ? {} : { now: clock }),
      ...(given || one.given ? { given: { ...given, ...one.given } } : {}),
    }
  })
}

function checkTable(
  table: {
    readonly columns?: readonly TestColumn[] | undefined
    readonly rows?: readonly (readonly unknown[])[] | undefined
    readonly file?: string | undefined
  },
  context: z.RefinementCtx,
): void {
  if (table.rows !== undefined && table.file !== undefined) refuse(context, ['file'], 'give rows, or a file, not both')
  const { columns } = table
  if (columns?.length === 0) refuse(context, ['columns'], 'name at least one column')
  const seen = new Set<string>()
  columns?.forEach(({ name }, index) => {
    if (seen.has(name.toLowerCase())) refuse(context, ['columns', index, 'name'], `there are two columns ${name}`)
    seen.add(name.toLowerCase())
  })
  table.rows?.forEach((row, index) => {
    if (columns !== undefined && row.length !== columns.length)
      refuse(
        context,
        ['rows', index],
        `row ${index + 1} has ${row.length} values, and there are ${columns.length} columns`,
      )
  })
}

function refuse(context: z.RefinementCtx, path: (string | number)[], message: string): void {
  context.addIssue({ code: 'custom', path, message })
}
