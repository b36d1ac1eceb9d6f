import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { duckdbExtract } from '../../extractors/duckdb/implementation.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { raw } from '../../kit/sql.ts'
import { duckdbLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const PATH = 'out/a.duckdb'
const write = (config: object, query: string) => lab.load(duckdbLoad, { path: PATH, table: 't', ...config }, raw(query))
const table = (config: object = {}) => lab.extract(duckdbExtract, { path: PATH, table: 't', ...config })

async function database(name: string, ...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(join(lab.root, name))
  const connection = await instance.connect()
  for (const statement of statements) await connection.run(statement)
  connection.closeSync()
  instance.closeSync()
}

it('writes and reads every type exactly, also those that Parquet has no place for', async () => {
  const query = `SELECT 170141183460469231731687303715884105727::HUGEINT AS h, INTERVAL '1 month 2 days 3 microseconds' AS i, TIMETZ '10:00:00+02' AS tz, 1.10::DECIMAL(38,10) AS p,
    TIMESTAMP_NS '2024-02-29 10:00:00.123456789' AS ns, TIMESTAMP_S '2024-02-29 10:00:00' AS s, TIMESTAMPTZ '2024-02-29 10:00:00+02' AS z, '1010'::BIT AS bits, uuid '00000000-0000-0000-0000-000000000001' AS u,
    {'a b': [1::UTINYINT, NULL]} AS n, MAP {'k': 1.5} AS m, '{"x":1}'::JSON AS j, 'x'::BLOB AS b, 'nan'::DOUBLE AS nan`
  const before = await lab.session.query(raw(query))
  await write({}, query)
  expect(await table()).toEqual(before)
})

it('creates, replaces, appends and updates by key; other tables stay', async () => {
  await write({ table: 'other' }, 'SELECT 1 AS x')
  await write({ mode: 'create', key: ['id'] }, "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(id, v)")
  await expect(write({ mode: 'create' }, 'SELECT 1 AS id')).rejects.toMatchObject({ info: { code: 'target.exists' } })
  await write({ mode: 'append' }, "SELECT 'c' AS V, 3 AS ID")
  await write({ mode: 'upsert', key: ['id'] }, "SELECT * FROM (VALUES (2, 'B'), (4, 'd')) AS t(id, v)")
  expect([...(await table()).rows].sort()).toEqual([
    ['1', 'a'],
    ['2', 'B'],
    ['3', 'c'],
    ['4', 'd'],
  ])
  await expect(write({ mode: 'append' }, "SELECT 1 AS id, 'x' AS v")).rejects.toMatchObject({
    info: { code: 'duckdb.refused' },
  })
  await expect(write({ mode: 'append' }, 'SELECT 9 AS id, 1 AS more')).rejects.toMatchObject({
    info: { code: 'target.columns-differ' },
  })
  await write({}, 'SELECT 7 AS z')
  expect((await table()).rows).toEqual([['7']])
  expect((await table({ table: 'other' })).rows).toEqual([['1']])
})

it('leaves no file where there was none, and others’ files alone', async () => {
  await expect(
    write({}, "SELECT CASE WHEN i = 9999 THEN error('stop') ELSE i END AS id FROM range(10000) AS r(i)"),
  ).rejects.toThrow('stop')
  expect(await readdir(join(lab.root, 'out'))).toEqual([])
  await writeFile(join(lab.root, PATH), 'no database at all, by no means'.repeat(1000))
  await expect(write({}, 'SELECT 1 AS id')).rejects.toMatchObject({ info: { code: 'duckdb.not-a-database' } })
  expect(await lab.read(PATH)).toBe('no database at all, by no means'.repeat(1000))
  await expect(table()).rejects.toMatchObject({ info: { code: 'duckdb.unreadable' } })
})

it('keeps views, macros and queries of a file inside it', async () => {
  await lab.write('secret.csv', 'a\n1\n')
  const secret = join(lab.root, 'secret.csv')
  await database(
    'f.duckdb',
    'CREATE TABLE t AS SELECT 1 AS id',
    'CREATE SCHEMA s',
    'CREATE TABLE s.t2 AS SELECT 2 AS id',
    `CREATE VIEW leak AS SELECT * FROM read_csv('${secret}')`,
    'CREATE VIEW fine AS SELECT id + 1 AS id FROM t',
  )
  const read = (config: object) => lab.extract(duckdbExtract, { path: 'f.duckdb', ...config })
  expect((await read({ table: 'fine' })).rows).toEqual([['2']])
  expect((await read({ table: 'S.T2', row_number_column: 'n' })).rows).toEqual([['2', '1']])
  expect((await read({ query: 'SELECT count(*) AS n FROM t' })).rows).toEqual([['1']])
  await expect(read({ table: 'leak' })).rejects.toMatchObject({ info: { code: 'duckdb.outside' } })
  await expect(read({ query: `SELECT * FROM '${secret}'` })).rejects.toMatchObject({ info: { code: 'duckdb.outside' } })
  await expect(read({ query: 'SET lock_configuration = false' })).rejects.toMatchObject({
    info: { code: 'expression.syntax' },
  })
  await expect(read({ query: 'SELECT y FROM t' })).rejects.toMatchObject({ info: { code: 'duckdb.query' } })
  await expect(read({})).rejects.toMatchObject({
    info: { code: 'duckdb.which-table', hint: 'There are fine, leak, t, s.t2.' },
  })
  await expect(read({ table: 'tt' })).rejects.toMatchObject({ info: { code: 'duckdb.no-table' } })
})

it('reads several files by the names of their columns', async () => {
  await database('a.duckdb', 'CREATE TABLE t AS SELECT 1 AS id, 2.5 AS v')
  await database('b.duckdb', "CREATE TABLE t AS SELECT 'x' AS more, 3::BIGINT AS ID")
  const { columns, rows } = await lab.extract(duckdbExtract, { path: '*.duckdb', file_name_column: 'f' })
  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'id BIGINT',
    'v DECIMAL(2,1)',
    'more VARCHAR',
    'f VARCHAR',
  ])
  expect(rows).toEqual([
    ['1', '2.5', null, 'a.duckdb'],
    ['3', null, 'x', 'b.duckdb'],
  ])
})

