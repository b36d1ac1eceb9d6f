import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parquetExtract } from '../../extractors/parquet/implementation.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { raw } from '../../kit/sql.ts'
import { parquetLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

it('writes a file that reads back with the same types and values', async () => {
  const query = raw(
    "SELECT 9007199254740993::BIGINT AS big, 1.10::DECIMAL(10,2) AS price, DATE '2024-02-29' AS day, [1, NULL] AS list, NULL::VARCHAR AS nothing",
  )
  const result = await lab.load(parquetLoad, { path: 'out/a.parquet' }, query)
  expect(result).toEqual({ rows: 1n, written: ['out/a.parquet'] })
  const table = await lab.extract(parquetExtract, { path: 'out/a.parquet' })
  expect(table.columns.map((column) => column.type)).toEqual([
    'BIGINT',
    'DECIMAL(10,2)',
    'DATE',
    'INTEGER[]',
    'VARCHAR',
  ])
  expect(table.rows).toEqual([['9007199254740993', '1.10', '2024-02-29', '[1,null]', null]])
})

it('appends to a file, and refuses rows whose columns differ', async () => {
  await lab.load(parquetLoad, { path: 'a.parquet' }, raw('SELECT 1 AS id, 2 AS n'))
  const added = await lab.load(parquetLoad, { path: 'a.parquet', mode: 'append' }, raw('SELECT 3 AS n, 4 AS id'))
  expect(added.rows).toBe(1n)
  expect((await lab.extract(parquetExtract, { path: 'a.parquet' })).rows).toEqual([
    ['1', '2'],
    ['4', '3'],
  ])
  await expect(
    lab.load(parquetLoad, { path: 'a.parquet', mode: 'append' }, raw("SELECT 'x' AS id, 1 AS m")),
  ).rejects.toThrow('missing here: n; missing there: m; id is INTEGER there and VARCHAR here')
})

it('refuses to touch what exists in mode fail', async () => {
  await lab.load(parquetLoad, { path: 'a.parquet', mode: 'fail' }, raw('SELECT 1 AS id'))
  await expect(lab.load(parquetLoad, { path: 'a.parquet', mode: 'fail' }, raw('SELECT 2 AS id'))).rejects.toThrow(
    'exists',
  )
  expect((await lab.extract(parquetExtract, { path: 'a.parquet' })).rows).toEqual([['1']])
})

it('writes partitions whose values read back as they were, also NULL, empty and leading zeros', async () => {
  const query = raw("SELECT * FROM (VALUES (1, '007'), (2, NULL), (3, ''), (4, 'a/b c')) AS t(id, code)")
  await lab.load(parquetLoad, { path: 'out/parts', partition_by: ['code'] }, query)
  const table = await lab.extract(parquetExtract, { path: 'out/parts/' })
  expect(table.columns.map((column) => column.type)).toEqual(['INTEGER', 'VARCHAR'])
  expect([...table.rows].sort()).toEqual([
    ['1', '007'],
    ['2', null],
    ['3', ''],
    ['4', 'a/b c'],
  ])
})

it('appends to a folder without touching what is there, and replaces all of it on overwrite', async () => {
  const write = (mode: string, id: number) => lab.load(parquetLoad, { path: 'out/f/', mode }, raw(`SELECT ${id} AS id`))
  await write('overwrite', 1)
  await write('append', 2)
  expect(await readdir(join(lab.root, 'out/f'))).toHaveLength(2)
  expect([...(await lab.extract(parquetExtract, { path: 'out/f/' })).rows].sort()).toEqual([['1'], ['2']])
  await write('overwrite', 3)
  expect((await lab.extract(parquetExtract, { path: 'out/f/' })).rows).toEqual([['3']])
  expect(await readdir(join(lab.root, 'out'))).toEqual(['f'])
})

it('does not remove files of others when it replaces a folder', async () => {
  await lab.load(parquetLoad, { path: 'out/f/' }, raw('SELECT 1 AS id'))
  await writeFile(join(lab.root, 'out/f/notes.txt'), 'mine')
  await expect(lab.load(parquetLoad, { path: 'out/f/' }, raw('SELECT 2 AS id'))).rejects.toThrow('notes.txt')
  expect(await lab.read('out/f/notes.txt')).toBe('mine')
})

it('refuses partition columns that are missing, twice there, all there are, or differ in case', async () => {
  const load = (partition_by: string[], query = "SELECT 1 AS a, 'x' AS b") =>
    lab.load(parquetLoad, { path: 'p', partition_by }, raw(query))
  await expect(load(['c'])).rejects.toThrow('no column c')
  await expect(load(['a', 'A'])).rejects.toThrow('no column A')
  await expect(load(['a', 'a'])).rejects.toThrow('twice')
  await expect(load(['a', 'b'])).rejects.toThrow('leaves nothing')
  await expect(load(['b'], "SELECT 1 AS a, 'FR' AS b UNION ALL SELECT 2, 'fr'")).rejects.toThrow('differ in case')
})

it('keeps every digit of 128-bit integers, such as a sum, and refuses what Parquet cannot hold', async () => {
  const query = raw('SELECT sum(v) AS total FROM (VALUES (9007199254740993::BIGINT), (9223372036854775807)) AS t(v)')
  await lab.load(parquetLoad, { path: 'a.parquet' }, query)
  await lab.load(parquetLoad, { path: 'a.parquet', mode: 'append' }, query)
  const table = await lab.extract(parquetExtract, { path: 'a.parquet' })
  expect(table.columns).toEqual([{ name: 'total', type: 'DECIMAL(38,0)' }])
  expect(table.rows).toEqual([['9232379236109516800'], ['9232379236109516800']])
  const refused = ["INTERVAL '3 microseconds'", "TIMETZ '10:00:00+02'", 'union_value(k := 1)', '[1::HUGEINT]']
  for (const value of refused)
    await expect(lab.load(parquetLoad, { path: 'b.parquet' }, raw(`SELECT ${value} AS i`))).rejects.toThrow(
      'Parquet cannot hold column i exactly',
    )
  await lab.load(parquetLoad, { path: 'c.parquet' }, raw("SELECT TIMESTAMPTZ '2024-01-01 10:00:00+02' AS t"))
  expect((await lab.extract(parquetExtract, { path: 'c.parquet' })).rows).toEqual([['2024-01-01 08:00:00+00']])
})
