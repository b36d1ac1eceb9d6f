import type { ModuleWarning } from '../../contract.ts'
import type { RecordConfig } from './config.ts'
import type { RecordFacts } from './stage.ts'

/** Columns that stayed text because only a person can tell the day from the month. */
export function recordWarnings(facts: RecordFacts, config: RecordConfig): ModuleWarning[] {
  const open = facts.columns.filter(({ name, note }) => note === 'day-or-month' && !config.columns?.[name]?.type)
  const [first] = open
  if (!first) return []
  return [
    {
      code: 'records.day-or-month',
      message: `${open.length === 1 ? 'Column' : 'Columns'} ${open.map(({ name }) => name).join(', ')} ${open.length === 1 ? 'stays' : 'stay'} text: nothing tells the day from the month, as in ${(first.examples ?? []).join(' and ')}.`,
      hint: 'Give the column the type DATE or TIMESTAMP and its format; to keep the text, give it the type VARCHAR.',
      field: ['columns'],
    },
  ]
}
