import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sessionOver } from '../../kit/duckdb-session.ts'
import { sql } from '../../kit/sql.ts'
import { type FileColumn, RowFile } from './row-file.ts'

let folder: string
let instance: DuckDBInstance
let files = 0
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'logidata-rows-'))
  instance = await DuckDBInstance.create(':memory:', { threads: '1' })
})
afterAll(() => {
  instance.closeSync()
  rmSync(folder, { recursive: true })
})

/** A row of the text protocol: each value behind its length, 251 for NULL. */
function packet(values: readonly (string | null)[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => {
      if (value === null) return [Buffer.of(251)]
      const bytes = Buffer.from(value)
      if (bytes.length < 251) return [Buffer.of(bytes.length), bytes]
      const length = Buffer.alloc(3)
      length[0] = 252
      length.writeUInt16LE(bytes.length, 1)
      return [length, bytes]
    }),
  )
}

async function read(columns: readonly FileColumn[], rows: readonly (readonly (string | null)[])[]) {
  const path = join(folder, `${files++}.parquet`)
  const file = new RowFile(path, columns, undefined)
  try {
    for (const row of rows) {
      const bytes = packet(row)
      file.row(bytes, 0, bytes.length)
    }
    file.finish()
  } finally {
    file.close()
  }
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  try {
    return (await sessionOver(connection).query(sql`SELECT * FROM read_parquet(${path})`)).rows
  } finally {
    connection.closeSync()
  }
}

const two = (value: number) => String(value).padStart(2, '0')
const date = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, day]) => `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`)
const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 1, max: 999_999 }))
  .map(([hour, minute, micro]) => `${two(hour)}:${two(minute)}:07.${String(micro).padStart(6, '0')}`)
const decimal = (digits: number, scale: number) =>
  fc.bigInt({ min: -(10n ** BigInt(digits)) + 1n, max: 10n ** BigInt(digits) - 1n }).map((value) => {
    const text = String(value < 0n ? -value : value).padStart(scale + 1, '0')
    return `${value < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`
  })

/** Texts as the server writes them, which are what DuckDB writes of the value. */
const KINDS: readonly (readonly [FileColumn['kind'], string, fc.Arbitrary<string>])[] = [
  ['integer', 'BIGINT', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
  ['integer', 'UBIGINT', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)],
  ['integer', 'INTEGER', fc.integer().map(String)],
  ['integer', 'UTINYINT', fc.integer({ min: 0, max: 255 }).map(String)],
  ['decimal', 'DECIMAL(9,4)', decimal(9, 4)],
  ['decimal', 'DECIMAL(18,2)', decimal(18, 2)],
  ['bytes', 'VARCHAR', fc.string({ unit: 'grapheme', maxLength: 300 })],
  ['uuid', 'UUID', fc.uuid()],
  ['date', 'DATE', date],
  ['moment', 'TIMESTAMP', fc.tuple(date, time).map(([day, at]) => `${day} ${at}`)],
  ['time', 'TIME', time],
]
const trimmed = (text: string): string => text.replace(/(\.\d*?)0+$/, '$1')

test('every value is what it was on the wire', async () => {
  const columns = KINDS.map(([kind, fileType], index) => ({ name: `c${index}`, kind, fileType }))
  const row = fc.tuple(...KINDS.map(([, , values]) => fc.option(values)))
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
      const fractions = new Set(['moment', 'time'])
      const expected = rows.map((values) =>
        values.map((value, index) =>
          value !== null && fractions.has(columns[index]?.kind ?? '') ? trimmed(value) : value,
        ),
      )
      expect(await read(columns, rows)).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

test('what is no number is no value', async () => {
  const integer: FileColumn = { name: 'a', kind: 'integer', fileType: 'INTEGER' }
  await expect(read([integer], [['1x']])).rejects.toThrow('the server sent "1x" as a number')
  await expect(read([integer], [['']])).rejects.toThrow('the server sent "" as a number')
  const price: FileColumn = { name: 'a', kind: 'decimal', fileType: 'DECIMAL(9,2)' }
  await expect(read([price], [['1.234']])).rejects.toThrow('a number of 2 decimal places')
  expect(await read([price], [['1'], ['-0.5'], ['1.500']])).toEqual([['1.00'], ['-0.50'], ['1.50']])
})

test('so many rows are enough, and one may be too long', () => {
  const text: FileColumn = { name: 'a', kind: 'bytes', fileType: 'VARCHAR' }
  const file = new RowFile(join(folder, 'few.parquet'), [text], 2)
  const bytes = packet(['x'])
  expect([1, 2, 3].map(() => file.row(bytes, 0, bytes.length))).toEqual([true, false, false])
  expect(file.rows).toBe(2)
  file.close()
  const long = new RowFile(join(folder, 'long.parquet'), [text], undefined)
  expect(() => long.row(bytes, 0, 25 * 2 ** 20)).toThrow('a row of at most 24 MB can be read')
  long.close()
})
