import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sqliteExtract } from '../../extractors/sqlite/implementation.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { raw } from '../../kit/sql.ts'
import { sqliteLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const write = (config: object, query: string) =>
  lab.load(sqliteLoad, { path: 'out/a.db', table: 't', ...config }, raw(query))
const read = async (config: object = {}) =>
  (await lab.extract(sqliteExtract, { path: 'out/a.db', table: 't', ...config })).rows

it('writes what reads back with the same types and values', async () => {
  const query = `SELECT 9223372036854775807 AS i, true AS ok, 0.1::DOUBLE AS r, 12345678901234567890123456789.123456789::DECIMAL(38,9) AS p,
    DATE '2024-02-29' AS d, TIMESTAMP '2024-02-29 10:00:00.123456' AS at, TIMESTAMPTZ '2024-02-29 10:00:00+02' AS z, TIME '10:00:00' AS h, '\\x00\\xff'::BLOB AS b,
    'it''s "é" 📦' AS "a b", [1, NULL] AS list, 18446744073709551615::UBIGINT AS u, NULL::VARCHAR AS n`
  expect(await write({}, query)).toEqual({ rows: 1n, written: ['out/a.db'] })
  const { columns, rows } = await lab.extract(sqliteExtract, { path: 'out/a.db' })
  expect(columns.map(({ type }) => type)).toEqual(
    'BIGINT BOOLEAN DOUBLE DECIMAL(38,9) DATE TIMESTAMP TIMESTAMP_TZ TIME BLOB VARCHAR VARCHAR UBIGINT VARCHAR'
      .split(' ')
      .map((type) => (type === 'TIMESTAMP_TZ' ? 'TIMESTAMP WITH TIME ZONE' : type)),
  )
  expect(rows).toEqual([
    [
      '9223372036854775807',
      'true',
      '0.1',
      '12345678901234567890123456789.123456789',
      '2024-02-29',
      '2024-02-29 10:00:00.123456',
      '2024-02-29 08:00:00+00',
      '10:00:00',
      '\\x00ff',
      'it\'s "é" 📦',
      '[1,null]',
      '18446744073709551615',
      null,
    ],
  ])
})

it('stores dates as numbers, and refuses what they cannot hold', async () => {
  for (const dates of ['unix', 'unix_ms', 'julian'] as const) {
    await write({ dates }, "SELECT TIMESTAMP '1960-02-29 10:00:01' AS at, DATE '2024-01-05' AS d")
    expect(await read({ dates })).toEqual([['1960-02-29 10:00:01', '2024-01-05']])
  }
  await expect(write({ dates: 'unix' }, "SELECT TIMESTAMP '2024-01-01 00:00:00.5' AS at")).rejects.toThrow(
    'fractions of a second',
  )
  await expect(write({ dates: 'unix' }, "SELECT 'infinity'::TIMESTAMP AS at")).rejects.toThrow('infinity')
  await expect(write({}, "SELECT 'nan'::DOUBLE AS v")).rejects.toThrow('Column v holds NaN')
})

it('creates, replaces, appends and updates by key; other tables stay', async () => {
  await write({ table: 'other' }, 'SELECT 1 AS x')
  await write({ mode: 'create', key: ['id'] }, "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(id, v)")
  await expect(write({ mode: 'create' }, 'SELECT 1 AS id')).rejects.toMatchObject({ info: { code: 'target.exists' } })
  await write({ mode: 'append' }, "SELECT 'c' AS V, 3 AS ID")
  await write({ mode: 'upsert', key: ['id'] }, "SELECT * FROM (VALUES (2, 'B'), (4, 'd')) AS t(id, v)")
  expect(await read()).toEqual([
    ['1', 'a'],
    ['2', 'B'],
    ['3', 'c'],
    ['4', 'd'],
  ])
  await write({}, 'SELECT 7 AS z')
  expect(await read()).toEqual([['7']])
  expect(await read({ table: 'other' })).toEqual([['1']])
})

it('refuses keys that are missing, twice there, NULL or without an index, and columns that the table has not', async () => {
  await write({}, 'SELECT 1 AS id')
  const refused = (config: object, query: string) => expect(write(config, query)).rejects
  await refused({ mode: 'upsert' }, 'SELECT 1 AS id').toMatchObject({ info: { code: 'key.missing' } })
  await refused({ mode: 'upsert', key: ['x'] }, 'SELECT 1 AS id').toMatchObject({ info: { code: 'column.not-found' } })
  await refused({ mode: 'upsert', key: ['id'] }, 'SELECT 1 AS id').toMatchObject({ info: { code: 'key.no-index' } })
  await refused({ key: ['id'] }, 'SELECT 1 AS id UNION ALL SELECT 1').toThrow('Several rows have the key id = 1')
  await refused({ key: ['id'] }, 'SELECT NULL::INT AS id').toThrow('A row has no key')
  await refused({ mode: 'append' }, 'SELECT 1 AS id, 2 AS more').toMatchObject({
    info: { code: 'target.columns-differ' },
  })
  expect(await read()).toEqual([['1']])
})

it('changes nothing when a row is refused, and leaves no file where there was none', async () => {
  await expect(
    write({}, "SELECT CASE WHEN i = 9999 THEN error('stop') ELSE i END AS id FROM range(10000) AS r(i)"),
  ).rejects.toThrow('stop')
  expect(await readdir(join(lab.root, 'out'))).toEqual([])
  await write({}, 'SELECT 1 AS id')
  const file = new Sqlite(join(lab.root, 'out/a.db'))
  file.exec('CREATE TABLE c(id INTEGER CHECK (id < 5000))')
  file.close()
  await expect(write({ table: 'c', mode: 'append' }, 'SELECT i AS id FROM range(10000) AS r(i)')).rejects.toMatchObject(
    {
      info: { code: 'sqlite.refused' },
    },
  )
  expect(await read({ table: 'c' })).toEqual([])
  await writeFile(join(lab.root, 'out/a.db'), 'no database at all, by no means')
  await expect(write({}, 'SELECT 1 AS id')).rejects.toMatchObject({ info: { code: 'sqlite.not-a-database' } })
  expect(await lab.read('out/a.db')).toBe('no database at all, by no means')
})
