import type { ModuleWarning } from '../../kit/contract.ts'
import type { TypeNote } from '../../kit/files/detect-type.ts'
import type { CsvColumnFacts, CsvFacts } from './facts.ts'

const NAMED = 5

/** Columns that stayed text because their values can be read in two ways: only a person can tell which. */
export function csvWarnings(facts: CsvFacts): ModuleWarning[] {
  const days = noted(facts, 'day-or-month')
  const commas = noted(facts, 'thousands-or-decimals')
  const found: ModuleWarning[] = []
  const day = days[0]?.examples?.[0]
  if (day !== undefined) {
    const separator = /\D/.exec(day)?.[0] ?? '/'
    const clock = /:\d\d:/.test(day) ? ' HH:mm:ss' : day.includes(':') ? ' HH:mm' : ''
    const [one, other] = [`dd${separator}MM${separator}yyyy${clock}`, `MM${separator}dd${separator}yyyy${clock}`]
    const field = clock ? 'timestamp_format' : 'date_format'
    found.push({
      code: 'csv.day-or-month',
      message: `${stayText(days)}: nothing tells the day from the month, as in ${examplesOf(days)}.`,
      hint: `Set "${field}" to ${one} or ${other}; to keep the text, set the type of the column to VARCHAR.`,
      field: [field],
    })
  }
  if (commas.length > 0) {
    found.push({
      code: 'csv.thousands-or-decimals',
      message: `${stayText(commas)}: nothing tells whether the comma separates thousands or decimals, as in ${examplesOf(commas)}.`,
      hint: 'Set "decimal_separator" or "thousands_separator" to the comma; to keep the text, set the type of the column to VARCHAR.',
      field: ['decimal_separator'],
    })
  }
  return found
}

const noted = ({ columns }: CsvFacts, note: TypeNote): CsvColumnFacts[] =>
  columns.filter((column) => column.note === note)

function stayText(columns: readonly CsvColumnFacts[]): string {
  const names = columns.slice(0, NAMED).map((column) => column.name)
  const rest = columns.length - names.length
  if (columns.length === 1) return `Column ${names[0]} stays text`
  return `Columns ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''} stay text`
}

const examplesOf = (columns: readonly CsvColumnFacts[]): string =>
  columns
    .flatMap((column) => column.examples ?? [])
    .slice(0, 2)
    .join(' and ')

/** Values that show why a column stayed text. */
export function examplesFor(note: TypeNote, values: readonly string[]): readonly string[] | undefined {
  if (note === 'day-or-month') return values.slice(0, 2)
  return note === 'thousands-or-decimals' ? values.filter((value) => value.includes(',')).slice(0, 2) : undefined
}
