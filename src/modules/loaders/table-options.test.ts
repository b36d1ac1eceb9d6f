import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeTables, type Tables } from '../../../tests/services/table-loads.ts'
import { errorOf } from '../connectors/kit/error-of.ts'

const text = (value: string | number | null) => (typeof value === 'string' ? `'${value}'` : String(value))
const queryOf = (types: Readonly<Record<string, string>>, rows: readonly object[]): string => {
  const names = Object.keys(types)
  const values = rows.map((row) => `(${Object.values(row).map(text).join(', ')})`)
  const columns = names.map((name) => `${name}::${types[name]} AS ${name}`)
  const none = `(${names.map(() => 'NULL').join(', ')})`
  return `SELECT ${columns.join(', ')} FROM (VALUES ${values.join(', ') || none}) v(${names.join(', ')})${values.length === 0 ? ' WHERE FALSE' : ''}`
}
const counts = async ({ forecast }: Tables, query: string, config: object): Promise<readonly number[]> => {
  const rows = (await forecast(query, config))?.rows
  return [rows?.new, rows?.changed, rows?.deleted, rows?.unchanged].map(Number)
}

interface Item {
  readonly id: number
  readonly name: string | null
  readonly city: string
  readonly ver: number | null
  readonly gone: boolean | null
}
const items = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 4 }),
    name: fc.constantFrom(null, 'a', 'A'),
    city: fc.constantFrom('x', 'y'),
    ver: fc.constantFrom(null, 1, 2),
    gone: fc.constantFrom(null, true, false),
  }),
  { selector: ({ id }) => id, maxLength: 4 },
)
const ITEM = { id: 'INTEGER', name: 'VARCHAR', city: 'VARCHAR', ver: 'INTEGER' }
const mergeOptions = fc.record({
  mode: fc.constantFrom('upsert', 'merge'),
  matched: fc.constantFrom('update', 'nothing'),
  update_columns: fc.constantFrom([], ['NAME']),
  newer: fc.boolean(),
  not_matched: fc.constantFrom('insert', 'nothing'),
})

/** Row by row. */
function merged(
  { mode, matched, update_columns, newer, not_matched }: typeof mergeOptions extends fc.Arbitrary<infer T> ? T : never,
  old: readonly Item[],
  fresh: readonly Item[],
): readonly Item[] {
  const rows = new Map(old.map((row) => [row.id, row]))
  for (const row of fresh) {
    const before = rows.get(row.id)
    const gone = mode === 'merge' && row.gone === true
    if (!before) {
      if (not_matched === 'insert' && !gone) rows.set(row.id, row)
      continue
    }
    if (newer && !(row.ver !== null && (before.ver === null || row.ver > before.ver))) continue
    if (gone) rows.delete(row.id)
    else if (matched === 'update')
      rows.set(
        row.id,
        update_columns.length === 0 ? row : { ...before, name: row.name, ver: newer ? row.ver : before.ver },
      )
  }
  return [...rows.values()]
}

interface Version {
  readonly id: number
  readonly name: string
  readonly city: string
  readonly from: number
  readonly to: number | null
}
interface Told {
  readonly id: number
  readonly name: string
  readonly city: string
  readonly day: number
}
const told = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 3 }),
    name: fc.constantFrom('a', 'b'),
    city: fc.constantFrom('x', 'y'),
    day: fc.integer({ min: 1, max: 5 }),
  }),
  { selector: ({ id }) => id, maxLength: 3 },
)

/** Row by row: the versions, and whether some row comes late. */
function versions(by: 'all' | 'name' | 'hash', old: readonly Version[], fresh: readonly Told[]) {
  let late = false
  const all = [...old]
  const figures = { fresh: 0, changed: 0 }
  for (const row of fresh) {
    const at = all.findIndex(({ id, to }) => id === row.id && to === null)
    const open = all[at]
    const begin: Version = { id: row.id, name: row.name, city: row.city, from: row.day, to: null }
    if (!open) {
      figures.fresh++
      all.push(begin)
      continue
    }
    const begins = open.name !== row.name || (by === 'all' && open.city !== row.city)
    const amends = !begins && by === 'name' && open.city !== row.city
    if ((begins && row.day <= open.from) || (amends && row.day < open.from)) late = true
    else if (begins) {
      figures.changed++
      all[at] = { ...open, to: row.day }
      all.push(begin)
    } else if (amends) {
      figures.changed++
      all[at] = { ...open, city: row.city }
    }
  }
  return { all, late, ...figures }
}

