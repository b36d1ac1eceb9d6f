import {
  Binary,
  BSON,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'mongodb'
import { afterEach, expect, test } from 'vitest'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { double, long, rawDocument, text, type WireServer, wireServer } from '../../connectors/mongodb/wire-server.ts'
import { readFrom } from './testing.ts'

const { EJSON, serialize } = BSON

// The server of the tests has not all types of BSON: documents come by MongoDB's protocol from a server of the test's own, as bytes.
let server: WireServer | undefined
afterEach(() => server?.close())

const ID = '65a0b1c2d3e4f5a6b7c8d9e0'
type Row = Record<string, unknown> | Map<string, unknown>
const bytesOf = (document: Row | Buffer): Buffer =>
  Buffer.isBuffer(document) ? document : Buffer.from(serialize(document, { ignoreUndefined: false }))

async function read(documents: readonly (Row | Buffer)[], given: Record<string, unknown> = {}) {
  server?.close()
  server = await wireServer([documents.map(bytesOf)])
  return readFrom(server.connection, given)
}
/** What one value becomes. */
async function one(value: unknown, given: Record<string, unknown> = {}) {
  const { columns, rows } = await read(
    [
      new Map<string, unknown>([
        ['_id', 1],
        ['v', value],
      ]),
    ],
    given,
  )
  return [columns[1]?.type, rows[0]?.[1]]
}
async function bytes(type: number, value: Uint8Array, given: Record<string, unknown> = {}) {
  const { columns, rows } = await read([rawDocument([[type, 'v', value]])], given)
  return [columns[0]?.type, rows[0]?.[0]]
}
const TZ = 'TIMESTAMP WITH TIME ZONE'

test('numbers keep every digit', async () => {
  for (const [value, expected] of [
    [new Int32(-2_147_483_648), ['BIGINT', '-2147483648']],
    [Long.MAX_VALUE, ['BIGINT', '9223372036854775807']],
    [Long.MIN_VALUE, ['BIGINT', '-9223372036854775808']],
    [Long.fromString('9007199254740993'), ['BIGINT', '9007199254740993']],
    [Long.fromString('-4294967297'), ['BIGINT', '-4294967297']],
    [new Double(0.1), ['DOUBLE', '0.1']],
    [new Double(5e-324), ['DOUBLE', '5e-324']],
    [new Double(1.7976931348623157e308), ['DOUBLE', '1.7976931348623157e+308']],
    [new Double(-0), ['DOUBLE', '-0.0']],
    [new Double(Number.NaN), ['DOUBLE', 'nan']],
    [new Double(Number.NEGATIVE_INFINITY), ['DOUBLE', '-inf']],
    [Decimal128.fromString('1.10'), ['VARCHAR', '1.10']],
    [
      Decimal128.fromString('-9.999999999999999999999999999999999E+6144'),
      ['VARCHAR', '-9.999999999999999999999999999999999E+6144'],
    ],
    [Decimal128.fromString('NaN'), ['VARCHAR', 'NaN']],
  ] as const)
    expect(await one(value)).toEqual(expected)
})

test('decimals become DECIMAL by choice, exactly or not at all', async () => {
  const given = { decimals: 'decimal', decimal_scale: 2 }
  expect(await one(Decimal128.fromString('-1.1'), given)).toEqual(['DECIMAL(38,2)', '-1.10'])
  expect(await one(Decimal128.fromString('1.5E+3'), given)).toEqual(['DECIMAL(38,2)', '1500.00'])
  expect(await one(Decimal128.fromString('0E-6176'), given)).toEqual(['DECIMAL(38,2)', '0.00'])
  for (const value of ['1.005', 'NaN', '1E+36', 'Infinity'])
    expect(await errorOf(one(Decimal128.fromString(value), given))).toMatchObject({
      code: 'source.value',
      message: expect.stringContaining('Document 1, field “v”'),
    })
})

test('dates to the millisecond, of all years', async () => {
  for (const [value, expected] of [
    [0n, '1970-01-01 00:00:00+00'],
    [-1n, '1969-12-31 23:59:59.999+00'],
    [1_709_164_800_123n, '2024-02-29 00:00:00.123+00'],
    [253_402_300_800_000n, '10000-01-01 00:00:00+00'],
    [-62_135_596_800_001n, '0001-12-31 (BC) 23:59:59.999+00'],
    [8_640_000_000_000_001n, '275760-09-13 00:00:00.001+00'],
    [-8_640_000_000_000_001n, '271822-04-19 (BC) 23:59:59.999+00'],
  ] as const) {
    expect(await bytes(9, long(value))).toEqual([TZ, expected])
    const nested = rawDocument([[9, 'a', long(value)]])
    expect((await bytes(3, nested))[1]).toBe(`{"a":"${expected}"}`)
    expect(await bytes(9, long(value), { types: { v: 'TIMESTAMP' } })).toEqual([
      'TIMESTAMP',
      expected.replace('+00', ''),
    ])
  }
  expect(await errorOf(bytes(9, long(2n ** 63n - 1n)))).toMatchObject({
    code: 'source.value',
    message: expect.stringContaining('9223372036854775807'),
  })
  expect(await bytes(9, long(1_709_164_800_000n), { types: { v: 'DATE' } })).toEqual(['DATE', '2024-02-29'])
  expect(await bytes(9, long(-62_167_305_600_000n), { types: { v: 'DATE' } })).toEqual(['DATE', '0002-12-31 (BC)'])
  expect(await errorOf(bytes(9, long(1n), { types: { v: 'DATE' } }))).toMatchObject({ code: 'source.value' })
})

test('ids, bytes, UUIDs, texts and truth', async () => {
  expect(await one(new ObjectId(ID))).toEqual(['VARCHAR', ID])
  expect(await one(new Binary(Buffer.from('00ff1e1f0a', 'hex')))).toEqual(['BLOB', '\\x00ff1e1f0a'])
  expect(await one(new Binary(Buffer.alloc(0)))).toEqual(['BLOB', '\\x'])
  expect(await one(new Binary(Buffer.from('123e4567e89b12d3a456426614174000', 'hex'), 4))).toEqual([
    'UUID',
    '123e4567-e89b-12d3-a456-426614174000',
  ])
  expect(await one(new Binary(Buffer.from('ff', 'hex'), 128))).toEqual([
    'JSON',
    '{"$binary":{"base64":"/w==","subType":"80"}}',
  ])
  expect(await one(new Binary(Buffer.from('ff', 'hex'), 128), { types: { v: 'BLOB' } })).toEqual(['BLOB', '\\xff'])
  for (const value of ['', 'é🙂\0\n\r\t"\',;\\N', '\x1e\x1f\x1d', ' x '])
    expect(await one(value)).toEqual(['VARCHAR', value])
  expect(await one(true)).toEqual(['BOOLEAN', 'true'])
})

test('what has no type of its own is Extended JSON', async () => {
  for (const value of [
    new BSONRegExp('a"b', 'im'),
    new Timestamp({ t: 4_294_967_295, i: 2 }),
    new MinKey(),
    new MaxKey(),
    new Code('x => x'),
    new Code('x', { y: 1 }),
    new BSONSymbol('s'),
  ]) {
    const [type, cell] = await one(value, { json: 'canonical' })
    expect(type).toBe('JSON')
    expect(JSON.parse(cell ?? '')).toEqual(EJSON.serialize(value, { relaxed: false }))
  }
  expect(await bytes(12, Buffer.concat([text('db.c'), Buffer.from(ID, 'hex')]))).toEqual([
    'JSON',
    `{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"${ID}"}}}`,
  ])
})

test('documents and arrays keep their types, whatever is in them', async () => {
  const value = new Map<string, unknown>([
    ['n', Long.MAX_VALUE],
    ['d', new Double(Number.NaN)],
    ['z', new Double(-0)],
    ['t', 'a"\\\n\u0001\x1e'],
    ['b', new Binary(Buffer.from('00ff5c', 'hex'))],
    ['u', new Binary(Buffer.from('123e4567e89b12d3a456426614174000', 'hex'), 4)],
    ['o', new ObjectId(ID)],
    ['m', Decimal128.fromString('1.10')],
    ['x', null],
    ['y', true],
    ['a.b', 1],
    ['$c', 2],
    ['r', new BSONRegExp('x')],
    ['l', [[1, null], []]],
    ['s', [{ p: 1 }, { p: null, q: 'x' }, null]],
  ])
  const [type, cell] = await one(value)
  expect(type).toBe(
    'STRUCT("n" BIGINT, "d" DOUBLE, "z" DOUBLE, "t" VARCHAR, "b" BLOB, "u" UUID, "o" VARCHAR, "m" VARCHAR, "x" JSON, "y" BOOLEAN, "a.b" BIGINT, "$c" BIGINT, "r" JSON, "l" BIGINT[][], "s" STRUCT("p" BIGINT, "q" VARCHAR)[])',
  )
  expect(cell).toBe(
    `{"n":9223372036854775807,"d":"NaN","z":-0.0,"t":"a\\"\\\\\\n\\u0001\\u001E","b":"\\\\x00\\\\xFF\\\\x5C","u":"123e4567-e89b-12d3-a456-426614174000","o":"${ID}","m":"1.10","x":null,"y":true,"a.b":1,"$c":2,"r":{"$regularExpression":{"pattern":"x","options":""}},"l":[[1,null],[]],"s":[{"p":1,"q":null},{"p":null,"q":"x"},null]}`,
  )
  expect(await one({ a: new Int32(5), d: new Double(5) }, { nested: 'json' })).toEqual(['JSON', '{"a":5,"d":5.0}'])
})

test('names of any kind, and what cannot be fields of a STRUCT', async () => {
  const { columns, rows } = await read([
    new Map<string, unknown>([
      ['_id', 1],
      ['A', 1],
      ['a', 2],
      ['', 3],
      ['x y', 4],
      ['a.b', 5],
      ['$d', 6],
      ['__proto__', 7],
      ['1', 8],
    ]),
  ])
  expect(columns.map(({ name }) => name)).toEqual(['_id', 'A', 'a_2', '_empty', 'x y', 'a.b', '$d', '__proto__', '1'])
  expect(rows).toEqual([['1', '1', '2', '3', '4', '5', '6', '7', '8']])
  expect(await one({ A: 1, a: 2 })).toEqual(['JSON', '{"A":1,"a":2}'])
  expect(await one({})).toEqual(['JSON', '{}'])
  expect((await one(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, 1]))))[0]).toBe('JSON')
})

