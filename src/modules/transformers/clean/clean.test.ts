import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { clean } from './implementation.ts'

runFixtures(clean, new URL('./fixtures/', import.meta.url))

runHostile(clean, {
  config: (table) =>
    table.type === 'VARCHAR'
      ? {
          steps: [
            { operation: 'trim', columns: [table.value] },
            { operation: 'collapse', columns: [table.value] },
            { operation: 'case', columns: [table.value], case: 'title' },
            { operation: 'normalize', columns: [table.value], unicode_form: 'nfkc' },
            { operation: 'date', columns: [table.value] },
          ],
          on_error: 'null',
        }
      : { steps: [{ operation: 'trim', columns: [table.g] }] },
  untouched: (table) => (table.type === 'VARCHAR' ? [table.id] : [table.id, table.value, table.other]),
  accountsFor: ['out', 'reject'],
})
