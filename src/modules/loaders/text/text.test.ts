import { afterEach, beforeEach, expect, it } from 'vitest'
import { textExtract } from '../../extractors/text/implementation.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { hostileTables } from '../../kit/hostile.ts'
import { hostileQuery } from '../../kit/hostile-query.ts'
import { identifier, raw, sql } from '../../kit/sql.ts'
import { textLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const write = (config: object, query: string) => lab.load(textLoad, { path: 'a.txt', ...config }, raw(query))

it('writes a line per row from a template, with first and last line', async () => {
  const template = '{{{name}}} owes {total} since {day:dd/MM/yyyy}'
  const query =
    "SELECT * FROM (VALUES ('é📦', 1.10::DECIMAL(5,2), DATE '2024-02-29'), (NULL, NULL, NULL)) AS t(name, total, day)"
  await write({ template, header: 'Debts', footer: 'End', null_text: '?' }, query)
  const before = await lab.read('a.txt')
  expect(before).toBe('Debts\n{é📦} owes 1.10 since 29/02/2024\n{?} owes ? since ?\nEnd\n')
  await write({ template, header: 'Debts', footer: 'End', null_text: '?' }, query)
  expect(await lab.read('a.txt')).toBe(before)
})

it('writes one column, line ends, line breaks, and appends', async () => {
  await write({ line_end: 'crlf', header: 'h' }, "SELECT 'x' AS a")
  await write({ line_end: 'crlf', header: 'h', mode: 'append' }, "SELECT 'nan'::DOUBLE AS a")
  expect(await lab.read('a.txt')).toBe('h\r\nx\r\nnan\r\n')
  await write({ line_breaks: 'replace' }, "SELECT 'a' || chr(13) || chr(10) || 'b' AS a")
  expect(await lab.read('a.txt')).toBe('a b\n')
  await write({ line_breaks: 'keep' }, "SELECT 'a' || chr(10) || 'b' AS a")
  expect(await lab.read('a.txt')).toBe('a\nb\n')
})

it('refuses with a message and leaves the target as it was', async () => {
  await write({}, "SELECT 'x' AS a")
  const refused = (config: object, query: string) => expect(write(config, query)).rejects
  await refused({}, 'SELECT chr(10) AS a').toThrow('Row 1, column a: the value holds a line break.')
  await refused({}, 'SELECT 1 AS a, 2 AS b').toThrow('The input has 2 columns: say what a line looks like.')
  await refused({ template: '{a' }, 'SELECT 1 AS a').toThrow('The template has a lone {.')
  await refused({ template: '{a:dd}' }, 'SELECT 1 AS a').toThrow('{a:dd} needs a date and a format')
  await refused({ template: '{b}' }, 'SELECT 1 AS a').toMatchObject({ info: { code: 'column.not-found' } })
  await refused({ mode: 'append', footer: 'f' }, 'SELECT 1 AS a').toThrow('a last line of its own')
  await refused({ mode: 'fail' }, 'SELECT 1 AS a').toMatchObject({ info: { code: 'target.exists' } })
  expect(await lab.read('a.txt')).toBe('x\n')
})

it('adds no lines to a file with another first line', async () => {
  await write({ header: 'Debts' }, "SELECT 'x' AS a")
  await expect(write({ header: 'Dettes', mode: 'append' }, "SELECT 'y' AS a")).rejects.toMatchObject({
    info: { code: 'target.layout-differs', field: ['mode'], message: expect.stringContaining('“Debts”, not “Dettes”') },
  })
  expect(await lab.read('a.txt')).toBe('Debts\nx\n')
  for (const encoding of ['utf-16le', 'windows-1252'])
    for (const path of ['b.txt', 'b.txt.gz']) {
      await write({ path: `${encoding}-${path}`, header: 'é', encoding }, "SELECT 'x' AS a")
      await write({ path: `${encoding}-${path}`, header: 'é', encoding, mode: 'append' }, "SELECT 'y' AS a")
      const { rows } = await lab.extract(textExtract, { path: `${encoding}-${path}`, encoding })
      expect(rows.map((row) => row[0])).toEqual(['é', 'x', 'y'])
    }
})

it('gives back every text that it was given, in one column', async () => {
  for (const table of hostileTables) {
    if (table.columns[2]?.type !== 'VARCHAR' || table.rows.length === 0) continue
    const query = sql`SELECT ${identifier(table.value)} AS line FROM (${hostileQuery(table)})`
    const given = (await lab.session.query(query)).rows.map((row) => row[0])
    if (given.some((value) => /[\r\n]/.test(value ?? ''))) {
      await expect(lab.load(textLoad, { path: 'h.txt' }, query)).rejects.toMatchObject({
        info: { code: 'text.line-break' },
      })
      continue
    }
    await lab.load(textLoad, { path: 'h.txt', null_text: '\\N' }, query)
    const { rows } = await lab.extract(textExtract, { path: 'h.txt', skip_empty: false })
    expect(rows.map((row) => (row[0] === '\\N' ? null : (row[0] ?? '')))).toEqual(given)
  }
})
