import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import { survivesParquet } from './parquet-types.ts'

const folder = mkdtempSync(join(tmpdir(), 'logidata-types-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const VALUES = [
  'true',
  '1::TINYINT',
  '255::UTINYINT',
  '18446744073709551615::UBIGINT',
  "'nan'::DOUBLE",
  "'-0.0'::FLOAT",
  '99999999999999999999999999999999999999::DECIMAL(38,0)',
  "'0.01'::DECIMAL(4,2)",
  "'a' || chr(0)",
  "'\\x00\\xff'::BLOB",
  "'infinity'::DATE",
  "'24:00:00'::TIME",
  "'-infinity'::TIMESTAMP",
  "'290000-01-01 (BC)'::TIMESTAMP",
  "'infinity'::TIMESTAMPTZ",
  "'2020-01-01 00:00:00.123456789'::TIMESTAMP_NS",
  "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID",
  `'{"a": 1}'::JSON`,
  '[1, NULL]',
  '[]::VARCHAR[]',
  'NULL::STRUCT(a INTEGER)[]',
  `{'a b': 1, 'C(': NULL::VARCHAR, 'x, HUGEINT': 2}`,
  "MAP{'a': [DATE '2020-01-01']}",
  '1::HUGEINT',
  '1::UHUGEINT',
  '1::BIGNUM',
  "INTERVAL '1 us'",
  "'12:00:00+01'::TIMETZ",
  "'12:00:00.123456789'::TIME_NS",
  "'101'::BIT",
  "'2020-01-01'::TIMESTAMP_S",
  "'2020-01-01'::TIMESTAMP_MS",
  '[1, 2]::INTEGER[2]',
  "'a'::ENUM('a', 'b')",
  'union_value(a := 1)',
  "{'a': 1::HUGEINT}",
  "[INTERVAL '1 us']",
  "MAP{'a': '1'::BIT}",
  "[{'a': [1, 2]::INTEGER[2]}]",
  "{'e': 'a'::ENUM('a', 'VARCHAR')}",
]

test('a type is said to survive Parquet only where it does', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const path = join(folder, 'a.parquet')
  const kept: string[] = []
  for (const value of VALUES) {
    const rows = async (from: string) =>
      (await connection.runAndReadAll(`SELECT typeof(c0), c0::VARCHAR FROM ${from}`)).getRowsJS()[0] ?? []
    const before = await rows(`(SELECT ${value} AS c0)`)
    if (!survivesParquet(String(before[0]))) continue
    kept.push(value)
    await connection.run(`COPY (SELECT ${value} AS c0) TO '${path}' (FORMAT parquet)`)
    expect(await rows(`read_parquet('${path}')`)).toEqual(before)
  }
  expect(kept).toEqual(VALUES.slice(0, 23))
  connection.closeSync()
  instance.closeSync()
})
