import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { excelExtract } from '../../extractors/excel/implementation.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { openZip } from '../../kit/files/zip-archive.ts'
import { raw } from '../../kit/sql.ts'
import { excelLoad, excelLoadWith } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const queries = (given: Record<string, string>) =>
  new Map(Object.entries(given).map(([port, query]) => [port, raw(query)]))
const write = (given: Record<string, string>, config: object = {}, load = excelLoad) =>
  lab.load(load, { path: 'a.xlsx', ...config }, queries(given))
const errorOf = (running: Promise<unknown>) => running.then(() => undefined, toErrorInfo)

/** Every sheet with its rows as texts. */
async function sheets(): Promise<Record<string, string[]>> {
  const { rows, columns } = await lab.extract(excelExtract, {
    path: 'a.xlsx',
    sheets: 'all',
    sheet_name_column: 'sheet',
    header_rows: 0,
  })
  const at = columns.findIndex(({ name }) => name === 'sheet')
  const found: Record<string, string[]> = {}
  for (const row of rows) {
    const cells = row.filter((cell, index) => index !== at && cell !== null)
    const name = row[at] ?? ''
    found[name] = [...(found[name] ?? []), cells.join(' ')]
  }
  return found
}

const orders = 'SELECT * FROM (VALUES (1, 12.5::DECIMAL(9,2)), (2, 3)) AS t(id, amount)'
const customers = "SELECT * FROM (VALUES ('Ann', 'fr'), ('Bob', 'de'), ('Cy', 'fr')) AS t(name, country)"

describe('several inputs', () => {
  it('make a sheet each, named after the steps before, in their order, with their own columns', async () => {
    const result = await write({ in: orders, customers, notes: "SELECT 'x' AS note WHERE FALSE" })
    expect(result.rows).toBe(5n)
    expect(result.rowsByInput).toEqual(
      new Map([
        ['in', 2n],
        ['customers', 3n],
        ['notes', 0n],
      ]),
    )
    expect(Object.entries(await sheets())).toEqual([
      ['from in', ['id amount', '1 12.5', '2 3']],
      ['from customers', ['name country', 'Ann fr', 'Bob de', 'Cy fr']],
      ['from notes', ['note']],
    ])
  })

  it('take the names and the order that `sheets` gives, the others after them', async () => {
    await write(
      { in: orders, customers, third: 'SELECT 1 AS x' },
      { sheet: 'Orders', sheets: [{ input: 'customers', sheet: 'Clients' }, { input: 'in' }] },
    )
    expect(Object.keys(await sheets())).toEqual(['Clients', 'Orders', 'from third'])
  })

  it('can be a sheet for each value, and a chosen name stays that of its sheet', async () => {
    await write({ in: orders, customers }, { sheet: 'fr', sheets: [{ input: 'customers', sheet_by: 'country' }] })
    expect(Object.entries(await sheets())).toEqual([
      ['de', ['name', 'Bob']],
      ['fr (2)', ['name', 'Ann', 'Cy']],
      ['fr', ['id amount', '1 12.5', '2 3']],
    ])
  })

  it('share formats and widths by the names of columns', async () => {
    const config = { columns: { AMOUNT: { format: '0.000', width: 33 } } }
    await write({ in: orders, more: 'SELECT 1 AS x, 2 AS Amount' }, config)
    const zip = await openZip(join(lab.root, 'a.xlsx'), 'a.xlsx')
    const part = async (name: string) => String(await zip.readWhole(name, 100_000, new AbortController().signal))
    expect((await part('xl/styles.xml')).match(/formatCode="[^"]*"/g)).toEqual(['formatCode="0.000"'])
    for (const number of [1, 2]) {
      const sheet = await part(`xl/worksheets/sheet${number}.xml`)
      expect(sheet).toContain('<col min="2" max="2" width="33" customWidth="1"/>')
      expect(sheet).toContain('<c r="B2" s="2">')
    }
    zip.close()
    expect(await errorOf(write({ in: orders, customers }, { columns: { amout: {} } }))).toMatchObject({
      code: 'column.not-found',
      field: ['columns', 'amout'],
      hint: 'Did you mean “amount”?',
    })
  })

  it('go on in further sheets when one is full, each on its own', async () => {
    const many = 'SELECT i FROM range(5) AS t(i)'
    const small = excelLoadWith(3)
    expect(await errorOf(write({ in: 'SELECT 1 AS a', many }, {}, small))).toMatchObject({
      code: 'excel.too-many-rows',
      message: expect.stringContaining('“many”'),
    })
    expect(await readdir(lab.root)).toEqual(['.logidata'])
    await write({ in: many, many }, { too_many_rows: 'sheets', sheet: 'A' }, small)
    expect(Object.entries(await sheets()).map(([name, rows]) => `${name}: ${rows.length}`)).toEqual([
      'A: 3',
      'A (2): 3',
      'A (3): 2',
      'from many: 3',
      'from many (2): 3',
      'from many (3): 2',
    ])
  })

  it('are all written or none: a failure in the last leaves the old workbook', async () => {
    await write({ in: orders })
    const before = await readFile(join(lab.root, 'a.xlsx'))
    const failing = "SELECT CASE WHEN i = 50000 THEN error('stop') ELSE i::VARCHAR END AS v FROM range(60000) AS t(i)"
    expect((await errorOf(write({ in: orders, customers, failing })))?.message).toMatch(/stop/)
    expect((await readFile(join(lab.root, 'a.xlsx'))).equals(before)).toBe(true)
    expect((await readdir(lab.root)).sort()).toEqual(['.logidata', 'a.xlsx'])
  })

  it('are the same bytes for the same rows', async () => {
    await write({ in: orders, customers })
    const first = await readFile(join(lab.root, 'a.xlsx'))
    await write({ in: orders, customers })
    expect((await readFile(join(lab.root, 'a.xlsx'))).equals(first)).toBe(true)
  })
})

describe('what does not fit together is refused', () => {
  it('an input that is not connected, and one that is listed twice', async () => {
    expect(await errorOf(write({ in: orders, customers }, { sheets: [{ input: 'customer' }] }))).toMatchObject({
      code: 'excel.no-such-input',
      field: ['sheets', 0, 'input'],
      hint: 'Did you mean “customers”?',
    })
    const parse = (config: object) => excelLoad.descriptor.config.safeParse({ path: 'a.xlsx', ...config })
    expect(parse({ sheets: [{ input: 'a' }, { input: 'a' }] }).error?.issues[0]).toMatchObject({
      path: ['sheets', 1, 'input'],
      message: 'the input a is listed twice',
    })
    expect(parse({ sheets: [{ input: 'a', sheet: 'A', sheet_by: 'b' }] }).error?.issues[0]?.path).toEqual([
      'sheets',
      0,
      'sheet',
    ])
    expect(parse({ sheets: [{ input: 'a', sheet: 'a/b' }] }).success).toBe(false)
  })

  it('one name for two sheets, whatever its case', async () => {
    const config = { sheet: 'All', sheets: [{ input: 'customers', sheet: 'all' }] }
    expect(await errorOf(write({ in: orders, customers }, config))).toMatchObject({
      code: 'excel.same-sheet',
      message: 'The inputs “customers” and “in” both go to the sheet “All”.',
      field: ['sheet'],
    })
  })

  it('a column that an input does not have', async () => {
    const config = { sheets: [{ input: 'customers', sheet_by: 'id' }] }
    expect(await errorOf(write({ in: orders, customers }, config))).toMatchObject({
      code: 'column.not-found',
      field: ['sheets', 0, 'sheet_by'],
    })
  })
})
