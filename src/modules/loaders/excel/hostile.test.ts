import { readdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { excelExtract } from '../../extractors/excel/implementation.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { hostileTables } from '../../kit/hostile.ts'
import { hostileQuery } from '../../kit/hostile-query.ts'
import { sql } from '../../kit/sql.ts'
import { excelLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

/** Cells that are longer than Excel allows. */
const REFUSED: Readonly<Record<string, string>> = { 'long texts': 'excel.text-too-long' }

describe('load.excel on hostile input, read back by extract.excel', () => {
  for (const table of hostileTables)
    it(table.name, async () => {
      const query = hostileQuery(table)
      const code = REFUSED[table.name]
      if (code !== undefined) {
        const error = await lab.load(excelLoad, { path: 'a.xlsx' }, query).then(() => undefined, toErrorInfo)
        expect(error).toMatchObject({ kind: 'user', code })
        expect(await readdir(lab.root)).toEqual(['.logidata'])
        return
      }
      const { rows } = await lab.load(excelLoad, { path: 'a.xlsx' }, query)
      expect(rows).toBe(BigInt(table.rows.length))
      const columns = Object.fromEntries(
        table.columns
          .filter(({ type }) => !/DOUBLE|TIMESTAMP|DATE/.test(type))
          .map(({ name }) => [name, { type: 'VARCHAR' }]),
      )
      const back = await lab.extract(excelExtract, { path: 'a.xlsx', columns, null_values: [], blank_rows: 'keep' })
      expect(back.columns.map(({ name }) => name)).toEqual(table.columns.map(({ name }) => name))
      const before = await lab.session.query(query)
      // Exact as text in every type but doubles, where `nan` or an exponent makes the column text, and dates, which may have a midnight.
      const texts = (given: readonly (readonly (string | null)[])[]) =>
        given.map((row) =>
          row.map((cell) =>
            cell
              ?.replace(/ 00:00:00$/, '')
              .replace(/\.0$/, '')
              .replace(/\+00$/, '')
              .replace(/^(-?)\.(?=\d)/, '$10.')
              .replace(/^-0$/, '0'),
          ),
        )
      expect(texts(back.rows)).toEqual(texts(before.rows))
    })
})

it('stops when it is cancelled, and leaves nothing', async () => {
  const abort = new AbortController()
  const query = sql`SELECT i AS id, repeat('x', 50) AS text FROM range(1000000) AS t(i)`
  const config = excelLoad.descriptor.config.parse({ path: 'a.xlsx' })
  const input = { name: sql`(${query})`, columns: await lab.session.describe(query) }
  setTimeout(() => abort.abort(), 150)
  const request = { nodeId: 'n', parameters: new Map(), files: lab.files, session: lab.session, signal: abort.signal }
  const error = await excelLoad
    .write({ ...request, config, input, inputs: new Map([['in', input]]) })
    .then(() => undefined, toErrorInfo)
  expect(error?.kind).toBe('cancelled')
  expect(await readdir(lab.root)).toEqual(['.logidata'])
})