test('fields of several types: JSON, text, or the type of most', async () => {
  const documents = [1, 'x', new Double(2.5), null, 3, new ObjectId(ID), 4].map((v, _id) => ({ _id, v }))
  const column = async (given: Record<string, unknown>) => {
    const { columns, rows, rejected } = await read(documents, given)
    return [columns[1]?.type, rows.map((row) => row[1]), rejected]
  }
  expect(await column({})).toEqual(['JSON', ['1', '"x"', '2.5', null, '3', `{"$oid":"${ID}"}`, '4'], []])
  expect(await column({ mixed: 'text' })).toEqual(['VARCHAR', ['1', 'x', '2.5', null, '3', ID, '4'], []])
  expect(await column({ mixed: 'most', on_misfit: 'null' })).toEqual([
    'BIGINT',
    ['1', null, null, null, '3', null, '4'],
    [],
  ])
  const [, kept, rejected] = await column({ mixed: 'most', on_misfit: 'reject' })
  expect(kept).toEqual(['1', null, '3', '4'])
  expect(rejected).toContainEqual([
    '1',
    'v',
    '"x" (string) is not exactly a BIGINT.',
    '{"_id":{"$numberInt":"1"},"v":"x"}',
  ])
  expect(await errorOf(column({ mixed: 'most' }))).toMatchObject({
    code: 'source.value',
    kind: 'user',
    message: 'Document 1, field “v”: "x" (string) is not exactly a BIGINT.',
  })
  const numbers = [1, new Double(2.5), Long.fromNumber(2 ** 53)].map((v) => ({ v }))
  expect((await read(numbers)).rows.map(([v]) => v)).toEqual(['1.0', '2.5', '9007199254740992.0'])
  expect((await read([...numbers, { v: Long.fromString('9007199254740993') }])).columns[0]?.type).toBe('JSON')
})

