import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { Binary, BSON, Decimal128, Double, Int32, Long, ObjectId, UUID } from 'mongodb'
import { expect, test } from 'vitest'
import { LogiDataError } from '../../../../shared/errors.ts'
import { temporarySink } from '../../kit/temporary-sink.ts'
import { areByColumns, DocumentColumns } from './document-columns.ts'
import { DocumentText, type TextPolicy } from './document-text.ts'
import { columnsOf, selectText } from './select.ts'
import type { Shape, ShapeColumn } from './shape.ts'

const POLICY: TextPolicy = { on_misfit: 'null', other_fields: 'ignore', list_missing: false, json: 'relaxed' }
const TYPES = [
  ...['BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'],
  ...['FLOAT', 'DOUBLE', 'DECIMAL(4,2)', 'DECIMAL(9,0)', 'DECIMAL(18,5)', 'DATE', 'TIMESTAMP'],
  ...['TIMESTAMP WITH TIME ZONE', 'UUID', 'BLOB', 'JSON', 'VARCHAR'],
]

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\x1e', 'a\x1eb\x1e', '\x1d', '\x1f', '\n', '\r', '\0', '"', '\\', 'é', '𝄞', '1.5', '-7'),
  fc.uuid(),
)
const whole = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, -1n, 127n, 128n, -129n, 255n, 256n, 65_535n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n + 1n),
)
/** As far as DuckDB's years go. */
const MOST_MS = 9_000_000_000_000_000
const value = fc.oneof(
  text,
  whole.map((given) => Long.fromBigInt(given)),
  fc.integer().map((given) => new Int32(given)),
  fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, 0.5, 1e300)).map((given) => new Double(given)),
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.integer({ min: -MOST_MS, max: MOST_MS }).map((given) => ({ $date: given })),
  fc.integer({ min: -100_000, max: 100_000 }).map((given) => ({ $date: given * 86_400_000 })),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((given) => new ObjectId(given)),
  fc.uint8Array({ maxLength: 20 }).map((given) => new Binary(given)),
  fc.uint8Array({ maxLength: 20 }).map((given) => new Binary(given, 2)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((given) => new UUID(given)),
  fc.constantFrom('1.50', '-0', '1E+3', 'NaN', '12345.6789').map((given) => Decimal128.fromString(given)),
  fc.constantFrom({ a: 1 }, [1, 'x'], { 'é"': { b: [null] } }),
)
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({ kind: fc.constant('leaf' as const), type: fc.constantFrom(...TYPES), any: fc.boolean() }),
  fc.record({
    kind: fc.constant('leaf' as const),
    type: fc.constant('VARCHAR'),
    only: fc.constantFrom(2, 7, 19),
  }),
)

/** JavaScript's dates do not go as far as those of BSON. */
function bytesOf(fields: Readonly<Record<string, unknown>>): Buffer {
  const dates: number[] = []
  const marked = Object.fromEntries(
    Object.entries(fields).map(([name, given]) => {
      if (!(typeof given === 'object' && given !== null && '$date' in given)) return [name, given]
      dates.push(given.$date as number)
      return [name, new Date(0)]
    }),
  )
  const bytes = Buffer.from(BSON.serialize(marked, { ignoreUndefined: true }))
  for (const [name, given] of Object.entries(fields))
    if (typeof given === 'object' && given !== null && '$date' in given)
      bytes.writeBigInt64LE(BigInt(dates.shift() ?? 0), bytes.indexOf(`\x09${name}\0`) + 2 + name.length)
  return bytes
}

async function both(documents: readonly Buffer[], shapes: readonly Shape[], policy: TextPolicy) {
  const columns: ShapeColumn[] = shapes.map((each, index) => ({ name: `f${index}`, column: `c${index}`, shape: each }))
  expect(areByColumns(columns, policy)).toBe(true)
  const types = columnsOf(columns, policy)
  const ends: unknown[] = []
  for (const way of ['columns', 'text'] as const) {
    const sink = await temporarySink(types)
    try {
      if (way === 'columns')
        await sink.parquet(async (path) => {
          const made = new DocumentColumns(path, columns, policy)
          try {
            for (const document of documents) made.add(document)
            return made.finish()
          } finally {
            made.close()
          }
        })
      else {
        const made = new DocumentText(columns, policy)
        for (const document of documents) made.add(document)
        const path = sink.temporary('.csv')
        writeFileSync(path, made.take())
        await sink.copy(selectText(path, columns, policy, false))
      }
      const { columns: read, rows } = await sink.rows()
      expect(read.map(({ type }) => type)).toEqual(types.map(({ type }) => type))
      ends.push(rows)
    } catch (thrown) {
      if (!(thrown instanceof LogiDataError)) throw thrown
      ends.push(thrown.info)
    } finally {
      sink.close()
    }
  }
  return ends
}

