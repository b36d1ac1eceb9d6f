import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { ndjsonExtract } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const read = async (content: string | Uint8Array, config: object = {}, port?: string, name = 'a.ndjson') => {
  await lab.write(name, content)
  const table = await lab.extract(ndjsonExtract, { path: name, ...config }, port)
  return { types: Object.fromEntries(table.columns.map((column) => [column.name, column.type])), rows: table.rows }
}

it('keeps every digit of large whole numbers and long decimals', async () => {
  const { types, rows } = await read(
    '{"a":9007199254740993,"b":12345678901234567890,"c":0.12345678901234567890}\n{"a":1,"b":2,"c":1.5}\n',
  )
  expect(types).toEqual({ a: 'BIGINT', b: 'DECIMAL(38,0)', c: 'DECIMAL(38,20)' })
  expect(rows[0]).toEqual(['9007199254740993', '12345678901234567890', '0.12345678901234567890'])
})

it('decides types from all records: a fraction in the last one makes no integer of it', async () => {
  const { types, rows } = await read(`${'{"n":{"v":1},"s":"2024-01-01"}\n'.repeat(3000)}{"n":{"v":1.7},"s":"x"}\n`)
  expect(types).toEqual({ n: 'STRUCT(v DOUBLE)', s: 'VARCHAR' })
  expect(rows.at(-1)).toEqual(['{"v":1.7}', 'x'])
})

it('keeps nesting, leaves what has no single type as JSON, and stops at max_depth', async () => {
  const content = '{"a":{"b":[{"c":1},{"c":null}]},"m":1,"e":[]}\n{"a":null,"m":{"x":[1]},"e":[]}\n'
  const { types, rows } = await read(content)
  expect(types).toEqual({ a: 'STRUCT(b STRUCT(c BIGINT)[])', m: 'JSON', e: 'VARCHAR[]' })
  expect(rows[1]).toEqual([null, '{"x":[1]}', '[]'])
  expect((await read(content, { max_depth: 1 })).types.a).toBe('STRUCT(b JSON)')
})

it('reads a type that was set exactly, and sends the rest to reject with its line', async () => {
  const content = '{"id":"1","v":1.7}\n{"id":"007","v":2}\nnot json\n[1]\n\n{"id":"x","v":3}\n'
  const config = { columns: { v: { type: 'BIGINT' }, id: { type: 'INTEGER', name: 'number' } }, on_bad_row: 'reject' }
  const out = await read(content, config)
  expect(out.types).toEqual({ number: 'INTEGER', v: 'BIGINT' })
  expect(out.rows).toEqual([['7', '2']])
  const reject = await read(content, config, 'reject')
  expect(reject.rows.map((row) => [row[0], row[1], row[2]]).sort()).toEqual([
    ['a.ndjson', '1', 'v'],
    ['a.ndjson', '3', null],
    ['a.ndjson', '4', null],
    ['a.ndjson', '6', 'id'],
  ])
  await expect(read(content, { columns: {} })).rejects.toThrow('a.ndjson, line 3: this is no JSON')
  await expect(read('{"v":1.7}\n', { columns: { v: { type: 'BIGINT' } } })).rejects.toThrow(
    'a.ndjson, line 1, field v: "1.7" is not exactly a BIGINT.',
  )
})

it('refuses 128-bit integers inside lists, which would become doubles, and reads them as DECIMAL', async () => {
  const content = '{"v":[1,12345678901234567890123]}\n'
  const as = (type: string) => read(content, { columns: { v: { type } } })
  await expect(as('HUGEINT[]')).rejects.toMatchObject({ info: { code: 'json.type', field: ['columns', 'v', 'type'] } })
  expect((await as('DECIMAL(38,0)[]')).rows).toEqual([['[1,12345678901234567890123]']])
})

it('reads compressed files, and says when one is cut off', async () => {
  const bytes = gzipSync('{"a":1}\n{"a":2}\n')
  expect((await read(bytes, {}, undefined, 'a.ndjson.gz')).rows).toEqual([['1'], ['2']])
  await expect(read(bytes.subarray(0, 20), {}, undefined, 'b.ndjson.gz')).rejects.toThrow(
    'b.ndjson.gz cannot be decompressed',
  )
})
