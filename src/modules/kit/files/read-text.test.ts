import { describe, expect, it } from 'vitest'
import { sharedSession } from '../harness.ts'
import { joinSql, raw, sql } from '../sql.ts'
import { isPlain, readText } from './read-text.ts'

const HOSTILE = [
  ...['', ' ', '-', '+', '.', '0', '-0', '+0', '00', '007', '1', ' 1', '1 ', '1\t', '\t1', '1\n', '+1', '-1', '--1'],
  ...['1.', '.5', '-.5', '0.5', '00.5', '-00.5', '1.5', '1.50', '1.500', '1.05', '1.239', '1.7', '99.5', '-1.25'],
  ...['1e2', '1E2', '1e-2', '1e400', '-1e400', '1e-400', '1e308', '1.8e308', '1e39', '3.5e38', '5e-324', '9e-1'],
  ...[
    'nan',
    'NaN',
    'inf',
    'Infinity',
    '-inf',
    '0x10',
    '0b1',
    '1_000',
    '1_0.5',
    '1,5',
    '1,234',
    '1 234',
    '1d',
    '１',
    '٣',
  ],
  ...['9007199254740993', '9223372036854775807', '9223372036854775808', '12345678.12', '123456789.12', '1e', 'x'],
  ...[
    'true',
    'TRUE',
    't',
    'false',
    'yes',
    '2024',
    'epoch',
    'infinity',
    'today',
    '20240105',
    '24:00:00',
    '10:00',
    '1:2:3',
  ],
  ...['2024-01-05', '2024-1-5', ' 2024-01-05', '2024-01-05 ', '2024/01/05', '2024-02-30', '2023-02-29', '05/06/2024'],
  ...[
    '10000-01-01',
    '0044-03-15 (BC)',
    '-0044-03-15',
    '2024-01-05 10:00:00',
    '2024-01-05T10:00:00',
    '2024-01-05T10:00',
  ],
  ...[
    '2024-01-05 10:00:00Z',
    '2024-01-05T10:00:00Z',
    '2024-01-05 10:00:00+02',
    '2024-01-05 10:00+02',
    '2024-01-05 UTC',
  ],
  ...['2024-01-05 24:00:00', '2024-01-05 10:00:60', '2024-01-05 10:00:00.5', '2024-01-05 10:00:00.500', '10:00:00'],
  ...['2024-01-05 10:00:00.123456789', '2024-01-05T10:00:00.123456', '2024-01-05  10:00:00', '2024-01-05t10:00:00'],
]
const TYPES = [
  'TINYINT',
  'BIGINT',
  'HUGEINT',
  'UBIGINT',
  'DOUBLE',
  'FLOAT',
  'DECIMAL(10,2)',
  'DECIMAL(38,20)',
  'DECIMAL(9,0)',
]
const TIMES = ['DATE', 'TIME', 'TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE', 'BOOLEAN']

const values = sql`(VALUES ${joinSql(HOSTILE.map((text) => sql`(${text})`))}) AS t(text)`

describe('the short way to a value', () => {
  for (const type of [...TYPES, ...TIMES]) {
    it(`gives what the careful way gives, or leaves the text to it: ${type}`, async () => {
      const cast = raw('v')
      const plain = isPlain(raw('text'), cast, { type }) ?? raw('FALSE')
      const careful = readText(sql`nullif(trim(text), '')`, { type })
      const session = await sharedSession()
      const { rows } = await session.query(
        sql`SELECT text, v, ${careful} FROM (SELECT text, TRY_CAST(text AS ${raw(type)}) AS v FROM ${values}) WHERE ${plain} AND ${careful} IS DISTINCT FROM v`,
      )
      expect(rows).toEqual([])
    })
  }

  it('is taken by what programs write', async () => {
    const session = await sharedSession()
    for (const [type, text] of [
      ['BIGINT', '-42'],
      ['DOUBLE', '2.50'],
      ['DECIMAL(10,2)', '1.5'],
      ['DATE', '2024-01-05'],
      ['TIMESTAMP', '2024-01-05T10:00:00'],
      ['TIMESTAMP', '2024-01-05 10:00:00'],
    ] as const) {
      const plain = isPlain(raw('text'), raw('v'), { type }) ?? raw('FALSE')
      const { rows } = await session.query(
        sql`SELECT ${plain} FROM (SELECT text, TRY_CAST(text AS ${raw(type)}) AS v FROM (SELECT ${text} AS text))`,
      )
      expect(rows, `${type} ${text}`).toEqual([['true']])
    }
  })

  it('is closed to numbers with separators of their own, and to dates in a format', () => {
    expect(isPlain(raw('t'), raw('v'), { type: 'DOUBLE', decimalSeparator: ',' })).toBeUndefined()
    expect(isPlain(raw('t'), raw('v'), { type: 'BIGINT', thousandsSeparator: '.' })).toBeUndefined()
    expect(isPlain(raw('t'), raw('v'), { type: 'DATE', format: '%d/%m/%Y' })).toBeUndefined()
  })
})
