import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { csvExtract } from '../../extractors/csv/implementation.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { joinSql, literal, raw, sql } from '../../kit/sql.ts'
import { csvLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

it('round-trips any texts, NULLs and empty texts with the default settings', async () => {
  const pieces = fc.constantFrom(
    '',
    'a',
    '"',
    ',',
    ';',
    '\n',
    '\r\n',
    '\r',
    "'",
    ' ',
    '\\',
    'é',
    '📦',
    '#',
    'NULL',
    '007',
    '1,5',
    '=1+1',
  )
  const cell = fc.option(
    fc.array(pieces, { maxLength: 4 }).map((parts) => parts.join('')),
    { nil: null },
  )
  const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(table, async (rows) => {
      const values = joinSql(
        rows.map((row) => sql`(${joinSql(row.map((value) => sql`CAST(${literal(value)} AS VARCHAR)`))})`),
      )
      await lab.load(csvLoad, { path: 'a.csv' }, sql`SELECT * FROM (VALUES ${values}) AS t(a, b)`)
      const text = { type: 'VARCHAR' }
      const read = await lab.extract(csvExtract, {
        path: 'a.csv',
        delimiter: ',',
        header: 'yes',
        skip: 0,
        escape: '"',
        columns: { a: text, b: text },
      })
      expect(read.rows).toEqual(rows)
    }),
    { numRuns: 60 },
  )
})

it('round-trips a single column with NULLs', async () => {
  await lab.load(csvLoad, { path: 'a.csv' }, raw("SELECT * FROM (VALUES ('x'), (NULL), (''), ('y')) AS t(a)"))
  expect((await lab.extract(csvExtract, { path: 'a.csv' })).rows).toEqual([['x'], [null], [''], ['y']])
})

it('round-trips numbers, dates and lists exactly', async () => {
  const query = raw(
    "SELECT 12345678901234567890123::HUGEINT AS h, 1.10::DECIMAL(30,20) AS d, TIMESTAMP '2024-01-01 10:00:00.123456' AS t, [1, NULL] AS l, '\\xAB\\x00'::BLOB AS b",
  )
  await lab.load(csvLoad, { path: 'a.csv' }, query)
  const table = await lab.extract(csvExtract, {
    path: 'a.csv',
    columns: { d: { type: 'DECIMAL(30,20)' }, b: { type: 'BLOB' }, t: { type: 'TIMESTAMP' } },
  })
  expect(table.rows).toEqual([
    ['12345678901234567890123', '1.10000000000000000000', '2024-01-01 10:00:00.123456', '[1,null]', '\\xab00'],
  ])
})

it('writes what it is told: delimiter, NULL text, dates, byte order mark, and no formulas', async () => {
  const query = raw("SELECT DATE '2024-02-29' AS day, NULL::VARCHAR AS n, '=1+1' AS f, '-5' AS g, 'a-b' AS h")
  const config = { delimiter: ';', null_text: 'NA', date_format: 'dd/MM/yyyy', bom: true, spreadsheet_safe: true }
  await lab.load(csvLoad, { path: 'a.csv', ...config }, query)
  expect(await lab.read('a.csv')).toBe("\ufeffday;n;f;g;h\n29/02/2024;NA;'=1+1;'-5;a-b\n")
})

it('appends by name, also to a compressed file and to one without a last line break', async () => {
  for (const path of ['a.csv', 'a.csv.gz', 'a.csv.zst']) {
    await lab.load(csvLoad, { path }, raw('SELECT 1 AS id, 2 AS n'))
    await lab.load(csvLoad, { path, mode: 'append' }, raw('SELECT 3 AS n, 4 AS id'))
    expect((await lab.extract(csvExtract, { path })).rows).toEqual([
      ['1', '2'],
      ['4', '3'],
    ])
  }
  expect((await readFile(join(lab.root, 'a.csv.gz'))).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
  await lab.write('b.csv', 'id\n1')
  await lab.load(csvLoad, { path: 'b.csv', mode: 'append' }, raw('SELECT 2 AS id'))
  expect(await lab.read('b.csv')).toBe('id\n1\n2\n')
  await expect(lab.load(csvLoad, { path: 'b.csv', mode: 'append' }, raw('SELECT 2 AS other'))).rejects.toThrow(
    'missing here: id; missing there: other',
  )
})

it('adds no rows to a file of another number of columns, where no header tells them', async () => {
  await lab.load(csvLoad, { path: 'w.csv', header: false }, raw("SELECT 1 AS a, 'x;y' AS b"))
  const append = (query: string) => lab.load(csvLoad, { path: 'w.csv', header: false, mode: 'append' }, raw(query))
  await expect(append('SELECT 1 AS a, 2 AS b, 3 AS c')).rejects.toMatchObject({
    info: { code: 'target.layout-differs', message: expect.stringContaining('have 2 columns, and these 3') },
  })
  await append("SELECT 2 AS a, 'z' AS b")
  expect(await lab.read('w.csv')).toBe('1,x;y\n2,z\n')
})
