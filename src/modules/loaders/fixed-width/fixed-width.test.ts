import { afterEach, beforeEach, expect, it } from 'vitest'
import { fixedWidthExtract } from '../../extractors/fixed-width/implementation.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { raw } from '../../kit/sql.ts'
import { fixedWidthLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const write = (config: object, query: string) => lab.load(fixedWidthLoad, { path: 'a.txt', ...config }, raw(query))
const fields = [
  { name: 'name', width: 6 },
  { name: 'day', width: 8, format: 'yyyyMMdd' },
  { name: 'amount', width: 8, decimals: 2, pad: '0' },
]
const QUERY =
  "SELECT * FROM (VALUES ('é📦', DATE '2024-02-29', -1.05::DECIMAL(9,2)), (NULL, NULL, NULL), ('b', DATE '1500-01-01', 123.45)) AS t(name, day, amount)"

it('writes exact positions that the extract reads back, the same bytes each time', async () => {
  await write({ fields }, QUERY)
  const before = await lab.read('a.txt')
  expect(before).toBe(`é📦    20240229-0000105\n${' '.repeat(22)}\nb     1500010100012345\n`)
  await write({ fields }, QUERY)
  expect(await lab.read('a.txt')).toBe(before)
  const read = await lab.extract(fixedWidthExtract, {
    path: 'a.txt',
    fields: [
      { name: 'name', width: 6, type: 'VARCHAR' },
      { name: 'day', width: 8, type: 'DATE', format: 'yyyyMMdd' },
      { name: 'amount', width: 8, type: 'DECIMAL(9,2)', decimals: 2 },
    ],
  })
  expect(read.rows).toEqual([
    ['é📦', '2024-02-29', '-1.05'],
    [null, null, null],
    ['b', '1500-01-01', '123.45'],
  ])
})

it('leaves blank what is not there, whatever the rest is filled with', async () => {
  const stars = {
    fields: [
      { name: 'a', width: 4, pad: '*' },
      { name: 'b', width: 4, pad: '*', align: 'right' },
    ],
  }
  await write(stars, "SELECT 'x' AS a, 'y' AS b UNION ALL SELECT NULL, NULL")
  expect(await lab.read('a.txt')).toBe('x******y\n        \n')
})

it('writes header, line ends, encodings and appends', async () => {
  const one = [{ name: 'a', width: 3 }]
  await write({ fields: one, header: true, line_end: 'crlf' }, "SELECT 'x' AS a")
  await write({ fields: one, header: true, line_end: 'crlf', mode: 'append' }, 'SELECT 5 AS a')
  expect(await lab.read('a.txt')).toBe('a  \r\nx  \r\n  5\r\n')
  await write({ fields: one, too_wide: 'truncate' }, "SELECT '📦📦📦📦' AS a")
  expect(await lab.read('a.txt')).toBe('📦📦📦\n')
})

it('refuses what does not fit and leaves the target as it was', async () => {
  const one = [{ name: 'a', width: 3 }]
  await write({ fields: one }, "SELECT 'x' AS a")
  const refused = (config: object, query: string) => expect(write({ fields: one, ...config }, query)).rejects
  await refused({}, "SELECT 'abcd' AS a").toThrow('Row 1, column a: the value "abcd" is wider than 3 characters.')
  await refused({ too_wide: 'truncate' }, 'SELECT 1234 AS a').toThrow('is wider than 3 characters')
  await refused({}, 'SELECT chr(10) AS a').toThrow('holds a line break')
  await refused({}, "SELECT 'nan'::DOUBLE AS a").toThrow('is no number that can be written')
  await refused({ fields: [{ name: 'a', width: 3, decimals: 1 }] }, 'SELECT 0.25 AS a').toThrow(
    'has more than 1 decimals',
  )
  await refused({ fields: [{ name: 'a', width: 3, decimals: 1 }] }, "SELECT 'x' AS a").toThrow('implied decimals need')
  await refused({ fields: [{ name: 'a', width: 3, format: 'yyyy' }] }, 'SELECT 1 AS a').toThrow(
    'a date format needs a date',
  )
  await refused({ fields: [] }, 'SELECT 1 AS a').toThrow('No column is to be written.')
  await refused({ fields: [{ name: 'abcd', width: 3 }], header: true }, 'SELECT 1 AS abcd').toThrow(
    'The name abcd is wider',
  )
  await refused({ encoding: 'windows-1252' }, "SELECT '📦' AS a").toThrow('does not exist in windows-1252')
  await refused({ mode: 'fail' }, 'SELECT 1 AS a').toMatchObject({ info: { code: 'target.exists' } })
  expect(await lab.read('a.txt')).toBe('x  \n')
})

it('adds no lines to a file of another width or header', async () => {
  const of = (width: number) => [{ name: 'a', width }]
  await write({ fields: of(3) }, "SELECT 'x' AS a")
  await expect(write({ fields: of(4), mode: 'append' }, "SELECT 'y' AS a")).rejects.toMatchObject({
    info: {
      code: 'target.layout-differs',
      message: expect.stringContaining('they are 3 characters wide, and these 4'),
    },
  })
  expect(await lab.read('a.txt')).toBe('x  \n')
  await write({ fields: of(3), header: true }, "SELECT 'x' AS a")
  const renamed = { fields: [{ name: 'b', width: 3 }], header: true, mode: 'append' }
  await expect(write(renamed, "SELECT 'y' AS b")).rejects.toMatchObject({ info: { code: 'target.layout-differs' } })
})
