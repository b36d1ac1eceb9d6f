import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { dateTruncate } from './implementation.ts'

runFixtures(dateTruncate, new URL('./fixtures/', import.meta.url))
for (const operation of ['start', 'end', 'add'])
  runHostile(dateTruncate, {
    config: ({ value, type }) =>
      /^(DATE|TIMESTAMP)/.test(type) ? { column: value, operation, unit: 'month', name: 'made' } : undefined,
    untouched: ({ id, g, value, other }) => [id, g, value, other],
    accountsFor: ['out'],
  })

const DAY = 86_400_000
const iso = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ')

it('every moment is in its period, which starts where the one before ends', async () => {
  const time = fc.integer({ min: -4_000_000_000, max: 8_000_000_000 }).map((seconds) => seconds * 1000)
  const unit = fc.constantFrom('year', 'quarter', 'month', 'week', 'day', 'hour', 'minute')
  await fc.assert(
    fc.asyncProperty(fc.array(time, { minLength: 1, maxLength: 10 }), unit, async (times, size) => {
      const run = async (operation: string) => {
        const { out } = await evaluate(
          dateTruncate,
          { column: 't', operation, unit: size, name: 'made' },
          { in: { columns: [{ name: 't', type: 'TIMESTAMP' }], rows: times.map((each) => [iso(each)]) } },
        )
        return out?.rows.map((row) => row[1])
      }
      const starts = times.map((each) => {
        const at = new Date(each)
        const [y, m, d] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
        const day = Date.UTC(y, m, d)
        const step = { hour: 3_600_000, minute: 60_000 }[size as 'hour']
        if (size === 'year') return [Date.UTC(y, 0, 1), Date.UTC(y + 1, 0, 1)] as const
        if (size === 'quarter') return [Date.UTC(y, m - (m % 3), 1), Date.UTC(y, m - (m % 3) + 3, 1)] as const
        if (size === 'month') return [Date.UTC(y, m, 1), Date.UTC(y, m + 1, 1)] as const
        if (size === 'day') return [day, day + DAY] as const
        if (size === 'week') {
          const monday = day - ((at.getUTCDay() + 6) % 7) * DAY
          return [monday, monday + 7 * DAY] as const
        }
        const start = Math.floor(each / step) * step
        return [start, start + step] as const
      })
      expect(await run('start')).toEqual(starts.map(([start]) => iso(start)))
      expect(await run('end')).toEqual(starts.map(([, next]) => `${iso(next - 1)}.999999`))
      expect(await run('up')).toEqual(starts.map(([start, next], index) => iso(start === times[index] ? start : next)))
    }),
    { numRuns: 40 },
  )
})
