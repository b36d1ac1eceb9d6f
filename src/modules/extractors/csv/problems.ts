import type { CsvRecord } from '../../kit/files/record-splitter.ts'

/** Why a record cannot be put into columns, for people. */
export function structuralProblem(record: CsvRecord, columns: number): string | undefined {
  if (record.problem === 'unterminated-quote') return 'a quote is opened and never closed'
  if (record.problem === 'text-after-quote') return 'there is text after a closing quote'
  const count = record.fields.length
  if (count === columns) return undefined
  return `${count} ${count === 1 ? 'value' : 'values'} where there are ${columns} columns`
}
