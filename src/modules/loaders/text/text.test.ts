import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { raw } from '../../kit/sql.ts'
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
