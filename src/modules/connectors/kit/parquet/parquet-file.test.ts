import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sessionOver } from '../../../kit/duckdb-session.ts'
import { sql } from '../../../kit/sql.ts'
import { type BitBuffer, ByteBuffer, type ColumnBuffer, type WordBuffer } from './column-buffer.ts'
import { ParquetFile } from './parquet-file.ts'
import { parquetType } from './parquet-types.ts'

/** What can be put into a column, and what DuckDB says of it. */
interface Sample {
  readonly put: (buffer: ColumnBuffer) => void
  readonly text: string
}

const words = (buffer: ColumnBuffer): WordBuffer => buffer as WordBuffer
const wide = (value: bigint, text = String(value)): Sample => ({
  put: (buffer) => words(buffer).putBigInt(value),
  text,
})
const narrow = (value: number, text = String(value)): Sample => ({ put: (buffer) => words(buffer).put(value), text })
const bytes = (value: string | Buffer, text = String(value)): Sample => ({
  put(buffer) {
    const given = Buffer.from(value as string)
    ;(buffer as ByteBuffer).put(given, 0, given.length)
  },
  text,
})
const floating = (value: number, size: 4 | 8, text: string): Sample => {
  const view = new DataView(new ArrayBuffer(8))
  if (size === 4) view.setFloat32(0, value, true)
  else view.setFloat64(0, value, true)
  const put = (buffer: ColumnBuffer) =>
    size === 4
      ? words(buffer).put(view.getUint32(0, true))
      : words(buffer).putTwo(view.getUint32(0, true), view.getUint32(4, true))
  return { put, text }
}
const bit = (value: boolean): Sample => ({ put: (buffer) => (buffer as BitBuffer).put(value), text: String(value) })

const SAMPLES: Readonly<Record<string, readonly Sample[]>> = {
  BOOLEAN: [bit(true), bit(false)],
  TINYINT: [narrow(-128), narrow(127)],
  SMALLINT: [narrow(-32_768), narrow(32_767)],
  INTEGER: [narrow(-(2 ** 31)), narrow(0), narrow(2 ** 31 - 1)],
  BIGINT: [wide(-(2n ** 63n)), wide(-1n), wide(2n ** 63n - 1n)],
  UTINYINT: [narrow(255)],
  USMALLINT: [narrow(65_535)],
  UINTEGER: [narrow(2 ** 32 - 1)],
  UBIGINT: [wide(2n ** 64n - 1n), wide(0n)],
  FLOAT: [floating(0.1, 4, '0.1'), floating(Number.NaN, 4, 'nan'), floating(-0, 4, '-0.0')],
  DOUBLE: [floating(0.1, 8, '0.1'), floating(Number.NEGATIVE_INFINITY, 8, '-inf')],
  VARCHAR: [bytes(''), bytes('a'), bytes('é🙂\n"'.repeat(40))],
  BLOB: [bytes(Buffer.of(0, 255), '\\x00ff')],
  DATE: [narrow(0, '1970-01-01'), narrow(-719_528, '0001-01-01 (BC)')],
  TIME: [wide(0n, '00:00:00'), wide(86_399_999_999n, '23:59:59.999999')],
  TIMESTAMP: [wide(-1n, '1969-12-31 23:59:59.999999')],
  'TIMESTAMP WITH TIME ZONE': [wide(1_000_001n, '1970-01-01 00:00:01.000001+00')],
  UUID: [bytes(Buffer.alloc(16, 0xab), 'abababab-abab-abab-abab-abababababab')],
  'DECIMAL(9,2)': [narrow(-123_456_789, '-1234567.89')],
  'DECIMAL(18,0)': [wide(-999_999_999_999_999_999n), wide(1n)],
}
const TYPES = Object.keys(SAMPLES)
const typeOf = (name: string) => {
  const type = parquetType(name)
  if (!type) throw new TypeError(name)
  return type
}

let folder: string
let instance: DuckDBInstance
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'logidata-parquet-'))
  instance = await DuckDBInstance.create(':memory:', { threads: '2' })
})
afterAll(() => {
  instance.closeSync()
  rmSync(folder, { recursive: true })
})

/** Writes rows of samples by their numbers, −1 for NULL, and reads them by DuckDB. */
async function thereAndBack(types: readonly string[], rows: readonly (readonly number[])[]) {
  const path = join(folder, `${readdirSync(folder).length}.parquet`)
  const file = new ParquetFile(path, types.map(typeOf))
  const { buffers } = file
  const expected = rows.map((row) =>
    row.map((pick, index) => {
      const samples = SAMPLES[types[index] ?? ''] ?? []
      const sample = pick < 0 ? undefined : samples[pick % samples.length]
      const buffer = buffers[index]
      if (!buffer) throw new TypeError('no buffer')
      if (sample) sample.put(buffer)
      else buffer.skip()
      if (index === row.length - 1) file.endRow()
      return sample?.text ?? null
    }),
  )
  file.finish()
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  try {
    const found = await sessionOver(connection).query(sql`SELECT * FROM read_parquet(${path})`)
    return { found, expected, columns: types.map((type, index) => ({ name: `c${index}`, type })) }
  } finally {
    connection.closeSync()
  }
}

test('every type comes back as it was, whatever is missing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1 }).chain((types) => {
        const row = fc.array(fc.integer({ min: -1, max: 5 }), { minLength: types.length, maxLength: types.length })
        return fc.tuple(fc.constant(types), fc.array(row, { maxLength: 40 }))
      }),
      async ([types, rows]) => {
        const { found, expected, columns } = await thereAndBack(types, rows)
        expect(found.columns).toEqual(columns)
        expect(found.rows).toEqual(expected)
      },
    ),
    { numRuns: 40 },
  )
})

test('many groups of rows, and one that ends because of its size', async () => {
  const rows = Array.from({ length: 100_000 }, (_, at) => [at % 3, (at % 4) - 1, at % 5 === 0 ? 2 : -1])
  const { found, expected } = await thereAndBack(['BIGINT', 'BOOLEAN', 'VARCHAR'], rows)
  expect(found.rows.length).toBe(100_000)
  expect(found.rows).toEqual(expected)

  const path = join(folder, 'large.parquet')
  const file = new ParquetFile(path, [typeOf('VARCHAR')])
  const [text] = file.buffers
  const large = Buffer.alloc(1_000_000, 'x')
  for (let row = 0; row < 80; row++) {
    if (text instanceof ByteBuffer) text.put(large, 0, large.length)
    file.endRow()
  }
  file.finish()
  const connection = await instance.connect()
  const { rows: groups } = await sessionOver(connection).query(
    sql`SELECT count(DISTINCT row_group_id), sum(num_values) FROM parquet_metadata(${path})`,
  )
  connection.closeSync()
  expect(groups).toEqual([['2', '80']])
})

test('columns of different lengths are no row', () => {
  const file = new ParquetFile(join(folder, 'uneven.parquet'), [typeOf('INTEGER'), typeOf('INTEGER')])
  const [first, second] = file.buffers
  first?.skip()
  second?.skip()
  second?.skip()
  file.endRow()
  expect(() => file.finish()).toThrow('column 0 has 1 of 2 rows')
  file.close()
})
