import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { literal, raw, sql } from '../../kit/sql.ts'
import { csvExtract } from './implementation.ts'

const DATA = join(import.meta.dirname, '../../../../node_modules/vega-datasets/data')

let lab: FileLab
beforeAll(async () => {
  lab = await openFileLab()
})
afterAll(() => lab.close())

const typesOf = async (name: string) => {
  await copyFile(join(DATA, name), join(lab.root, name))
  const table = await lab.extract(csvExtract, { path: name })
  return Object.fromEntries(table.columns.map((column) => [column.name, column.type]))
}

it('reads every real CSV file with the rows that DuckDB counts, and rejects none', async () => {
  const names = (await readdir(DATA)).filter((name) => /\.[ct]sv$/.test(name))
  expect(names.length).toBeGreaterThan(20)
  for (const name of names) {
    await copyFile(join(DATA, name), join(lab.root, name))
    const count = await lab.session.query(
      sql`SELECT count(*) FROM read_csv(${literal(join(DATA, name))}, all_varchar = TRUE)`,
    )
    for (const on_bad_row of ['fail', 'reject']) {
      const table = await lab.extract(csvExtract, { path: name, on_bad_row })
      expect(`${name} ${table.rows.length}`).toBe(`${name} ${count.rows[0]?.[0]}`)
    }
    expect((await lab.extract(csvExtract, { path: name, on_bad_row: 'reject' }, 'reject')).rows).toEqual([])
  }
})

it('types real columns as a person would', async () => {
  expect(await typesOf('stocks.csv')).toEqual({ symbol: 'VARCHAR', date: 'DATE', price: 'DOUBLE' })
  expect(await typesOf('seattle-weather.csv')).toMatchObject({
    date: 'DATE',
    precipitation: 'DOUBLE',
    weather: 'VARCHAR',
  })
  expect(await typesOf('airports.csv')).toMatchObject({
    iata: 'VARCHAR',
    latitude: expect.stringMatching(/DOUBLE|DECIMAL/),
  })
})

it('reads a compressed file as the plain one', async () => {
  const content = 'id,name\n1,a\n2,b\n'
  await lab.write('x.csv', content)
  await lab.write('x.csv.gz', gzipSync(content))
  expect(await lab.extract(csvExtract, { path: 'x.csv.gz' })).toEqual(await lab.extract(csvExtract, { path: 'x.csv' }))
})

it('numbers lines right in a large file of quoted line breaks, read by several threads', async () => {
  const rows = Array.from({ length: 120_000 }, (_, index) => `${index},"line one of ${index}\nline two"`)
  rows[99_999] = 'bad,"x\ny"'
  rows[110_000] = '1,2,3'
  await lab.write('big.csv', `id,text\n${rows.join('\n')}\n`)
  const config = { path: 'big.csv', columns: { id: { type: 'BIGINT' } } }
  await expect(lab.extract(csvExtract, { ...config, sample_rows: 100 })).rejects.toThrow(
    /big.csv, line (200000, column id|220002)/,
  )
  const reject = await lab.extract(csvExtract, { ...config, on_bad_row: 'reject' }, 'reject')
  expect(reject.rows.map((row) => row[1]).sort()).toEqual(['200000', '220002'])
  const config2 = csvExtract.descriptor.config.parse({ ...config, on_bad_row: 'reject' })
  const common = { nodeId: 'n', config: config2, parameters: new Map(), signal: new AbortController().signal }
  const facts = await csvExtract.prepare?.({ ...common, files: lab.files, session: lab.session })
  if (!facts) throw new Error('no facts')
  const { out } = csvExtract.compile({ ...common, inputs: new Map(), facts })
  const counted = await lab.session.query(sql`SELECT count(*) FROM (${out ?? raw('')})`)
  expect(counted.rows).toEqual([['119998']])
})
