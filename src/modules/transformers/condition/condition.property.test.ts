import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { conditionStep } from './implementation.ts'

const number = fc.option(fc.integer({ min: -3, max: 3 }), { nil: null })
const word = fc.option(fc.constantFrom('', 'a', 'A', 'ab', "b'", 'été'), { nil: null })
type Row = [number | null, string | null]
const SIGNS = ['equals', 'not_equals', 'less', 'less_or_equal', 'greater', 'greater_or_equal'] as const
const test = fc.oneof(
  fc.record({ column: fc.constant('n'), operator: fc.constantFrom(...SIGNS), value: fc.integer({ min: -3, max: 3 }) }),
  fc.record({
    column: fc.constant('w'),
    operator: fc.constantFrom('contains' as const, 'starts_with' as const, 'equals' as const),
    value: fc.constantFrom('a', 'b', 'é'),
  }),
  fc.record({
    column: fc.constantFrom('n', 'w'),
    operator: fc.constantFrom('is_empty' as const, 'is_not_empty' as const),
  }),
)
type Test = { column: string; operator: string; value?: number | string }

function holds({ column, operator, value }: Test, [n, w]: Row): boolean {
  const own = column === 'n' ? n : w
  if (operator === 'is_empty') return own === null
  if (own === null || value === undefined) return operator === 'is_not_empty' && own !== null
  const results: Record<string, boolean> = {
    equals: own === value,
    not_equals: own !== value,
    less: own < value,
    less_or_equal: own <= value,
    greater: own > value,
    greater_or_equal: own >= value,
    contains: String(own).includes(String(value)),
    starts_with: String(own).startsWith(String(value)),
    is_not_empty: true,
  }
  return results[operator] ?? false
}

it('gives each row the result of its first rule', async () => {
  const rules = fc.array(
    fc.record({ when: fc.array(test, { minLength: 1, maxLength: 3 }), match: fc.constantFrom('all', 'any') }),
    { minLength: 1, maxLength: 4 },
  )
  const rows = fc.array(fc.tuple(number, word), { maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(rules, rows, async (given, table) => {
      const config = {
        name: 'r',
        rules: given.map((rule, index) => ({ ...rule, value: index })),
        otherwise: { result: 'value', value: -1 },
      }
      const columns = [
        { name: 'n', type: 'INTEGER' },
        { name: 'w', type: 'VARCHAR' },
      ]
      const { out } = await evaluate(conditionStep, config, { in: { columns, rows: table } })
      const expected = table.map((row) =>
        String(
          given.findIndex(({ when, match }) => when[match === 'all' ? 'every' : 'some']((each) => holds(each, row))),
        ),
      )
      expect(out?.rows.map((row) => row[2])).toEqual(expected)
    }),
    { numRuns: 50 },
  )
})
