import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { datePartsDescriptor } from './descriptor.ts'
import { dateParts } from './implementation.ts'

runFixtures(dateParts, new URL('./fixtures/', import.meta.url))
const [parts] = [datePartsDescriptor.config.shape.parts.element.options]
runHostile(dateParts, {
  config: ({ value, type }) => (/^(DATE|TIMESTAMP)/.test(type) ? { column: value, parts, prefix: 'p_' } : undefined),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})

it('agrees with the calendar of JavaScript', async () => {
  const date = fc.date({ min: new Date('1600-01-01'), max: new Date('2400-12-31'), noInvalidDate: true })
  await fc.assert(
    fc.asyncProperty(fc.array(date, { minLength: 1, maxLength: 20 }), async (dates) => {
      const days = dates.map((each) => each.toISOString().slice(0, 10))
      const { out } = await evaluate(
        dateParts,
        {
          column: 'd',
          prefix: '',
          parts: ['year', 'month', 'day', 'day_of_week', 'iso_week', 'day_name', 'week_of_month'],
        },
        { in: { columns: [{ name: 'd', type: 'DATE' }], rows: days.map((day) => [day]) } },
      )
      const expected = days.map((day) => {
        const at = new Date(`${day}T00:00:00Z`)
        const weekday = at.getUTCDay() || 7
        const thursday = new Date(at.getTime() + (4 - weekday) * 86_400_000)
        const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
        let week = 1
        for (let before = 1; before < at.getUTCDate(); before++)
          if (new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), before)).getUTCDay() === 0) week++
        return [
          day,
          String(at.getUTCFullYear()),
          String(at.getUTCMonth() + 1),
          String(at.getUTCDate()),
          String(weekday),
          String(Math.floor((thursday.getTime() - first) / 604_800_000) + 1),
          at.toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' }),
          String(week),
        ]
      })
      expect(out?.rows).toEqual(expected)
    }),
    { numRuns: 30 },
  )
})
