import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { DAYS } from './descriptor.ts'
import { dateDifference } from './implementation.ts'

runFixtures(dateDifference, new URL('./fixtures/', import.meta.url))
for (const unit of ['day', 'month', 'business_day'])
  runHostile(dateDifference, {
    config: ({ value, other, type }) =>
      /^(DATE|TIMESTAMP)/.test(type) ? { from: value, to: other, unit, name: 'made' } : undefined,
    untouched: ({ id, g, value, other }) => [id, g, value, other],
    accountsFor: ['out'],
  })

const DAY = 86_400_000
const date = fc.integer({ min: -20_000, max: 40_000 })
const near = fc.tuple(date, fc.integer({ min: -500, max: 500 })).map(([a, distance]) => [a, a + distance] as const)
const iso = (day: number) => new Date(day * DAY).toISOString().slice(0, 10)
const COLUMNS = [
  { name: 'a', type: 'DATE' },
  { name: 'b', type: 'DATE' },
]

describe('compared with a naive reference', () => {
  it('business days are counted one by one', async () => {
    const given = fc.record({
      pairs: fc.array(near, { minLength: 1, maxLength: 8 }),
      weekend: fc.uniqueArray(fc.constantFrom(...DAYS), { maxLength: 6 }),
      include: fc.constantFrom('start', 'end', 'both', 'neither'),
      off: fc.array(fc.integer({ min: -100, max: 100 }), { maxLength: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(given, async ({ pairs, weekend, include, off }) => {
        const holidays = off.map((distance, index) => iso(pairs[index % pairs.length]?.[index % 2] ?? distance))
        const config = { from: 'a', to: 'b', unit: 'business_day', weekend, include, holidays, name: 'n' }
        const rows = pairs.map(([a, b]) => [iso(a), iso(b)])
        const { out } = await evaluate(dateDifference, config, { in: { columns: COLUMNS, rows } })
        const expected = pairs.map(([a, b]) => {
          let count = 0
          const [first, last] = [Math.min(a, b), Math.max(a, b)]
          for (let day = first; day <= last; day++) {
            const counts =
              (include === 'both' || include === 'start' || day > first) &&
              (include === 'both' || include === 'end' || day < last)
            const weekday = DAYS[(new Date(day * DAY).getUTCDay() + 6) % 7]
            // The one day of an interval of none is its first and its last.
            if (first === last && include !== 'both') continue
            if (counts && weekday && !weekend.includes(weekday) && !holidays.includes(iso(day))) count++
          }
          return String(b >= a || count === 0 ? count : -count)
        })
        expect(out?.rows.map((row) => row[2])).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  it('complete months and years are those that fit between', async () => {
    const unit = fc.constantFrom('month', 'quarter', 'year', 'week', 'day')
    const far = fc.tuple(date, date)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(near, far), { minLength: 1, maxLength: 8 }), unit, async (pairs, size) => {
        const rows = pairs.map(([a, b]) => [iso(a), iso(b)])
        const { out } = await evaluate(
          dateDifference,
          { from: 'a', to: 'b', unit: size, name: 'n' },
          { in: { columns: COLUMNS, rows } },
        )
        const months = { month: 1, quarter: 3, year: 12, week: 0, day: 0 }[size]
        const after = (day: number, count: number) => {
          if (months === 0) return day + count * (size === 'week' ? 7 : 1)
          const at = new Date(day * DAY)
          const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + count * months + 1, 0)).getUTCDate()
          return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + count * months, Math.min(at.getUTCDate(), last)) / DAY
        }
        const expected = pairs.map(([a, b]) => {
          const [first, last] = [Math.min(a, b), Math.max(a, b)]
          let count = 0
          while (after(first, count + 1) <= last) count++
          return String(b >= a || count === 0 ? count : -count)
        })
        expect(out?.rows.map((row) => row[2])).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })
})
