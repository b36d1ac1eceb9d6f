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
  await expect(lab.extract(jsonExtract, { path: 'b.json' })).rejects.toThrow('b.json: this is no JSON')
})