test('types that somebody sets take what converts exactly', async () => {
  expect(await one('5', { types: { v: 'VARCHAR' } })).toEqual(['VARCHAR', '5'])
  expect(await one(new Double(5), { types: { v: 'SMALLINT' } })).toEqual(['SMALLINT', '5'])
  expect(await errorOf(one(new Double(5.5), { types: { v: 'SMALLINT' } }))).toMatchObject({ code: 'source.value' })
  expect(await errorOf(one(300, { types: { v: 'UTINYINT' } }))).toMatchObject({ code: 'source.value' })
  expect(await one(new Double(0.1), { types: { v: 'DECIMAL(4,2)' } })).toEqual(['DECIMAL(4,2)', '0.10'])
  expect(await one(Decimal128.fromString('0.1'), { types: { v: 'DOUBLE' } })).toEqual(['DOUBLE', '0.1'])
  expect(await one({ a: [{ b: 1 }] }, { types: { 'v.a.b': 'VARCHAR' } })).toEqual([
    'STRUCT("a" STRUCT("b" VARCHAR)[])',
    '{"a":[{"b":"1"}]}',
  ])
  expect(await one({ b: 1 }, { types: { v: 'STRUCT(b INTEGER, c VARCHAR)' } })).toEqual([
    'STRUCT("b" INTEGER, "c" VARCHAR)',
    '{"b":1,"c":null}',
  ])
  expect(await errorOf(one(1, { types: { v: 'TIME' } }))).toMatchObject({
    code: 'type.unsupported',
    field: ['types', 'v'],
  })
  expect((await read([{ a: 1 }], { types: { b: 'INTEGER' } })).rows).toEqual([['1', null]])
})

