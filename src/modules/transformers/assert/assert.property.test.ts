import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { evaluate } from '../../kit/harness.ts'
import { assertStep } from './implementation.ts'

type Row = readonly [number | null, number | null]

const value = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null })
const checks = {
  rows: {
    config: { check: 'rows', min: 1, max: 6 },
    holds: (rows: readonly Row[]) => rows.length >= 1 && rows.length <= 6,
  },
  row: {
    config: { check: 'row', expression: 'a <= b' },
    holds: (rows: readonly Row[]) => rows.every(([a, b]) => a !== null && b !== null && a <= b),
  },
  table: {
    config: { check: 'table', expression: 'sum(a) > 3' },
    holds: (rows: readonly Row[]) => rows.reduce((sum, [a]) => sum + (a ?? 0), 0) > 3,
  },
  not_null: {
    config: { check: 'not_null', columns: ['b'] },
    holds: (rows: readonly Row[]) => rows.every(([, b]) => b !== null),
  },
  unique: {
    config: { check: 'unique', columns: ['a'] },
    holds: (rows: readonly Row[]) => {
      const known = rows.flatMap(([a]) => (a === null ? [] : [a]))
      return new Set(known).size === known.length
    },
  },
} as const

it('passes every row when all checks hold, and names one that does not otherwise', async () => {
  const columns = ['a', 'b'].map((name) => ({ name, type: 'INTEGER' }))
  const kinds = fc.uniqueArray(fc.constantFrom(...(Object.keys(checks) as (keyof typeof checks)[])), {
    minLength: 1,
    maxLength: 3,
  })
  await fc.assert(
    fc.asyncProperty(kinds, fc.array(fc.tuple(value, value), { maxLength: 8 }), async (chosen, rows) => {
      const config = { checks: chosen.map((kind) => checks[kind].config) }
      const broken = chosen.flatMap((kind, index) => (checks[kind].holds(rows) ? [] : [index]))
      const running = evaluate(assertStep, config, { in: { columns, rows } })
      if (broken.length === 0) {
        expect((await running).out?.rows).toEqual(
          rows.map((row) => row.map((each) => (each === null ? null : String(each)))),
        )
        return
      }
      const info = await running.then(() => undefined, toErrorInfo)
      expect(info?.code).toBe('assert.failed')
      expect(broken).toContain(info?.field?.[1])
    }),
    { numRuns: 60 },
  )
})
