import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeTables } from '../../../tests/services/table-loads.ts'
import { errorOf } from '../connectors/kit/error-of.ts'

interface Row {
  readonly id: number
  readonly part: number | null
  readonly name: string | null
  readonly gone: boolean | null
}
const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  id: fc.integer({ min: 1, max: 6 }),
  part: fc.constantFrom(null, 1, 2),
  name: fc.constantFrom(null, 'a', 'A', 'a ', 'é', "q'\\"),
  gone: fc.constantFrom(null, true, false),
})
const rowsArbitrary = fc.uniqueArray(rowArbitrary, { selector: ({ id }) => id, maxLength: 6 })

const text = (value: string | null) => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`)
const tableOf = (rows: readonly Row[], withGone: boolean): string => {
  const values = rows.map(
    ({ id, part, name, gone }) => `(${id}, ${part ?? 'NULL'}, ${text(name)}${withGone ? `, ${gone ?? 'NULL'}` : ''})`,
  )
  const columns = `id::INTEGER AS id, part::INTEGER AS part, name::VARCHAR AS name${withGone ? ', gone::BOOLEAN AS gone' : ''}`
  const none = `(NULL, NULL, NULL${withGone ? ', NULL' : ''})`
  return `SELECT ${columns} FROM (VALUES ${values.join(', ') || none}) v(id, part, name${withGone ? ', gone' : ''})${values.length === 0 ? ' WHERE FALSE' : ''}`
}

/** What one load makes of a table, without dates; and what it would say before. */
interface State {
  readonly id: number
  readonly part: number | null
  readonly name: string | null
  /** Of `soft_delete` that it went, of `history` that it is not current. */
  readonly over: boolean
}
interface Outcome {
  readonly rows: readonly State[]
  readonly forecast: readonly number[]
}
const alike = (a: Omit<State, 'over'>, b: Omit<State, 'over'>) => a.part === b.part && a.name === b.name
const state = ({ id, part, name }: Row, over = false): State => ({ id, part, name, over })

/** Naively, row by row. */
function expected(mode: string, old: readonly State[], fresh: readonly Row[], vanished: string): Outcome {
  const byId = new Map(fresh.map((row) => [row.id, row]))
  const there = new Map(old.filter(({ over }) => mode !== 'history' || !over).map((row) => [row.id, row]))
  const added = fresh.filter(({ id }) => !there.has(id))
  const both = fresh.flatMap((row) => {
    const before = there.get(row.id)
    return before ? [{ row, before }] : []
  })
  const absent = [...there.values()].filter(({ id }) => !byId.has(id))
  const changed = both.filter(({ row, before }) => !alike(row, before))
  const all = (rows: readonly Row[]) => rows.map((row) => state(row))
  switch (mode) {
    case 'append':
      return { rows: [...old, ...all(fresh)], forecast: [fresh.length, 0, 0, old.length] }
    case 'replace':
    case 'truncate':
      return { rows: all(fresh), forecast: [added.length, changed.length, absent.length, both.length - changed.length] }
    case 'delete_insert': {
      const parts = new Set(fresh.map(({ part }) => part))
      const kept = old.filter(({ part }) => !parts.has(part))
      return { rows: [...kept, ...all(fresh)], forecast: [fresh.length, 0, old.length - kept.length, kept.length] }
    }
    case 'upsert':
      return {
        rows: [...absent, ...all(fresh)],
        forecast: [added.length, changed.length, 0, old.length - changed.length],
      }
    case 'merge': {
      const live = fresh.filter(({ gone }) => gone !== true)
      const removed = both.filter(({ row }) => row.gone === true).length
      const updated = changed.filter(({ row }) => row.gone !== true).length
      return {
        rows: [...absent, ...all(live)],
        forecast: [added.filter(({ gone }) => gone !== true).length, updated, removed, old.length - removed - updated],
      }
    }
    case 'soft_delete': {
      const touched = both.filter(({ row, before }) => before.over || !alike(row, before)).length
      const marked = absent.filter(({ over }) => !over).length
      return {
        rows: [...absent.map((row) => ({ ...row, over: true })), ...all(fresh)],
        forecast: [added.length, touched, marked, old.length - touched - marked],
      }
    }
    default: {
      const closes = vanished === 'close' ? absent.length : 0
      const kept = absent.map((row) => ({ ...row, over: vanished === 'close' }))
      return {
        rows: [
          ...old.filter(({ over }) => over),
          ...kept,
          ...changed.map(({ before }) => ({ ...before, over: true })),
          ...all(fresh),
        ],
        forecast: [added.length, changed.length, closes, both.length - changed.length],
      }
    }
  }
}

const sorted = (rows: readonly State[]): string[] =>
  rows.map(({ id, part, name, over }) => JSON.stringify([id, part, name, over])).sort()

describeTables('Loads into tables', ({ server, load, forecast, name }) => {
  test.each(['append', 'replace', 'truncate', 'delete_insert', 'upsert', 'merge', 'soft_delete', 'history'])(
    '%s gives what row by row would give, and its forecast says so before',
    async (mode) => {
      await fc.assert(
        fc.asyncProperty(
          rowsArbitrary,
          rowsArbitrary,
          rowsArbitrary,
          fc.constantFrom('keep', 'close'),
          async (...given) => {
            const [first, second, third, vanished] = given
            const table = name()
            const config = {
              table,
              mode,
              ...(mode === 'append' ? {} : mode === 'delete_insert' ? { parts: ['part'] } : { key: ['id'] }),
              ...(mode === 'merge' ? { deleted_when: 'gone' } : {}),
              ...(mode === 'history' ? { vanished } : {}),
            }
            const over =
              mode === 'soft_delete' ? 'deleted_at IS NOT NULL' : mode === 'history' ? 'NOT is_current' : '1 = 0'
            let now: readonly State[] = []
            try {
              for (const [turn, rows] of [first, second, third].entries()) {
                const query = tableOf(rows, mode === 'merge')
                const wanted = expected(mode, now, rows, vanished)
                const before = await forecast(query, config)
                const found = before?.rows
                expect([found?.new, found?.changed, found?.deleted, found?.unchanged].map(Number)).toEqual(
                  wanted.forecast,
                )
                expect(before?.creates).toBe(turn === 0)
                await load(query, config)
                const after = await server.ask(
                  `SELECT id, part, name, CASE WHEN ${over} THEN 1 ELSE 0 END FROM ${table}`,
                )
                now = after.map(([id, part, own, gone]) => ({
                  id: Number(id),
                  part: part == null ? null : Number(part),
                  name: own ?? null,
                  over: gone === '1',
                }))
                expect(sorted(now)).toEqual(sorted(wanted.rows))
              }
            } finally {
              await server.ask(`DROP TABLE IF EXISTS ${table}`)
            }
          },
        ),
        { numRuns: 12 },
      )
    },
    120_000,
  )

  test('a history has one current version of a key, and versions that follow on each other', async () => {
    const table = name()
    const config = { table, mode: 'history', key: ['id'], vanished: 'close' }
    for (const sql of [
      "SELECT 1 AS id, 'a' AS v",
      "SELECT 1 AS id, 'b' AS v",
      "SELECT 2 AS id, 'c' AS v",
      "SELECT 1 AS id, 'b' AS v",
    ])
      await load(sql, config)
    const rows = await server.ask(
      `SELECT id, v, CASE WHEN valid_to IS NULL THEN 'open' WHEN valid_to > valid_from THEN 'closed' END FROM ${table} ORDER BY valid_from, id`,
    )
    expect(rows).toEqual([
      ['1', 'a', 'closed'],
      ['1', 'b', 'closed'],
      ['2', 'c', 'closed'],
      ['1', 'b', 'open'],
    ])
  })

  test('a table that is made has its key and its indexes; what cannot be is said before anything changes', async () => {
    const table = name()
    const indexes = [{ columns: ['part'] }, { columns: ['name', 'part'], unique: true }]
    await load(tableOf([{ id: 1, part: 1, name: 'a', gone: null }], false), {
      table,
      mode: 'soft_delete',
      key: ['id'],
      indexes,
    })
    const twice = await errorOf(
      load(tableOf([{ id: 2, part: 1, name: 'a', gone: null }], false), { table, mode: 'upsert', key: ['id'] }),
    )
    expect(twice.code).toBe('load.key')
    for (const [query, given, code] of [
      ['SELECT 1 AS id, 2 AS flag', { mode: 'merge', key: ['id'], deleted_when: 'flag' }, 'column.type'],
      ['SELECT 1 AS id, now() AS valid_to', { mode: 'history', key: ['id'] }, 'column.duplicate'],
      ['SELECT 1 AS id', { mode: 'upsert', key: ['none'] }, 'column.not-found'],
      ['SELECT 3 AS id', { mode: 'history', key: ['id'] }, 'load.drift'],
      ['SELECT NULL::INTEGER AS id', { mode: 'upsert', key: ['id'] }, expect.stringMatching(/^load\.(?:key|value)$/)],
      ['SELECT 3 AS id FROM range(2)', { mode: 'soft_delete', key: ['id'] }, 'load.key'],
    ] as const)
      expect((await errorOf(load(query, { table, ...given }))).code).toEqual(code)
    expect(await server.ask(`SELECT COUNT(*) FROM ${table}`)).toEqual([['1']])
    expect(() => server.module.descriptor.config.parse({ connection: 'x', table, mode: 'merge', key: ['id'] })).toThrow(
      'deleted',
    )
  })
})
