import type { Cell, Column } from '../engine/types.ts'
import type { CaseResult, ExpectationResult } from './result.ts'
import type { Expectation, TestCase, TestFile } from './test-file.ts'

export interface Updated {
  readonly file: TestFile
  /** CSV files that hold expected rows: path -> text. */
  readonly data: ReadonlyMap<string, string>
  /** Outputs that came otherwise and could not be put down: `case: output`, with why. */
  readonly kept: readonly string[]
  readonly changes: number
}

/**
 * A test that expects what came.
 * @param results by name of the case, with the rows that came (`actual`)
 */
export function updatedTest(file: TestFile, results: ReadonlyMap<string, CaseResult>): Updated {
  const data = new Map<string, string>()
  const kept: string[] = []
  let changes = 0
  const updated = (expect: TestCase['expect'], name: string): TestCase['expect'] =>
    Object.fromEntries(
      Object.entries(expect).map(([output, expected]) => {
        const result = results.get(name)?.expectations.find((each) => each.output === output)
        if (!result || result.state === 'passed') return [output, expected]
        const next = expectationOf(expected, result, data)
        if (typeof next === 'string') {
          kept.push(`${name}: ${output}: ${next}`)
          return [output, expected]
        }
        changes++
        return [output, next]
      }),
    )
  const { expect, cases, ...rest } = file
  const next: TestFile = {
    ...rest,
    ...(expect ? { expect: updated(expect, file.name) } : {}),
    ...(cases ? { cases: cases.map((one) => ({ ...one, expect: updated(one.expect, one.name) })) } : {}),
  }
  return { file: next, data, kept, changes }
}

/** @returns why not, where it cannot be put down */
function expectationOf(
  expected: Expectation,
  result: ExpectationResult,
  data: Map<string, string>,
): Expectation | string {
  const { actual, rows: count, error } = result
  if (error) return error.message
  if (expected.error !== undefined) return 'an error was expected'
  let next = expected
  if (expected.count !== undefined && count !== undefined) next = { ...next, count }
  const hasRows = expected.rows !== undefined || expected.file !== undefined
  if (!hasRows && expected.columns === undefined) return next
  if (!actual) return 'too many rows came'
  const ignored = new Set(expected.ignore)
  const chosen = actual.columns.flatMap((column, index) => (ignored.has(column.name) ? [] : [{ column, index }]))
  if (expected.columns) {
    const typed = expected.columns.some(({ type }) => type !== undefined)
    next = { ...next, columns: chosen.map(({ column }) => (typed ? column : { name: column.name })) }
  }
  const rows = actual.rows.map((row) => chosen.map(({ index }) => row[index] ?? null))
  if (expected.file !== undefined) {
    if (!expected.file.toLowerCase().endsWith('.csv')) return `${expected.file} is not CSV`
    data.set(
      expected.file,
      csvOf(
        chosen.map(({ column }) => column),
        rows,
      ),
    )
  }
  return expected.rows === undefined ? next : { ...next, rows }
}

/** Rows as a test reads them from a file: NULL is nothing, and an empty text is in quotes. */
export function csvOf(columns: readonly Pick<Column, 'name'>[], rows: readonly (readonly Cell[])[]): string {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  const cell = (value: Cell): string =>
    value === null ? '' : value === '' || /[",\r\n]|^\s|\s$/.test(value) ? quoted(value) : value
  return [columns.map(({ name }) => cell(name)), ...rows.map((row) => row.map(cell))]
    .map((row) => `${row.join(',')}\n`)
    .join('')
}
