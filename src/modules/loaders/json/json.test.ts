import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { raw } from '../../kit/sql.ts'
import { jsonLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

it('writes an array and adds to it', async () => {
  const write = (query: string, mode = 'append') => lab.load(jsonLoad, { path: 'a.json', mode }, raw(query))
  await write('SELECT 1 AS id WHERE FALSE', 'overwrite')
  await write("SELECT 9007199254740993 AS id, 'é\"' AS name, [1, NULL] AS list", 'overwrite')
  await write('SELECT 2 AS id, NULL AS name, NULL::INTEGER[] AS list')
  await write('SELECT 2 AS id, NULL AS name, NULL::INTEGER[] AS list WHERE FALSE')
  expect((await lab.read('a.json')).replace(/\s/g, '')).toBe(
    '[{"id":9007199254740993,"name":"é\\"","list":[1,null]},{"id":2,"name":null,"list":null}]',
  )
  await expect(write('SELECT 3 AS other')).rejects.toThrow('do not fit a.json')
})

it('adds to an array that was empty', async () => {
  await lab.load(jsonLoad, { path: 'a.json' }, raw('SELECT 1 AS id WHERE FALSE'))
  await lab.load(jsonLoad, { path: 'a.json', mode: 'append' }, raw('SELECT 1 AS id'))
  expect(JSON.parse(await lab.read('a.json'))).toEqual([{ id: 1 }])
})

it('writes and appends one record per line', async () => {
  const config = { path: 'a.ndjson', format: 'ndjson' }
  await lab.load(jsonLoad, config, raw('SELECT 1 AS id'))
  await lab.load(jsonLoad, { ...config, mode: 'append' }, raw('SELECT 2 AS id'))
  expect(await lab.read('a.ndjson')).toBe('{"id":1}\n{"id":2}\n')
})

it('writes decimals that are all fraction as JSON, and refuses one that has no form in it', async () => {
  await lab.load(
    jsonLoad,
    { path: 'a.ndjson', format: 'ndjson' },
    raw("SELECT 0.1234::DECIMAL(4,4) AS a, {'b c': [-0.5::DECIMAL(17,17)]} AS n, 1.5::DECIMAL(38,37) AS w"),
  )
  const text = await lab.read('a.ndjson')
  expect(JSON.parse(text)).toMatchObject({ a: 0.1234, n: { 'b c': [-0.5] } })
  expect(text).toContain('"b c":[-0.50000000000000000]')
  await expect(lab.load(jsonLoad, { path: 'b.json' }, raw('SELECT [0.5::DECIMAL(38,38)] AS x'))).rejects.toThrow(
    '“x” (DECIMAL(38,38)[]) cannot be written as JSON',
  )
})