test('by columns and as text the same values come, and the same errors', async () => {
  const fields = 6
  await fc.assert(
    fc.asyncProperty(
      fc.array(shape, { minLength: fields, maxLength: fields }),
      fc.array(fc.array(value, { minLength: fields, maxLength: fields }), { minLength: 1, maxLength: 12 }),
      fc.constantFrom('null' as const, 'fail' as const),
      fc.constantFrom('relaxed' as const, 'canonical' as const),
      async (shapes, rows, on_misfit, json) => {
        const documents = rows.map((row) => bytesOf(Object.fromEntries(row.map((each, index) => [`f${index}`, each]))))
        const [byColumns, asText] = await both(documents, shapes, { ...POLICY, on_misfit, json })
        expect(byColumns).toEqual(asText)
      },
    ),
    { numRuns: 60 },
  )
}, 120_000)

test('what is easily lost: signs, the byte that quotes, limits', async () => {
  const rows = [
    [new Int32(-1), new BSON.BSONSymbol('a\x1eb\x1e'), new Int32(-2), new Double(-0), '\x1e\x1e'],
    [Long.fromNumber(-1), new BSON.BSONSymbol('\x1e'), new Int32(127), new Int32(-5), '\0é'],
    [Long.MIN_VALUE, new BSON.BSONSymbol(''), new Int32(-128), Long.MAX_VALUE, ''],
    [Long.MAX_VALUE, /x/i, new Int32(128), Long.fromNumber(2 ** 53), null],
  ]
  const documents = rows.map((row) => bytesOf(Object.fromEntries(row.map((each, index) => [`f${index}`, each]))))
  const shapes = ['BIGINT', 'VARCHAR', 'TINYINT', 'DOUBLE', 'VARCHAR'].map(
    (type): Shape => ({ kind: 'leaf', type, any: true }),
  )
  const [byColumns, asText] = await both(documents, shapes, POLICY)
  expect(byColumns).toEqual(asText)
  expect(byColumns).toEqual([
    ['-1', 'a\x1eb\x1e', '-2', '-0.0', '\x1e\x1e'],
    ['-1', '\x1e', '127', '-5.0', '\0é'],
    ['-9223372036854775808', '', '-128', null, ''],
    ['9223372036854775807', expect.stringContaining('$regularExpression'), null, '9007199254740992.0', null],
  ])
})

test('what it does not write, it says', () => {
  const leaf = { name: 'f', column: 'c', shape: { kind: 'leaf', type: 'BIGINT' } } as const
  expect(areByColumns([leaf], POLICY)).toBe(true)
  for (const policy of [{ on_misfit: 'reject' }, { other_fields: 'keep' }, { list_missing: true }] as const)
    expect(areByColumns([leaf], { ...POLICY, ...policy })).toBe(false)
  for (const one of [
    { kind: 'list', item: leaf.shape },
    { kind: 'struct', fields: [] },
    { kind: 'leaf', type: 'DECIMAL(38,10)' },
  ] as const)
    expect(areByColumns([leaf, { ...leaf, shape: one }], POLICY)).toBe(false)
  expect(areByColumns([], POLICY)).toBe(false)
})

test('texts that are not UTF-8, fields that are there twice or that no column has end the run', async () => {
  const latin1 = bytesOf({ f0: 'xy' })
  latin1[latin1.indexOf('xy')] = 0xe9
  const leaf: Shape = { kind: 'leaf', type: 'VARCHAR', only: 2 }
  const other = bytesOf({ _id: 7, f0: 'x', z: 1 })
  for (const [document, policy, code] of [
    [latin1, POLICY, 'source.value'],
    [other, { ...POLICY, other_fields: 'fail' }, 'source.other-field'],
  ] as const) {
    const [byColumns, asText] = await both([document], [leaf], policy)
    expect(byColumns).toMatchObject({ code })
    expect(byColumns).toEqual(asText)
  }
})

test('groups end by the size of the documents, too', async () => {
  const documents = Array.from({ length: 100 }, (_, index) => bytesOf({ f0: String(index).padEnd(1_000_000, 'x') }))
  const [byColumns] = await both(documents, [{ kind: 'leaf', type: 'VARCHAR', only: 2 }], POLICY)
  expect((byColumns as string[][]).map(([cell = '']) => Number.parseInt(cell, 10))).toEqual(documents.map((_, i) => i))
}, 60_000)
