import { expect, test } from 'vitest'
import { fillParameters } from './parameters.ts'
import { nextTimes } from './times.ts'

const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString())
const cron = (pattern: string, zone: string, after: string, count = 3) =>
  iso(nextTimes({ cron: pattern, time_zone: zone }, new Date(after), count))

test('weekdays at six in Paris, in winter and in summer', () => {
  expect(cron('0 6 * * 1-5', 'Europe/Paris', '2026-03-27T05:00:00Z')).toEqual([
    '2026-03-30T04:00:00.000Z',
    '2026-03-31T04:00:00.000Z',
    '2026-04-01T04:00:00.000Z',
  ])
})

test('an hour that does not exist is not left out, one that comes twice is taken once', () => {
  // 29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00.
  const spring = cron('30 2 * * *', 'Europe/Paris', '2026-03-28T12:00:00Z', 2)
  expect(spring[0]?.startsWith('2026-03-29T')).toBe(true)
  expect(spring[1]).toBe('2026-03-30T00:30:00.000Z')
  const autumn = cron('30 2 * * *', 'Europe/Paris', '2026-10-24T12:00:00Z', 2)
  expect(autumn.map((time) => time.slice(0, 10))).toEqual(['2026-10-25', '2026-10-26'])
})

test('every 15 minutes counts from the epoch, whenever it was started', () => {
  expect(iso(nextTimes({ every: '15m' }, new Date('2026-01-01T10:07:31.5Z'), 2))).toEqual([
    '2026-01-01T10:15:00.000Z',
    '2026-01-01T10:30:00.000Z',
  ])
  expect(iso(nextTimes({ every: '15m' }, new Date('2026-01-01T10:15:00Z'), 1))).toEqual(['2026-01-01T10:30:00.000Z'])
})

test.each([
  [{ cron: '61 * * * *' }, 'schedule.cron'],
  [{ cron: 'every day' }, 'schedule.cron'],
  [{ cron: '0 6 * * *', time_zone: 'Europe/Pariss' }, 'schedule.time-zone'],
  [{ every: '10ms' }, 'schedule.every'],
])('%j is refused in words', (trigger, code) => {
  expect(() => nextTimes(trigger, new Date(), 1)).toThrowError(
    expect.objectContaining({ info: expect.objectContaining({ code }) }),
  )
})

test('a pattern that never comes true has no times', () => {
  expect(cron('0 0 30 2 *', 'UTC', '2026-01-01T00:00:00Z')).toEqual([])
})

test('parameters speak of the time on the schedule’s own clock', () => {
  const at = new Date('2026-03-29T22:30:00Z')
  const fill = (text: string, timeZone = 'Europe/Paris') => fillParameters({ p: text }, { at, timeZone }).p
  expect(fill('${scheduled_date}')).toBe('2026-03-30')
  expect(fill('${scheduled_date}', 'UTC')).toBe('2026-03-29')
  expect(fill('${scheduled_date - 1d}')).toBe('2026-03-29')
  expect(fill('${ scheduled_time-2h }')).toBe('2026-03-29 22:30:00')
  expect(fill('${scheduled_month}')).toBe('2026-03')
  expect(fill('x ${scheduled_date} ${env:NAME}')).toBe('x 2026-03-30 ${env:NAME}')
  expect(fillParameters({ p: '${file}' }, { at, file: 'inbox/a.csv' }).p).toBe('inbox/a.csv')
  expect(() => fill('${file}')).toThrowError(/asks for \$\{file\}/)
  expect(() => fill('${scheduled_date - 1 week}')).toThrowError(/not known here/)
})
