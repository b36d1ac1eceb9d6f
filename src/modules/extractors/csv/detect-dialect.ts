import { type CsvRecord, type Dialect, RecordSplitter } from '../../kit/files/record-splitter.ts'

/** What a person has set; the rest is detected. */
export interface GivenDialect {
  readonly delimiter?: string | undefined
  readonly quote?: string | undefined
  readonly escape?: string | undefined
  readonly comment?: string | undefined
  readonly skip?: number | undefined
}

const DELIMITERS = [',', ';', '\t', '|', ':', '~', '^'] as const
const LINES = 200

/**
 * The dialect of a text from its first lines: the delimiter that gives most records the same number of fields, and the lines
 * before the first record of that number (a title, an export date) as `skip`.
 * @param start complete lines, except maybe the last one
 * @param complete it is all of the text
 */
export function detectDialect(start: string, complete: boolean, given: GivenDialect): Dialect {
  const quote = given.quote ?? '"'
  const fixed = {
    quote,
    escape: given.escape ?? (quote !== '' && backslashed(start, quote) ? '\\' : quote),
    comment: given.comment ?? '',
    skip: given.skip ?? 0,
  }
  if (given.delimiter !== undefined) {
    const dialect = { ...fixed, delimiter: given.delimiter }
    return given.skip === undefined ? { ...dialect, skip: preambleOf(recordsOf(start, complete, dialect)) } : dialect
  }
  let best: { dialect: Dialect; score: number } | undefined
  for (const delimiter of DELIMITERS) {
    const dialect = { ...fixed, delimiter }
    const records = recordsOf(start, complete, dialect)
    const score = scoreOf(records)
    if (best && score <= best.score) continue
    best = { dialect: given.skip === undefined ? { ...dialect, skip: preambleOf(records) } : dialect, score }
  }
  return best && best.score > 0 ? best.dialect : { ...fixed, delimiter: ',' }
}

function recordsOf(start: string, complete: boolean, dialect: Dialect): CsvRecord[] {
  const records = new RecordSplitter(dialect).push(start, complete)
  return records.filter((record) => record.text !== '').slice(0, LINES)
}

/** Share of the records that have the usual number of fields, more for more fields; 0 for one column or none. */
function scoreOf(records: readonly CsvRecord[]): number {
  const usual = usualFields(records)
  if (usual < 2) return 0
  const regular = records.filter((record) => record.fields.length === usual).length
  const broken = records.filter((record) => record.problem).length
  const share = (regular - broken) / Math.max(records.length, 1)
  return share * share * (1 + Math.log2(usual) / 10)
}

function usualFields(records: readonly CsvRecord[]): number {
  const counts = new Map<number, number>()
  for (const record of records) {
    if (!record.problem) counts.set(record.fields.length, (counts.get(record.fields.length) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}

/** Lines before the first record with the usual number of fields, when several records after it have that number too. */
function preambleOf(records: readonly CsvRecord[]): number {
  const usual = usualFields(records)
  const first = records.findIndex((record) => record.fields.length === usual)
  const regular = records.filter((record) => record.fields.length === usual).length
  // A first record that is nearly as wide is a header or a row gone wrong, and no title.
  const wide = records.slice(0, first).some((record) => record.fields.length > 2 || record.fields.length > usual / 2)
  if (usual < 2 || first <= 0 || regular < 2 || wide) return 0
  return (records[first]?.line ?? 1) - 1
}

/** Quotes are escaped by a backslash somewhere, and never doubled. */
function backslashed(start: string, quote: string): boolean {
  return start.includes(`\\${quote}`) && !new RegExp(`[^\\\\,;\\t|\\n]${quote}${quote}[^,;\\t|\\r\\n]`).test(start)
}
