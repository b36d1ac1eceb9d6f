import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { jsonExtract } from './implementation.ts'

const DATA = join(import.meta.dirname, '../../../../node_modules/vega-datasets/data')

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

it('reads the real cars and movies', async () => {
  await copyFile(join(DATA, 'cars.json'), join(lab.root, 'cars.json'))
  await copyFile(join(DATA, 'movies.json'), join(lab.root, 'movies.json'))
  const cars = await lab.extract(jsonExtract, { path: 'cars.json' })
  expect(cars.rows).toHaveLength(406)
  expect(Object.fromEntries(cars.columns.map((column) => [column.name, column.type]))).toMatchObject({
    Name: 'VARCHAR',
    Miles_per_Gallon: 'DOUBLE',
    Horsepower: 'BIGINT',
    Year: 'DATE',
  })
  expect((await lab.extract(jsonExtract, { path: 'movies.json' })).rows).toHaveLength(3201)
})

it('finds the rows inside the file, and says what is there when they are not', async () => {
  await lab.write('a.json', '{"data":{"items":[{"id":1},{"id":2}]},"meta":{}}')
  expect((await lab.extract(jsonExtract, { path: 'a.json', records_path: 'data.items' })).rows).toEqual([['1'], ['2']])
  await expect(lab.extract(jsonExtract, { path: 'a.json', records_path: 'data.rows' })).rejects.toMatchObject({
    info: { code: 'json.no-such-path', field: ['records_path'], hint: 'There are items.' },
  })
})

it('reads an array of plain values as one column; tells a mistake', async () => {
  await lab.write('a.json', '[1, 2.5, null]')
  expect((await lab.extract(jsonExtract, { path: 'a.json' })).rows).toEqual([['1.0'], ['2.5'], [null]])
  await lab.write('b.json', '[\n{"a":1},\n{"a":}\n]')
  await expect(lab.extract(jsonExtract, { path: 'b.json' })).rejects.toThrow(
    'b.json, line 3: this is no JSON: "}" is not expected here.',
  )
})

it('spells out the types that it found, and reads the same with them', async () => {
  const content =
    '[{"id":9007199254740993,"v":1.7,"d":"2024-01-05","t":"2024-01-05T10:00:00Z","on":true,"tags":["a"],"at":{"x":1}},{"id":1,"v":0.12345678901234567890}]'
  await lab.write('a.json', content)
  const config = jsonExtract.descriptor.config.parse({ path: 'a.json', columns: { d: { name: 'day' } } })
  const signal = new AbortController().signal
  const request = { nodeId: 'n', config, parameters: new Map(), files: lab.files, session: lab.session, signal }
  const detected = await jsonExtract.detect?.(request)
  expect(detected).toMatchObject({
    columns: {
      id: { type: 'BIGINT' },
      v: { type: 'DECIMAL(38,20)' },
      d: { type: 'DATE', name: 'day' },
      tags: { type: 'VARCHAR[]' },
      at: { type: 'STRUCT("x" BIGINT)' },
    },
  })
  expect(await lab.extract(jsonExtract, detected)).toEqual(await lab.extract(jsonExtract, config))
})

it('reads a file without rows as an empty table of the columns that were given, and tells it otherwise', async () => {
  await lab.write('a.json', '[]')
  const columns = { id: { type: 'BIGINT' }, tags: { type: 'VARCHAR[]' }, note: {} }
  expect(await lab.extract(jsonExtract, { path: 'a.json', columns })).toEqual({
    columns: [
      { name: 'id', type: 'BIGINT' },
      { name: 'tags', type: 'VARCHAR[]' },
      { name: 'note', type: 'VARCHAR' },
    ],
    rows: [],
  })
  await expect(lab.extract(jsonExtract, { path: 'a.json' })).rejects.toMatchObject({
    info: { code: 'json.empty', hint: expect.stringContaining('name its columns') },
  })
})

it.each([
  ['[1.7]', 'BIGINT[]', 'some values at [] have decimals'],
  ['[1.239]', 'DECIMAL(9,2)[]', 'some values at [] have 3 decimals'],
  ['[1.5e-9]', 'DECIMAL(9,2)[]', 'some values at [] have an exponent'],
  ['{"a":{"b":"1"}}', 'STRUCT(a STRUCT(b INTEGER))', 'some values at .a.b are no numbers'],
  ['{"x":1,"y":2.5}', 'MAP(VARCHAR, INTEGER)', 'some values at .y have decimals'],
  ['["2024-01-05T10:00:00"]', 'DATE[]', 'some values at [] have a time of day'],
  ['["2024-01-05T10:00:00+02:00"]', 'TIMESTAMP[]', 'some values at [] have an offset from UTC'],
  ['["2024-01-05T10:00:00"]', 'TIMESTAMPTZ[]', 'some values at [] have no offset from UTC'],
  ['[5]', 'BOOLEAN[]', 'some values at [] are neither true nor false'],
])('refuses to read %s as %s: %s', async (value, type, reason) => {
  await lab.write('a.json', `[{"v":${value}}]`)
  await expect(lab.extract(jsonExtract, { path: 'a.json', columns: { v: { type } } })).rejects.toMatchObject({
    info: { code: 'records.type', message: expect.stringContaining(reason), field: ['columns', 'v', 'type'] },
  })
})

it('reads nested values as the nested types that hold them', async () => {
  await lab.write('a.json', '[{"v":[1,null],"s":{"a":0.10,"left":1},"m":{"x":1}}]')
  const columns = {
    v: { type: 'INTEGER[]' },
    s: { type: 'STRUCT(a DECIMAL(9,2))' },
    m: { type: 'MAP(VARCHAR, BIGINT)' },
  }
  const { rows } = await lab.extract(jsonExtract, { path: 'a.json', columns })
  expect(rows).toEqual([['[1,null]', '{"a":0.1}', expect.stringMatching(/x.*1/)]])
})
