import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CellValue } from '../contract.ts'
import { raw, sql } from '../sql.ts'
import { type Staged, stage, stagedRelation } from './stage.ts'
import { type FileLab, openFileLab } from './testing.ts'

let lab: FileLab
let abort: AbortController
beforeEach(async () => {
  lab = await openFileLab()
  abort = new AbortController()
})
afterEach(() => lab.close())

const request = () => ({ files: lab.files, session: lab.session, signal: abort.signal })
const left = async () => (await readdir(lab.files.staging)).sort()
const read = async (staged: Staged<unknown>, name = 'rows') => {
  const table = staged.tables[name]
  if (!table) throw new Error(`no table ${name}`)
  return lab.session.query(sql`SELECT * FROM ${stagedRelation(table)}`)
}
const one = (type: string, values: readonly CellValue[]) =>
  stage(request(), 'test', [type, values.map(String)], async (table) => {
    const rows = await table('rows', [{ name: 'v', type }])
    await rows.write(values.map((value) => [value]))
    return null
  })

describe('staging rows from code', () => {
  it('keeps every value and type exactly', async () => {
    const cases: [string, CellValue[], (string | null)[]][] = [
      ['BIGINT', [2n ** 63n - 1n, -(2n ** 63n), null], ['9223372036854775807', '-9223372036854775808', null]],
      ['INTEGER', [-(2 ** 31), 7], ['-2147483648', '7']],
      ['TINYINT', [-128], ['-128']],
      ['DOUBLE', [0.1 + 0.2, Number.NaN, -Infinity, 5e-324], ['0.30000000000000004', 'nan', '-inf', '5e-324']],
      ['BOOLEAN', [true, false, null], ['true', 'false', null]],
      ['BLOB', [new Uint8Array([0, 255]), new Uint8Array()], ['\\x00ff', '\\x']],
      [
        'VARCHAR',
        ['', '"', 'a\nb', 'é📦', '\\N', 'x'.repeat(100_000)],
        ['', '"', 'a\nb', 'é📦', '\\N', 'x'.repeat(100_000)],
      ],
      ['DECIMAL(38,10)', ['1234567890123456789012345678.0123456789'], ['1234567890123456789012345678.0123456789']],
      ['UBIGINT', ['18446744073709551615'], ['18446744073709551615']],
      [
        'TIMESTAMP',
        ['0001-01-01 00:00:00', '2024-01-05 10:00:00.123456'],
        ['0001-01-01 00:00:00', '2024-01-05 10:00:00.123456'],
      ],
      ['DATE', ['1582-10-10', null], ['1582-10-10', null]],
      ['TIME', ['23:59:59.999999'], ['23:59:59.999999']],
      ['INTEGER[]', ['[1, NULL]'], ['[1,null]']],
    ]
    for (const [type, values, expected] of cases) {
      const { columns, rows } = await read(await one(type, values))
      expect(columns, type).toEqual([{ name: 'v', type }])
      expect(
        rows.map((row) => row[0]),
        type,
      ).toEqual(expected)
    }
  })

  it('refuses a value that is not of its column, and leaves nothing behind', async () => {
    const cases: [string, CellValue, RegExp][] = [
      ['INTEGER', 2 ** 31, /32 bits/],
      ['INTEGER', 1.5, /32 bits/],
      ['BIGINT', 2n ** 63n, /64 bits/],
      ['BIGINT', 1, /bigint/],
      ['DATE', 'not a day', /not a day/],
      ['VARCHAR', 5, /a text/],
      ['DECIMAL(4,2)', '123.45', /123\.45/],
    ]
    for (const [type, value, message] of cases) await expect(one(type, [value]), type).rejects.toThrow(message)
    expect(await left()).toEqual([])
    const tables = await lab.session.query(raw('SELECT count(*) FROM duckdb_tables()'))
    expect(tables.rows).toEqual([['0']])
  })

  it('refuses types that Parquet would change', async () => {
    for (const type of ['HUGEINT', 'INTERVAL', 'STRUCT(a UHUGEINT)[]', 'TIMESTAMP_S'])
      await expect(one(type, []), type).rejects.toMatchObject({ info: { code: 'stage.type' } })
  })

  it('writes a file every 250,000 rows, in order, and an empty one for no rows', async () => {
    const staged = await stage(request(), 'test', 'many', async (table) => {
      const rows = await table('rows', [{ name: 'v', type: 'INTEGER' }])
      for (let at = 0; at < 600_000; at += 3000)
        await rows.write(Array.from({ length: 3000 }, (_, index) => [at + index]))
      await table('rejects', [{ name: 'reason', type: 'VARCHAR' }])
      return { seen: true }
    })
    expect(staged.tables.rows).toMatchObject({ rows: 600_000, files: { length: 3 } })
    expect(staged.tables.rejects).toMatchObject({ rows: 0, files: { length: 1 } })
    const { rows } = staged.tables
    if (!rows) throw new Error('no rows')
    let next = 0
    for await (const batch of lab.session.stream(sql`SELECT * FROM ${stagedRelation(rows)}`))
      for (const [value] of batch) if (value !== String(next++)) throw new Error(`${value} is not ${next - 1}`)
    expect(next).toBe(600_000)
  })

  it('uses what was staged under the same key, unless a part of it is missing or garbage', async () => {
    let made = 0
    const run = () =>
      stage(request(), 'test', 'same', async (table) => {
        made++
        await (await table('rows', [{ name: 'v', type: 'INTEGER' }])).write([[1]])
        return { made }
      })
    const first = await run()
    expect(await run()).toEqual(first)
    expect(made).toBe(1)
    const index = (await left()).find((name) => name.endsWith('.json')) ?? ''
    await writeFile(join(lab.files.staging, index), '{"facts": half')
    expect((await run()).facts).toEqual({ made: 2 })
    await rm(first.tables.rows?.files[0] ?? '')
    expect((await run()).facts).toEqual({ made: 3 })
  })

  it('leaves nothing when it is cancelled in the middle', async () => {
    const running = stage(request(), 'test', 'cancelled', async (table) => {
      const rows = await table('rows', [{ name: 'v', type: 'INTEGER' }])
      for (let at = 0; ; at++) {
        await rows.write(Array.from({ length: 100_000 }, () => [at]))
        if (at === 3) abort.abort()
      }
    })
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
    // The part that was whole is there without an index, so nobody reads it; `cleanStaging` removes it in time.
    expect((await left()).filter((name) => !name.endsWith('-0.parquet'))).toEqual([])
    const tables = await lab.session.query(raw('SELECT count(*) FROM duckdb_tables()'))
    expect(tables.rows).toEqual([['0']])
  })
})

describe('streaming rows', () => {
  it('gives exact texts in batches', async () => {
    const query = raw(
      "SELECT 9007199254740993::BIGINT AS a, 1.10::DECIMAL(9,2) AS b, TIMESTAMP '2024-01-05 00:00:00.000001' AS c, [1] AS d",
    )
    const rows = []
    for await (const batch of lab.session.stream(query)) rows.push(...batch)
    expect(rows).toEqual([['9007199254740993', '1.10', '2024-01-05 00:00:00.000001', '[1]']])
  })

  it('can be left early, and the session goes on', async () => {
    let seen = 0
    for await (const batch of lab.session.stream(raw('SELECT i FROM range(100000000) AS t(i)'))) {
      seen += batch.length
      if (seen > 5000) break
    }
    expect(seen).toBeLessThan(10_000)
    expect((await lab.session.query(raw('SELECT 1'))).rows).toEqual([['1']])
  })

  it('says what DuckDB says when a row fails in the middle', async () => {
    const query = raw("SELECT CASE WHEN i = 90000 THEN error('stop') ELSE i END FROM range(100000) AS t(i)")
    const read = async () => {
      for await (const _ of lab.session.stream(query));
    }
    await expect(read()).rejects.toThrow(/stop/)
  })
})