test('fields that no column has, and those that are missing', async () => {
  server = await wireServer([[{ _id: 1, a: 1, s: { x: 1 } }].map(bytesOf)])
  const facts = await readFrom(server.connection)
  const discovered = {
    columns: facts.columns,
    rejected: [],
    facts: JSON.parse(
      JSON.stringify([
        { name: '_id', column: '_id', shape: { kind: 'leaf', type: 'BIGINT' } },
        { name: 'a', column: 'a', shape: { kind: 'leaf', type: 'BIGINT' } },
        {
          name: 's',
          column: 's',
          shape: { kind: 'struct', fields: [{ name: 'x', shape: { kind: 'leaf', type: 'BIGINT' } }] },
        },
      ]),
    ),
  }
  const again = async (
    documents: readonly Row[],
    given: Record<string, unknown>,
    more: readonly { name: string; type: string }[] = [],
  ) => {
    server?.close()
    server = await wireServer([documents.map(bytesOf)])
    return (
      await readFrom(server.connection, given, {
        discovered: { ...discovered, columns: [...discovered.columns, ...more] },
      })
    ).rows
  }
  const documents = [{ _id: 2, a: null, s: { x: 1, 'y"': [2] }, z: new Int32(3) }, { _id: 3 }]
  expect(await errorOf(again(documents, {}))).toMatchObject({
    code: 'source.other-field',
    message: expect.stringContaining('Document 2 has the field “'),
  })
  expect(await again(documents, { other_fields: 'ignore' })).toEqual([
    ['2', null, '{"x":1}'],
    ['3', null, null],
  ])
  expect(
    await again(documents, { other_fields: 'keep', list_missing: true }, [
      { name: '_other_fields', type: 'JSON' },
      { name: '_missing', type: 'VARCHAR[]' },
    ]),
  ).toEqual([
    ['2', null, '{"x":1}', '{"z":3,"s.y\\"":[2]}', '[]'],
    ['3', null, null, null, '["a","s"]'],
  ])
  expect((await read([{ a: null }, {}])).rows).toEqual([[null], [null]])
})

test('a document that lies about itself ends in an error, never in other rows', async () => {
  const good = { _id: 1, v: 'x' }
  for (const broken of [
    rawDocument([[2, 'v', Buffer.from([99, 0, 0, 0, 65, 0])]]),
    rawDocument([[2, 'v', Buffer.from([0xff, 0xff, 0xff, 0xff, 65, 0])]]),
    rawDocument([[0x55, 'v', Buffer.alloc(0)]]),
    rawDocument([[3, 'v', Buffer.from([200, 0, 0, 0, 0])]]),
    rawDocument([[1, 'v', Buffer.alloc(3)]]),
  ])
    expect(await errorOf(read([good, broken]))).toMatchObject({ code: 'source.invalid' })
  const latin1 = rawDocument([[2, 'v', text(Buffer.from([0xe9]))]])
  expect(await errorOf(read([good, latin1]))).toMatchObject({
    code: 'source.value',
    message: expect.stringContaining('UTF-8'),
  })
  const twice = rawDocument([
    [1, 'v', double(1)],
    [1, 'v', double(2)],
  ])
  expect(await errorOf(read([twice]))).toMatchObject({
    code: 'source.value',
    message: expect.stringContaining('twice'),
  })
  let deep = rawDocument([[10, 'a', Buffer.alloc(0)]])
  for (let level = 0; level < 5000; level++) deep = rawDocument([[3, 'a', deep]])
  expect(await errorOf(read([deep]))).toMatchObject({ code: 'source.invalid' })
})

test('a document of the greatest size is read, too', async () => {
  const large = '"\u0001'.repeat(4_000_000)
  const { rows } = await read([
    { _id: 1, v: 'x' },
    { _id: 2, v: large, w: [large.slice(0, 1_000_000)] },
    { _id: 3, v: 'y' },
  ])
  expect(rows.map(([id, v, w]) => [id, v?.length, w?.length])).toEqual([
    ['1', 1, undefined],
    ['3', 1, undefined],
    ['2', 8_000_000, 4_000_004],
  ])
  expect(rows[2]?.[1]).toBe(large)
})

test('a connection that is lost in the middle is said to be, and nothing stays', async () => {
  const batch = Array.from({ length: 500 }, (_, _id) => bytesOf({ _id, v: 'x'.repeat(500) }))
  server = await wireServer([batch, batch, batch], { dropAfter: 1 })
  expect(await errorOf(readFrom(server.connection))).toMatchObject({ code: 'connection.lost', kind: 'operational' })
})
