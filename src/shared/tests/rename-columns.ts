import type { Expectation, Given, TestCase, TestFile } from './test-file.ts'

/** `node.port` -> its columns that have another name now. */
export type RenamedColumns = Readonly<Record<string, readonly { readonly from: string; readonly to: string }[]>>

/** A test with the columns of its pipeline's nodes renamed; the file itself where it names none of them. */
export function renameInTest(file: TestFile, renamed: RenamedColumns): TestFile {
  const next: TestFile = {
    ...file,
    ...(file.given ? { given: tables(file.given, renamed) } : {}),
    ...(file.expect ? { expect: tables(file.expect, renamed) } : {}),
    ...(file.cases ? { cases: file.cases.map((one) => inCase(one, renamed)) } : {}),
  }
  return JSON.stringify(next) === JSON.stringify(file) ? file : next
}

const inCase = (one: TestCase, renamed: RenamedColumns): TestCase => ({
  ...one,
  ...(one.given ? { given: tables(one.given, renamed) } : {}),
  expect: tables(one.expect, renamed),
})

function tables<T extends Given | Expectation>(all: Record<string, T>, renamed: RenamedColumns): Record<string, T> {
  return Object.fromEntries(
    Object.entries(all).map(([output, table]) => [output, inTable(table, namesOf(output, renamed))]),
  )
}

/** `node` is its first port. */
function namesOf(output: string, renamed: RenamedColumns): ReadonlyMap<string, string> {
  const key = output.includes('.') ? output : Object.keys(renamed).find((one) => one.startsWith(`${output}.`))
  return new Map((renamed[key ?? ''] ?? []).map(({ from, to }) => [from.toLowerCase(), to]))
}

function inTable<T extends Given | Expectation>(table: T, names: ReadonlyMap<string, string>): T {
  if (names.size === 0) return table
  const name = (one: string): string => names.get(one.toLowerCase()) ?? one
  const next: T = { ...table }
  if (table.columns) next.columns = table.columns.map((column) => ({ ...column, name: name(column.name) }))
  const [from, to]: [Partial<Expectation>, Partial<Expectation>] = [table, next]
  if (from.keys) to.keys = from.keys.map(name)
  if (from.ignore) to.ignore = from.ignore.map(name)
  if (typeof from.tolerance === 'object')
    to.tolerance = Object.fromEntries(Object.entries(from.tolerance).map(([key, value]) => [name(key), value]))
  return next
}
