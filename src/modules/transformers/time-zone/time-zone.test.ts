import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { timeZone } from './implementation.ts'

runFixtures(timeZone, new URL('./fixtures/', import.meta.url))
runHostile(timeZone, {
  config: ({ value, type }) => {
    if (type === 'TIMESTAMP WITH TIME ZONE') return { column: value, to: 'Europe/Paris', name: 'made' }
    const operation = 'to_instant'
    return /^(DATE|TIMESTAMP)/.test(type) ? { column: value, operation, from: 'Europe/Paris', name: 'made' } : undefined
  },
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out', 'reject'],
})

/** What clocks show, by the rules that Node brings. */
function clock(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...({
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const),
  })
  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }
}
const text = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ')

it('finds every moment at which the clocks show a time, around the changes above all', async () => {
  const zones = fc.constantFrom(
    'Europe/Paris',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'America/Sao_Paulo',
  )
  const changes = [
    Date.UTC(2024, 2, 31, 2),
    Date.UTC(2024, 9, 27, 2),
    Date.UTC(2024, 2, 10, 2),
    Date.UTC(2024, 10, 3, 1),
    Date.UTC(2024, 3, 7, 2),
    Date.UTC(2024, 9, 6, 2),
  ]
  const minutes = fc.integer({ min: -180, max: 180 })
  const local = fc.oneof(
    fc.tuple(fc.constantFrom(...changes), minutes).map(([change, distance]) => change + distance * 60_000),
    fc.integer({ min: 0, max: 480 }).map((month) => Date.UTC(1985, month, 15, 12)),
  )
  await fc.assert(
    fc.asyncProperty(zones, fc.array(local, { minLength: 1, maxLength: 8 }), async (zone, locals) => {
      const shows = clock(zone)
      const input = { in: { columns: [{ name: 't', type: 'TIMESTAMP' }], rows: locals.map((each) => [text(each)]) } }
      const run = async (ambiguous: string, missing: string) =>
        evaluate(timeZone, { column: 't', operation: 'to_instant', from: zone, ambiguous, missing }, input)
      const [first, second, strict] = [
        await run('earlier', 'null'),
        await run('later', 'null'),
        await run('reject', 'reject'),
      ]
      const moments = locals.map((each) => {
        const found: number[] = []
        for (let instant = each - 15 * 3_600_000; instant <= each + 15 * 3_600_000; instant += 900_000) {
          const aligned = instant + (each % 900_000 === 0 ? 0 : (each % 900_000) - (instant % 900_000))
          if (shows(aligned) === each) found.push(aligned)
        }
        return [...new Set(found)]
      })
      const written = (moment: number | undefined) => (moment === undefined ? null : `${text(moment)}+00`)
      expect(first.out?.rows).toEqual(moments.map((found) => [written(found[0])]))
      expect(second.out?.rows).toEqual(moments.map((found) => [written(found.at(-1))]))
      const each = { column: 't', operation: 'to_instant', from_column: 'z', missing: 'null', name: 'made' }
      const others = ['UTC', zone, 'Asia/Tokyo']
      const rows = locals.flatMap((local) => others.map((own) => [text(local), own]))
      const columns = [
        { name: 't', type: 'TIMESTAMP' },
        { name: 'z', type: 'VARCHAR' },
      ]
      const perRow = await evaluate(timeZone, each, { in: { columns, rows } })
      expect(perRow.out?.rows.filter((_, index) => index % 3 === 1).map((row) => row[2])).toEqual(
        first.out?.rows.map(([made]) => made),
      )
      expect(strict.reject?.rows.length).toBe(moments.filter(({ length }) => length !== 1).length)
    }),
    { numRuns: 40 },
  )
})
