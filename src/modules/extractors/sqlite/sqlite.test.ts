import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { sqliteExtract } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

async function database(name: string, statements: string): Promise<void> {
  await mkdir(join(lab.root, 'd'), { recursive: true })
  const made = new Sqlite(join(lab.root, name))
  made.exec(statements)
  made.close()
}

const typesOf = (columns: readonly { name: string; type: string }[]) =>
  Object.fromEntries(columns.map(({ name, type }) => [name, type]))

it('gives every column one exact type, from its declaration or its values', async () => {
  await database(
    'a.db',
    `CREATE TABLE t(i INTEGER, r REAL, s VARCHAR(10), b BLOB, ok BOOLEAN, p DECIMAL(20,4), d DATE, at DATETIME, h TIME, x, y NUMERIC, z);
     INSERT INTO t VALUES (9223372036854775807, 0.1, 'é', x'00ff', 1, 12.5, '2024-02-29', '2024-02-29T10:00:00.123456', '23:59:59', 1, 1, 'a');
     INSERT INTO t VALUES (-9223372036854775808, 1, 5, x'', 0, '123456789012.25', '0001-01-01', '1500-01-01 00:00', '00:00', 2, 1.5, 7);
     INSERT INTO t DEFAULT VALUES;`,
  )
  const { columns, rows } = await lab.extract(sqliteExtract, { path: 'a.db' })
  expect(typesOf(columns)).toEqual({
    i: 'BIGINT',
    r: 'DOUBLE',
    s: 'VARCHAR',
    b: 'BLOB',
    ok: 'BOOLEAN',
    p: 'DECIMAL(20,4)',
    d: 'DATE',
    at: 'TIMESTAMP',
    h: 'TIME',
    x: 'BIGINT',
    y: 'DOUBLE',
    z: 'VARCHAR',
  })
  expect(rows).toEqual([
    [
      '9223372036854775807',
      '0.1',
      'é',
      '\\x00ff',
      'true',
      '12.5000',
      '2024-02-29',
      '2024-02-29 10:00:00.123456',
      '23:59:59',
      '1',
      '1.0',
      'a',
    ],
    [
      '-9223372036854775808',
      '1.0',
      '5',
      '\\x',
      'false',
      '123456789012.2500',
      '0001-01-01',
      '1500-01-01 00:00:00',
      '00:00:00',
      '2',
      '1.5',
      '7',
    ],
    Array(12).fill(null),
  ])
})

it('sends rows whose values do not fit to reject, fails with their place, or makes them NULL', async () => {
  await database(
    'a.db',
    "CREATE TABLE t(id INTEGER, d DATE, p DECIMAL(4,1)); INSERT INTO t VALUES (1, '2024-01-01', 1.5), ('n/a', '2023-02-29', 1.55), (3, NULL, 99999)",
  )
  await expect(lab.extract(sqliteExtract, { path: 'a.db' })).rejects.toThrow(
    'a.db, row 2, column id: "n/a" is not exactly a BIGINT.',
  )
  const config = { path: 'a.db', on_bad_value: 'reject', row_number_column: 'n' }
  expect((await lab.extract(sqliteExtract, config)).rows).toEqual([['1', '2024-01-01', '1.5', '1']])
  const { rows } = await lab.extract(sqliteExtract, config, 'reject')
  expect(rows).toEqual([
    [
      'a.db',
      '2',
      'id',
      'id: "n/a" is not exactly a BIGINT; d: "2023-02-29" is not exactly a DATE; p: "1.55" is not exactly a DECIMAL(4,1)',
      '{"id":"n/a","d":"2023-02-29","p":1.55}',
    ],
    ['a.db', '3', 'p', 'p: "99999" is not exactly a DECIMAL(4,1)', '{"id":"3","d":null,"p":"99999"}'],
  ])
  expect((await lab.extract(sqliteExtract, { path: 'a.db', on_bad_value: 'null' })).rows).toEqual([
    ['1', '2024-01-01', '1.5'],
    [null, null, null],
    ['3', null, null],
  ])
})

