import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { fixedWidthExtract } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const read = async (content: string | Uint8Array, config: object = {}, port?: string) => {
  await lab.write('a.txt', content)
  const table = await lab.extract(fixedWidthExtract, { path: 'a.txt', ...config }, port)
  return { types: Object.fromEntries(table.columns.map(({ name, type }) => [name, type])), rows: table.rows }
}

it('reads dates, implied decimals, signs of every kind and padding, exactly', async () => {
  const fields = [
    { name: 'code', width: 5, type: 'VARCHAR', pad: '*' },
    { name: 'day', width: 8, type: 'DATE', format: 'yyyyMMdd' },
    { name: 'over', width: 5, type: 'DECIMAL(10,2)', decimals: 2, sign: 'overpunch' },
    { name: 'after', width: 5, decimals: 1, sign: 'trailing' },
    { name: 'front', width: 4, type: 'INTEGER', decimals: 0 },
    { name: 'again', start: 1, width: 2, type: 'VARCHAR' },
  ]
  const content = '007**202402290012K0012--003\nAB1é*202403010001}   7+ +42\n     \n'
  const { types, rows } = await read(content.replace('     \n', `${' '.repeat(27)}\n`), { fields })
  expect(types).toEqual({
    code: 'VARCHAR',
    day: 'DATE',
    over: 'DECIMAL(10,2)',
    after: 'DOUBLE',
    front: 'INTEGER',
    again: 'VARCHAR',
  })
  expect(rows[0]).toEqual(['007', '2024-02-29', '-1.22', '-1.2', '-3', '00'])
  expect(rows[2]).toEqual(Array(6).fill(null))
})

it('finds columns from the blanks that all lines share, named by a header', async () => {
  const content = 'id  name     amount\n1   Ann Lee    1.50\n22  Bo        12.00\n'
  const { types, rows } = await read(content, { header: true })
  expect(Object.keys(types)[0]).toBe('id')
  expect(rows[0]?.[0]).toBe('1')
  expect(rows.map((row) => row.at(-1))).toEqual(['1.5', '12.0'])
})

it('refuses lines that are too short or too long, and values that do not fit, with their line', async () => {
  const fields = [
    { name: 'a', width: 2, type: 'INTEGER' },
    { name: 'b', width: 3 },
  ]
  const content = '12abc\n1\n34defgh\nxxabc\n56a\n78abc  \n'
  await expect(read(content, { fields })).rejects.toThrow(
    'a.txt, line 2: this line ends after 1 characters, before the column b at 3.',
  )
  const config = { fields, on_bad_row: 'reject' }
  expect((await read(content, config)).rows).toEqual([
    ['12', 'abc'],
    ['56', 'a'],
    ['78', 'abc'],
  ])
  const rejected = (await read(content, config, 'reject')).rows.map((row) => [row[1], row[3]])
  expect(rejected.sort()).toEqual([
    ['2', 'this line ends after 1 characters, before the column b at 3'],
    ['3', 'this line has 7 characters, and 5 is the most'],
    ['4', 'a: "xx" is not exactly a INTEGER'],
  ])
  expect((await read('12abc\n1\n34defgh\n', { fields, short_lines: 'fill', long_lines: 'cut' })).rows).toEqual([
    ['12', 'abc'],
    ['1', null],
    ['34', 'def'],
  ])
})

it('counts characters, not bytes, and reads old encodings', async () => {
  const fields = [
    { name: 'a', width: 2 },
    { name: 'b', width: 1 },
  ]
  expect((await read('é📦x\n', { fields })).rows).toEqual([['é📦', 'x']])
  expect((await read(Buffer.from([0x82, 0x41, 0x42]), { fields, encoding: 'cp850' })).rows).toEqual([['éA', 'B']])
  await expect(read('')).rejects.toMatchObject({ info: { code: 'fixed.empty' } })
})
