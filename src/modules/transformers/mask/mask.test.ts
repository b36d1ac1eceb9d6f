import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { mask } from './implementation.ts'

const KEY = 'a key of some length, é'

runFixtures(mask, new URL('./fixtures/', import.meta.url))

runHostile(mask, {
  config: (table) => ({
    masks: [
      { columns: [table.value], method: 'hash' },
      { columns: [table.other], method: 'shuffle' },
      { columns: [table.g], method: 'partial', last: 1 },
    ],
    key: KEY,
  }),
  untouched: (table) => [table.id],
  accountsFor: ['out'],
})

const column = (type: string, values: readonly unknown[]) => ({
  in: { columns: [{ name: 'v', type }], rows: values.map((value) => [value]) },
})
const maskOf = async (item: object, type: string, values: readonly unknown[], key = KEY) => {
  const { out } = await evaluate(mask, { masks: [{ columns: ['v'], ...item }], key }, column(type, values))
  return out?.rows.map(([value]) => value) ?? []
}

describe('masking', () => {
  it('makes the HMAC-SHA-256 of any text with any key, as node:crypto does', async () => {
    const key = fc
      .string({ unit: 'binary', minLength: 16, maxLength: 100 })
      .filter((each) => !each.includes('\0') && each.isWellFormed() && [...each].length >= 16)
    const text = fc
      .string({ unit: 'binary', maxLength: 100 })
      .filter((each) => !each.includes('\0') && each.isWellFormed())
    await fc.assert(
      fc.asyncProperty(key, fc.array(text, { maxLength: 5 }), async (secret, texts) => {
        const expected = texts.map((each) => createHmac('sha256', secret).update(each, 'utf8').digest('hex'))
        expect(await maskOf({ method: 'hash' }, 'VARCHAR', texts, secret)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('never shows the key in an error', async () => {
    const secret = 'short secret'
    const info = await maskOf({ method: 'hash' }, 'VARCHAR', ['x'], secret).then(() => undefined, toErrorInfo)
    expect(info).toMatchObject({ code: 'mask.key-short', field: ['key'] })
    expect(JSON.stringify(info)).not.toContain(secret)
  })

  it('shuffles the values among the rows, the same way each time, and leaves none in its row', async () => {
    const values = Array.from({ length: 50 }, (_, index) => index)
    const once = await maskOf({ method: 'shuffle' }, 'INTEGER', values)
    expect(once.map(Number).toSorted((a, b) => a - b)).toEqual(values)
    expect(await maskOf({ method: 'shuffle' }, 'INTEGER', values.toReversed())).toEqual(once)
    expect(await maskOf({ method: 'shuffle' }, 'INTEGER', values, 'another key of length')).not.toEqual(once)

    const rows = values.map((value) => [value, value])
    const columns = ['id', 'v'].map((name) => ({ name, type: 'INTEGER' }))
    const { out } = await evaluate(
      mask,
      { masks: [{ columns: ['v'], method: 'shuffle' }], key: KEY },
      { in: { columns, rows } },
    )
    expect(out?.rows.every(([id, value]) => id !== value)).toBe(true)
  })

  it('shifts all dates of one person by the same days, never by none, within the limit', async () => {
    const columns = [
      { name: 'who', type: 'INTEGER' },
      { name: 'day', type: 'DATE' },
      { name: 'at', type: 'TIMESTAMP' },
    ]
    const rows = Array.from({ length: 60 }, (_, index) => [
      index % 20,
      `2024-01-${String((index % 28) + 1).padStart(2, '0')}`,
      '2024-02-29 10:00:00.5',
    ])
    const config = { masks: [{ columns: ['day', 'at'], method: 'shift_date', days: 5, by: 'who' }], key: KEY }
    const { out } = await evaluate(mask, config, { in: { columns, rows } })
    const shifts = new Map<unknown, Set<number>>()
    for (const [index, row] of (out?.rows ?? []).entries()) {
      const days = (Date.parse(String(row[1])) - Date.parse(String(rows[index]?.[1]))) / 86_400_000
      const same = (Date.parse(`${row[2]}Z`) - Date.parse('2024-02-29T10:00:00.5Z')) / 86_400_000
      expect(same).toBe(days)
      shifts.set(row[0], (shifts.get(row[0]) ?? new Set()).add(days))
    }
    const all = [...shifts.values()].flatMap((days) => [...days])
    expect(all.length).toBe(20)
    expect(all.every((days) => days !== 0 && Math.abs(days) <= 5)).toBe(true)
    expect(new Set(all).size).toBeGreaterThan(4)
  })

  it('adds noise within the limit, the same to the same value, and rounds numbers down exactly', async () => {
    const amount = fc.integer({ min: -10_000, max: 10_000 }).map((cents) => (cents / 100).toFixed(2))
    await fc.assert(
      fc.asyncProperty(fc.array(amount, { maxLength: 10 }), async (amounts) => {
        const noisy = await maskOf({ method: 'noise', spread: 2.5 }, 'DECIMAL(10,2)', [...amounts, ...amounts])
        expect(noisy.slice(amounts.length)).toEqual(noisy.slice(0, amounts.length))
        for (const [index, value] of amounts.entries())
          expect(Math.abs(Number(noisy[index]) - Number(value))).toBeLessThanOrEqual(2.5 + 1e-9)
        const bands = await maskOf({ method: 'band', step: 2.5 }, 'DECIMAL(10,2)', amounts)
        expect(bands).toEqual(
          amounts.map((value) => ((Math.floor(Math.round(Number(value) * 100) / 250) * 250) / 100 + 0).toFixed(2)),
        )
      }),
      { numRuns: 40 },
    )
  })
})