/** A database whose newest rows are in its log alone, as a full disk leaves it where they could not be moved into the file. */
async function withLog(): Promise<void> {
  const source = `${PATH}.source`
  const instance = await DuckDBInstance.create(join(lab.root, source))
  const connection = await instance.connect()
  await connection.run("SET checkpoint_threshold = '1GB'")
  await connection.run('CREATE TABLE t AS SELECT 1 AS id')
  await connection.run('CHECKPOINT')
  await connection.run('INSERT INTO t VALUES (2)')
  for (const suffix of ['', '.wal']) await copyFile(join(lab.root, source + suffix), join(lab.root, PATH + suffix))
  connection.closeSync()
  instance.closeSync()
  await rm(join(lab.root, source))
  expect(await readdir(join(lab.root, 'out'))).toEqual(['a.duckdb', 'a.duckdb.wal'])
}

it.each(['the next load', 'a run that is taken up'])(
  'takes in a log that was left beside its file: %s',
  async (how) => {
    await mkdir(join(lab.root, 'out'), { recursive: true })
    await withLog()
    const rows = ['1', '2']
    if (how === 'the next load') {
      await write({ mode: 'append' }, 'SELECT 3 AS id')
      rows.push('3')
    } else {
      const config = duckdbLoad.descriptor.config.parse({ path: PATH, table: 't', mode: 'append' })
      expect(await duckdbLoad.committed?.({ config, files: lab.files, key: 'r/n' })).toBe(false)
    }
    expect(await readdir(join(lab.root, 'out'))).toEqual(['a.duckdb'])
    expect((await table()).rows.map(([id]) => id).sort()).toEqual(rows)
  },
)