it('reads dates that are seconds, milliseconds or Julian days', async () => {
  await database(
    'a.db',
    'CREATE TABLE t(at TIMESTAMP, d DATE); INSERT INTO t VALUES (1709200800, 1709164800), (-1, -86400)',
  )
  expect((await lab.extract(sqliteExtract, { path: 'a.db', dates: 'unix' })).rows).toEqual([
    ['2024-02-29 10:00:00', '2024-02-29'],
    ['1969-12-31 23:59:59', '1969-12-31'],
  ])
  await expect(lab.extract(sqliteExtract, { path: 'a.db' })).rejects.toMatchObject({
    info: { code: 'sqlite.bad-value' },
  })
  expect(typesOf((await lab.extract(sqliteExtract, { path: 'a.db', dates: 'as_stored' })).columns)).toEqual({
    at: 'BIGINT',
    d: 'BIGINT',
  })
  await database('ms.db', 'CREATE TABLE t(at TIMESTAMP); INSERT INTO t VALUES (1709200800123), (-1)')
  expect((await lab.extract(sqliteExtract, { path: 'ms.db', dates: 'unix_ms' })).rows).toEqual([
    ['2024-02-29 10:00:00.123'],
    ['1969-12-31 23:59:59.999'],
  ])
  await database('j.db', "CREATE TABLE t(at TIMESTAMP); INSERT INTO t VALUES (julianday('2024-02-29 10:00:00.500'))")
  expect((await lab.extract(sqliteExtract, { path: 'j.db', dates: 'julian' })).rows).toEqual([
    ['2024-02-29 10:00:00.5'],
  ])
})

it('reads views and queries, and says which tables there are', async () => {
  await database(
    'a.db',
    'CREATE TABLE a(x INT); CREATE VIEW v AS SELECT x, x * 2 AS "a b" FROM a; INSERT INTO a VALUES (1), (2)',
  )
  expect((await lab.extract(sqliteExtract, { path: 'a.db', table: 'V' })).rows).toEqual([
    ['1', '2'],
    ['2', '4'],
  ])
  expect((await lab.extract(sqliteExtract, { path: 'a.db', query: 'SELECT count(*) AS n FROM a; ' })).rows).toEqual([
    ['2'],
  ])
  const refused = (config: object) => expect(lab.extract(sqliteExtract, { path: 'a.db', ...config })).rejects
  await refused({}).toMatchObject({ info: { code: 'sqlite.which-table', hint: 'There are a, v.' } })
  await refused({ table: 'b' }).toMatchObject({ info: { code: 'sqlite.no-table', field: ['table'] } })
  await refused({ table: 'a', query: 'SELECT 1' }).toMatchObject({ info: { code: 'sqlite.table-and-query' } })
  await refused({ query: 'SELECT y FROM a' }).toThrow('no such column: y')
  await refused({ query: 'SELECT 1 AS a, 2 AS A' }).toMatchObject({ info: { code: 'column.duplicate' } })
})

describe('files and queries of others', () => {
  it('reach nothing and change nothing', async () => {
    await database('a.db', 'CREATE TABLE a(x INT)')
    const refused = (query: string) => expect(lab.extract(sqliteExtract, { path: 'a.db', query })).rejects
    for (const query of [
      "ATTACH 'other.db' AS o",
      'DELETE FROM a',
      'PRAGMA journal_mode = WAL',
      'WITH w AS (SELECT 1) DELETE FROM a',
      'SELECT 1; DROP TABLE a',
    ])
      await refused(query).toMatchObject({ info: { code: 'sqlite.query' } })
    await refused("SELECT load_extension('x')").toMatchObject({ info: { code: expect.stringMatching(/^sqlite[.]/) } })
    expect(await readdir(lab.root)).toEqual(['.logidata', 'a.db', 'd'])
  })

  it('that are empty, cut off or garbage are told', async () => {
    await database(
      'whole.db',
      `CREATE TABLE t(x); INSERT INTO t SELECT printf('%0500d', value) FROM (WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM c LIMIT 500) SELECT value FROM c)`,
    )
    const { readFile } = await import('node:fs/promises')
    const whole = await readFile(join(lab.root, 'whole.db'))
    for (const [content, code] of [
      [Buffer.alloc(0), 'sqlite.not-a-database'],
      [Buffer.alloc(5000, 'x'), 'sqlite.not-a-database'],
      [whole.subarray(0, 20_000), 'sqlite.unreadable'],
      [Buffer.concat([whole.subarray(0, 100), Buffer.alloc(30_000, 7)]), 'sqlite.unreadable'],
    ] as const) {
      await writeFile(join(lab.root, 'bad.db'), content)
      await expect(lab.extract(sqliteExtract, { path: 'bad.db', query: 'SELECT * FROM t' })).rejects.toMatchObject({
        info: { code },
      })
    }
  })
})

it('reads several files by the names of their columns', async () => {
  await database('d/a.db', 'CREATE TABLE t(id INT, v TEXT); INSERT INTO t VALUES (1, 7)')
  await database('d/b.db', 'CREATE TABLE t(V INT, ID INT); INSERT INTO t VALUES (8, 2)')
  const { columns, rows } = await lab.extract(sqliteExtract, { path: 'd/', file_name_column: 'f' })
  expect(typesOf(columns)).toEqual({ id: 'BIGINT', v: 'VARCHAR', f: 'VARCHAR' })
  expect(rows).toEqual([
    ['1', '7', 'd/a.db'],
    ['2', '8', 'd/b.db'],
  ])
})
