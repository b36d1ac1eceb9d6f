import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { raw, sql } from '../../kit/sql.ts'
import { parquetExtract } from './implementation.ts'

const FLIGHTS = join(import.meta.dirname, '../../../../node_modules/vega-datasets/data/flights-3m.parquet')

const none = { files: [], hive: {}, bytes: 0, rows: 0 }

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const make = (name: string, query: string) =>
  lab.session.execute(raw(`COPY (${query}) TO '${join(lab.root, name)}' (FORMAT parquet)`))

it('knows the size of three million real flights from the file’s metadata', async () => {
  await copyFile(FLIGHTS, join(lab.root, 'flights.parquet'))
  const config = parquetExtract.descriptor.config.parse({ path: 'flights.parquet' })
  const facts = await parquetExtract.prepare?.({
    nodeId: 'n',
    config,
    parameters: new Map(),
    files: lab.files,
    session: lab.session,
    signal: new AbortController().signal,
  })
  expect(facts && parquetExtract.size?.(facts).rows).toBe(3_000_000)
  const { out } = parquetExtract.compile({
    nodeId: 'n',
    config,
    inputs: new Map(),
    parameters: new Map(),
    facts: facts ?? none,
  })
  const { columns, rows } = await lab.session.query(
    sql`SELECT min(origin) AS origin, count(*) AS n FROM (${out ?? raw('')})`,
  )
  expect(columns[0]).toEqual({ name: 'origin', type: 'VARCHAR' })
  expect(rows).toEqual([['ABE', '3000000']])
})

it('reads several files by name and says which file a row is from', async () => {
  await make('a.parquet', 'SELECT 1 AS id, 2 AS n')
  await make('b.parquet', "SELECT 'x' AS more, 3 AS id")
  const table = await lab.extract(parquetExtract, { path: '*.parquet', file_name_column: 'file' })
  expect(table.columns.map((column) => column.name)).toEqual(['id', 'n', 'more', 'file'])
  expect(table.rows).toEqual([
    ['1', '2', null, 'a.parquet'],
    ['3', null, 'x', 'b.parquet'],
  ])
})

it('takes brackets and stars in a file’s name for what they are', async () => {
  await make('x[1].parquet', 'SELECT 1 AS id')
  await make('x1.parquet', 'SELECT 2 AS id')
  const found = { path: join(lab.root, 'x[1].parquet'), name: 'x[1].parquet', bytes: 1, modified: 0 }
  const only = { ...lab.files, inputs: async () => [found] }
  const config = parquetExtract.descriptor.config.parse({ path: 'x' })
  const common = { nodeId: 'n', config, parameters: new Map(), signal: new AbortController().signal }
  const facts = await parquetExtract.prepare?.({ ...common, files: only, session: lab.session })
  if (!facts) throw new Error('no facts')
  const { out } = parquetExtract.compile({ ...common, inputs: new Map(), facts })
  expect((await lab.session.query(out ?? raw(''))).rows).toEqual([['1']])
})

it('types folder columns by all their values', async () => {
  for (const [year, code] of [
    ['2023', '01'],
    ['2024', '2'],
  ]) {
    await mkdir(join(lab.root, `d/year=${year}/code=${code}`), { recursive: true })
    await make(`d/year=${year}/code=${code}/a.parquet`, 'SELECT 1 AS id')
  }
  const { columns, rows } = await lab.extract(parquetExtract, { path: 'd/' })
  expect(columns.map((column) => column.type)).toEqual(['INTEGER', 'BIGINT', 'VARCHAR'])
  expect(columns.map((column) => column.name)).toEqual(['id', 'year', 'code'])
  expect(rows).toEqual([
    ['1', '2023', '01'],
    ['1', '2024', '2'],
  ])
})

it('says that a file is no Parquet', async () => {
  await lab.write('a.parquet', 'not parquet at all, not in the least')
  await expect(lab.extract(parquetExtract, { path: 'a.parquet' })).rejects.toThrow(
    'a.parquet is not a readable Parquet file',
  )
})
