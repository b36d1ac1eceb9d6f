import { describe, expect, it } from 'vitest'
import { exactCast } from './casts.ts'
import { sharedSession } from './harness.ts'
import { raw, sql } from './sql.ts'
import { parseType } from './types.ts'

async function cast(text: string, from: string, to: string): Promise<string | null | undefined> {
  const session = await sharedSession()
  const source = raw(`(SELECT CAST(${from === 'VARCHAR' ? sql`${text}`.text : `'${text}'`} AS ${from}) AS v)`)
  const { rows } = await session.query(
    sql`SELECT ${exactCast(raw('v'), parseType(from), parseType(to))} FROM ${source}`,
  )
  return rows[0]?.[0]
}

describe('an exact cast', () => {
  it.each([
    ['1.0', 'DOUBLE', 'INTEGER', '1'],
    ['1.5', 'DOUBLE', 'INTEGER', null],
    ['NaN', 'DOUBLE', 'INTEGER', null],
    ['1e20', 'DOUBLE', 'BIGINT', null],
    ['300', 'INTEGER', 'TINYINT', null],
    ['-1', 'INTEGER', 'UINTEGER', null],
    ['9007199254740993', 'BIGINT', 'DOUBLE', null],
    ['9007199254740992', 'BIGINT', 'DOUBLE', '9007199254740992.0'],
    ['9223372036854775807', 'BIGINT', 'DOUBLE', null],
    ['0.1', 'DOUBLE', 'DECIMAL(10,2)', '0.10'],
    ['0.125', 'DOUBLE', 'DECIMAL(10,2)', null],
    ['0.1', 'DOUBLE', 'FLOAT', null],
    ['NaN', 'DOUBLE', 'FLOAT', 'nan'],
    ['1.25', 'DECIMAL(10,2)', 'DECIMAL(10,1)', null],
    ['1.20', 'DECIMAL(10,2)', 'DECIMAL(10,1)', '1.2'],
    ['2.00', 'DECIMAL(10,2)', 'INTEGER', '2'],
    ['2', 'INTEGER', 'BOOLEAN', null],
    ['1', 'INTEGER', 'BOOLEAN', 'true'],
    ['2021-01-01 10:00:00', 'TIMESTAMP', 'DATE', null],
    ['2021-01-01 00:00:00', 'TIMESTAMP', 'DATE', '2021-01-01'],
    ['2021-01-01', 'DATE', 'INTEGER', null],
    ['2021-01-01 00:00:00.000000001', 'TIMESTAMP_NS', 'TIMESTAMP', null],
    ['12', 'VARCHAR', 'INTEGER', '12'],
    [' 12 ', 'VARCHAR', 'INTEGER', '12'],
    ['12.0', 'VARCHAR', 'INTEGER', '12'],
    ['1.5', 'VARCHAR', 'INTEGER', null],
    ['1e3', 'VARCHAR', 'INTEGER', '1000'],
    ['1e-1', 'VARCHAR', 'INTEGER', null],
    ['9007199254740993', 'VARCHAR', 'BIGINT', '9007199254740993'],
    ['9007199254740992.5', 'VARCHAR', 'BIGINT', null],
    ['abc', 'VARCHAR', 'INTEGER', null],
    ['', 'VARCHAR', 'INTEGER', null],
    ['1.239', 'VARCHAR', 'DECIMAL(10,2)', null],
    ['1.2300', 'VARCHAR', 'DECIMAL(10,2)', '1.23'],
    ['-.5', 'VARCHAR', 'DECIMAL(10,2)', '-0.50'],
    ['1.25e1', 'VARCHAR', 'DECIMAL(10,2)', '12.50'],
    ['1.255e0', 'VARCHAR', 'DECIMAL(10,2)', null],
    ['1e999', 'VARCHAR', 'DOUBLE', null],
    ['inf', 'VARCHAR', 'DOUBLE', 'inf'],
    ['2021-01-31', 'VARCHAR', 'DATE', '2021-01-31'],
    ['2021-02-31', 'VARCHAR', 'DATE', null],
    ['2021-01-31 10:00:00', 'VARCHAR', 'DATE', null],
    ['2021-01-31 00:00:00', 'VARCHAR', 'DATE', '2021-01-31'],
    ['2021-01-31abc', 'VARCHAR', 'DATE', null],
    ['2021-01-31T10:00:00+02:00', 'VARCHAR', 'TIMESTAMP', null],
    ['2021-01-31T10:00:00Z', 'VARCHAR', 'TIMESTAMP', '2021-01-31 10:00:00'],
    ['2021-01-31T10:00:00+02:00', 'VARCHAR', 'TIMESTAMP WITH TIME ZONE', '2021-01-31 08:00:00+00'],
    ['2021-01-31 10:00:00.1234567', 'VARCHAR', 'TIMESTAMP', null],
    ['2021-01-31 10:00:00.1234560', 'VARCHAR', 'TIMESTAMP', '2021-01-31 10:00:00.123456'],
    ['2021-01-31 10:00:00', 'VARCHAR', 'TIME', null],
    ['10:00:00', 'VARCHAR', 'TIME', '10:00:00'],
    ['yes', 'VARCHAR', 'BOOLEAN', 'true'],
    ['12.50', 'DECIMAL(10,2)', 'VARCHAR', '12.50'],
    ['[1,2]', 'VARCHAR', 'INTEGER[]', '[1,2]'],
    ['[1, 2]', 'BIGINT[]', 'INTEGER[]', '[1,2]'],
    ['[1.5]', 'DOUBLE[]', 'INTEGER[]', null],
  ])('of %s from %s to %s gives %s', async (text, from, to, expected) => {
    expect(await cast(text, from, to)).toBe(expected)
  })
})