describeTables('Options of modes', (tables) => {
  const { server, load, forecast, name } = tables

  test('upsert and merge with each choice give what row by row would give, as their forecasts say; a second time nothing', async () => {
    await fc.assert(
      fc.asyncProperty(mergeOptions, items, items, async (options, old, fresh) => {
        const table = name()
        const { newer, ...more } = options
        const config = {
          table,
          key: ['id'],
          ...more,
          ...(options.mode === 'merge' ? { deleted_when: 'gone' } : {}),
          ...(newer ? { newer_by: 'ver' } : {}),
        }
        const types = options.mode === 'merge' ? { ...ITEM, gone: 'BOOLEAN' } : ITEM
        const plain = (rows: readonly Item[]) => rows.map(({ id, name, city, ver }) => ({ id, name, city, ver }))
        await load(queryOf(ITEM, plain(old)), { table, mode: 'upsert', key: ['id'] })
        try {
          const query = queryOf(types, options.mode === 'merge' ? fresh : plain(fresh))
          const wanted = merged(options, old, fresh)
          const line = ({ id, name, city, ver }: Item) => JSON.stringify([id, name, city, ver])
          const was = new Map(old.map((row) => [row.id, line(row)]))
          const is = new Map(wanted.map((row) => [row.id, line(row)]))
          const added = [...is.keys()].filter((id) => !was.has(id)).length
          const changed = [...is].filter(([id, row]) => was.has(id) && was.get(id) !== row).length
          const removed = [...was.keys()].filter((id) => !is.has(id)).length
          expect(await counts(tables, query, config)).toEqual([added, changed, removed, old.length - changed - removed])
          await load(query, config)
          const rows = await server.ask(`SELECT id, name, city, ver FROM ${table}`)
          const found = rows.map(([id, own, city, ver]) =>
            JSON.stringify([Number(id), own ?? null, city, ver == null ? null : Number(ver)]),
          )
          expect(found.sort()).toEqual([...is.values()].sort())
          expect((await counts(tables, query, config)).slice(0, 3)).toEqual([0, 0, 0])
        } finally {
          await server.ask(`DROP TABLE IF EXISTS ${table}`)
        }
      }),
      { numRuns: 15 },
    )
  }, 120_000)

  test('a history by the time of its rows: versions, corrections in place, late rows refused or ignored', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('all', 'name', 'hash'),
        fc.constantFrom('fail', 'ignore'),
        fc.array(told, { minLength: 2, maxLength: 3 }),
        async (by, late, loads) => {
          const table = name()
          const chosen = by === 'name' ? { version_columns: ['NAME'] } : by === 'hash' ? { hash_column: 'name' } : {}
          const config = { table, mode: 'history', key: ['id'], effective_column: 'day', late, ...chosen }
          let now: readonly Version[] = []
          try {
            for (const [turn, rows] of loads.entries()) {
              const query = queryOf(
                { id: 'INTEGER', name: 'VARCHAR', city: 'VARCHAR', day: 'TIMESTAMP' },
                rows.map((row) => ({ ...row, day: `2026-01-0${row.day}` })),
              )
              const wanted = versions(by, now, rows)
              if (wanted.late && late === 'fail') {
                expect((await errorOf(forecast(query, config))).code).toBe('load.late')
                const error = await errorOf(load(query, config))
                expect(error.code).toBe('load.late')
                expect(error.message).toMatch(/^The row of key \d holds since 2026-01-0/)
              } else {
                const before = await counts(tables, query, config)
                expect(before.slice(0, 3)).toEqual([wanted.fresh, wanted.changed, 0])
                await load(query, config)
                now = wanted.all
                if (turn === 0) expect(await counts(tables, query, config)).toEqual([0, 0, 0, rows.length])
              }
              const found = await server.ask(
                `SELECT id, name, city, EXTRACT(DAY FROM valid_from), EXTRACT(DAY FROM valid_to), CASE WHEN is_current THEN 1 ELSE 0 END FROM ${table}`,
              )
              expect(found.map((row) => row.join('|')).sort()).toEqual(
                now
                  .map((row) => [row.id, row.name, row.city, row.from, row.to, row.to === null ? 1 : 0].join('|'))
                  .sort(),
              )
            }
          } finally {
            await server.ask(`DROP TABLE IF EXISTS ${table}`)
          }
        },
      ),
      { numRuns: 15 },
    )
  }, 120_000)

  test('a row that came and went cannot come again before it went', async () => {
    const table = name()
    const config = { table, mode: 'history', key: ['id'], effective_column: 'at', vanished: 'close' }
    const row = (id: number, at: string) => `SELECT ${id} AS id, 'a' AS v, DATE '${at}' AS at`
    await load(row(1, '2026-01-01'), config)
    await load(row(2, '2026-01-01'), config)
    const error = await errorOf(load(row(1, '2026-01-02'), config))
    expect(error).toMatchObject({ code: 'load.late', message: expect.stringContaining('key 1') })
    await load(row(1, '2026-01-02'), { ...config, late: 'ignore', vanished: 'keep' })
    await load(row(1, '2999-01-01'), { ...config, vanished: 'keep' })
    const rows = await server.ask(`SELECT id, CASE WHEN is_current THEN 1 ELSE 0 END FROM ${table}`)
    expect(rows.map(String).sort()).toEqual(['1,0', '1,1', '2,1'])
    const none = await errorOf(load('SELECT 3 AS id, NULL::VARCHAR AS v, NULL::DATE AS at', config))
    expect(none).toMatchObject({ code: 'load.value', message: expect.stringContaining('key 3') })
  })

  test.each(['flag', 'both'])('soft_delete marks rows by %s, and takes them back', async (deleted_as) => {
    const table = name()
    const config = { table, mode: 'soft_delete', key: ['id'], deleted_as }
    const marks = async () =>
      (
        await server.ask(
          `SELECT id, ${deleted_as === 'both' ? 'CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END' : '0'}, CASE WHEN is_deleted THEN 1 ELSE 0 END FROM ${table}`,
        )
      )
        .map(String)
        .sort()
    const gone = deleted_as === 'both' ? '1,1,1' : '1,0,1'
    await load('SELECT 1 AS id UNION ALL SELECT 2', config)
    expect(await counts(tables, 'SELECT 2 AS id', config)).toEqual([0, 0, 1, 1])
    await load('SELECT 2 AS id', config)
    expect(await marks()).toEqual([gone, '2,0,0'])
    expect(await counts(tables, 'SELECT 2 AS id', config)).toEqual([0, 0, 0, 2])
    await load('SELECT 2 AS id', config)
    expect(await marks()).toEqual([gone, '2,0,0'])
    expect(await counts(tables, 'SELECT 1 AS id', config)).toEqual([0, 1, 1, 0])
    await load('SELECT 1 AS id', config)
    expect(await marks()).toEqual(['1,0,0', gone.replace('1,', '2,')])
  })

  test('a table that is there gets the column of the mark where it may be adapted', async () => {
    const table = name()
    await load('SELECT 1 AS id UNION ALL SELECT 2', { table, mode: 'upsert', key: ['id'] })
    const config = { table, mode: 'soft_delete', key: ['id'], deleted_as: 'flag' }
    expect((await errorOf(load('SELECT 2 AS id', config))).code).toBe('load.drift')
    await load('SELECT 2 AS id', { ...config, on_drift: 'adapt' })
    const rows = await server.ask(`SELECT id, CASE WHEN is_deleted THEN 1 ELSE 0 END FROM ${table}`)
    expect(rows.map(String).sort()).toEqual(['1,1', '2,0'])
  })

  test('options that cannot be are refused with their field', async () => {
    const table = name()
    const history = { table, mode: 'history', key: ['id'] }
    for (const [query, given, code, field] of [
      ['SELECT 1 AS id, 2 AS at', { ...history, effective_column: 'at' }, 'column.type', 'effective_column'],
      ['SELECT 1 AS id', { ...history, effective_column: 'at' }, 'column.not-found', 'effective_column'],
      ['SELECT 1 AS id', { ...history, version_columns: ['v'] }, 'column.not-found', 'version_columns'],
      ['SELECT 1 AS id', { table, mode: 'upsert', key: ['id'], newer_by: 'v' }, 'column.not-found', 'newer_by'],
      ['SELECT 1 AS id', { table, mode: 'upsert', key: ['id'], not_matched: 'nothing' }, 'load.target', 'not_matched'],
    ] as const) {
      const error = await errorOf(load(query, given))
      expect([error.code, error.field?.[0]]).toEqual([code, field])
    }
    expect(() =>
      server.module.descriptor.config.parse({ connection: 'x', ...history, hash_column: 'h', version_columns: ['v'] }),
    ).toThrow('either')
  })
})
