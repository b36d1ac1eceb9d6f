import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { sql } from '../../kit/sql.ts'
import { connectionTo, extract, type Place, temporarySchema } from './testing.ts'

/** What comes out of the Parquet files for the values, in the text of LogiData Studio; `same`: that of the server. */
interface Kept {
  readonly type: string
  readonly values: readonly string[]
  readonly column: string
  readonly cells?: readonly string[]
  readonly config?: Record<string, unknown>
}

const same = (type: string, column: string, ...values: string[]): Kept => ({ type, column, values })
const as = (type: string, column: string, pairs: Record<string, string>, config = {}): Kept => ({
  type,
  column,
  values: Object.keys(pairs),
  cells: Object.values(pairs),
  config,
})

const KEPT: readonly Kept[] = [
  as('boolean', 'BOOLEAN', { t: 'true', f: 'false' }),
  same('smallint', 'SMALLINT', '-32768', '32767'),
  same('integer', 'INTEGER', '-2147483648', '2147483647'),
  same('bigint', 'BIGINT', '-9223372036854775808', '9223372036854775807'),
  same('oid', 'UINTEGER', '4294967295'),
  same('xid8', 'UBIGINT', '18446744073709551615'),
  as('real', 'FLOAT', {
    '0.1': '0.1',
    NaN: 'nan',
    Infinity: 'inf',
    '-Infinity': '-inf',
    '3.4028235e+38': '3.4028235e+38',
    '-0': '-0.0',
  }),
  as('double precision', 'DOUBLE', {
    '0.1': '0.1',
    '1.7976931348623157e+308': '1.7976931348623157e+308',
    '5e-324': '5e-324',
    NaN: 'nan',
    '-Infinity': '-inf',
    '-0': '-0.0',
  }),
  same('numeric(38,0)', 'DECIMAL(38,0)', '99999999999999999999999999999999999999', '-1'),
  as('numeric(38,38)', 'DECIMAL(38,38)', {
    '0.99999999999999999999999999999999999999': '.99999999999999999999999999999999999999',
  }),
  same('numeric(10,2)', 'DECIMAL(10,2)', '12345678.90', '-0.01', '0.00'),
  same('numeric', 'VARCHAR', `${'9'.repeat(1000)}.${'1'.repeat(500)}`, 'NaN', 'Infinity', '-Infinity', '1.500'),
  same('numeric(100,3)', 'VARCHAR', `${'9'.repeat(97)}.123`),
  same('numeric(3,-2)', 'VARCHAR', '12300'),
  same('numeric(2,4)', 'VARCHAR', '0.0099'),
  as(
    'numeric',
    'DECIMAL(38,4)',
    { '1.5': '1.5000', '-99999.12340000': '-99999.1234' },
    { unbounded_numeric: 'decimal', decimal_scale: 4 },
  ),
  as('numeric(5,2)', 'DECIMAL(5,2)', { '1.5': '1.50', NaN: 'NULL' }, { not_a_number: 'null' }),
  as('numeric', 'DOUBLE', { '1.5': '1.5', NaN: 'nan' }, { unbounded_numeric: 'double' }),
  same(
    'text',
    'VARCHAR',
    '',
    ' ',
    'a,b',
    '"',
    '""',
    '\\.',
    '\\N',
    'NULL',
    'line\nbreak',
    'cr\r\nlf\r',
    '\t',
    '🦆 é́ \u{10ffff}',
    "'",
    '\\x00',
    '\u0001',
    ' lead',
    '#x',
    '-',
    'x'.repeat(100_000),
  ),
  same('varchar(5)', 'VARCHAR', 'ab   ', ''),
  same('char(5)', 'VARCHAR', 'ab', ''),
  same('name', 'VARCHAR', 'pg_class'),
  same('"char"', 'VARCHAR', 'x'),
  same('bytea', 'BLOB', '\\x', '\\x00ff80', '\\x225c27'),
  as('date', 'DATE', {
    '2024-02-29': '2024-02-29',
    '0001-01-01': '0001-01-01',
    '0044-03-15 BC': '0044-03-15 (BC)',
    '4713-01-01 BC': '4713-01-01 (BC)',
    '10000-01-01': '10000-01-01',
    '5874897-12-31': '5874897-12-31',
  }),
  as('date', 'DATE', { infinity: 'NULL', '-infinity': 'NULL', '2024-01-01': '2024-01-01' }, { infinity: 'null' }),
  { ...same('date', 'VARCHAR', 'infinity', '-infinity', '0044-03-15 BC'), config: { infinity: 'text' } },
  as('timestamp', 'TIMESTAMP', {
    '2024-02-29 23:59:59.999999': '2024-02-29 23:59:59.999999',
    '0044-03-15 10:00:00.000001 BC': '0044-03-15 (BC) 10:00:00.000001',
    '10000-01-01 00:00:00': '10000-01-01 00:00:00',
    '1970-01-01 00:00:00': '1970-01-01 00:00:00',
  }),
  as('timestamptz', 'TIMESTAMP WITH TIME ZONE', {
    '2024-02-29 23:59:59.999999+00': '2024-02-29 23:59:59.999999+00',
    '0044-03-15 10:00:00.000001+00 BC': '0044-03-15 (BC) 10:00:00.000001+00',
    '10000-01-01 00:00:00+00': '10000-01-01 00:00:00+00',
    '1900-01-01 00:00:00+00': '1900-01-01 00:00:00+00',
  }),
  same('time', 'TIME', '00:00:00', '23:59:59.999999', '24:00:00'),
  same('timetz', 'VARCHAR', '23:59:59.999999+13:30', '24:00:00-15:59'),
  same('interval', 'VARCHAR', '1 year 2 mons -3 days +04:05:06.789', '-00:00:00.000001', '178000000 years'),
  same('uuid', 'UUID', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '00000000-0000-0000-0000-000000000000'),
  same(
    'json',
    'JSON',
    '{"b":1, "a": 1.00000000000000000000000000001, "b":2}',
    '"x"',
    'null',
    ' [1,  2]',
    '1e400',
    '"\\u00e9 \\ud83e\\udd86"',
  ),
  same('jsonb', 'JSON', '{"a": 123456789012345678901234567890.12345678901234567890}', '""', '[]'),
  same('inet', 'VARCHAR', '192.168.0.1', '10.0.0.0/8', '::1'),
  same('cidr', 'VARCHAR', '10.0.0.0/8'),
  same('macaddr', 'VARCHAR', '08:00:2b:01:02:03'),
  same('money', 'VARCHAR', '$1,234.56', '-$0.01'),
  same('xml', 'VARCHAR', '<a b="1">x &amp; y</a>'),
  same('bit(5)', 'VARCHAR', '10101'),
  same('bit varying', 'VARCHAR', '', '1'),
  same('int4range', 'VARCHAR', '[1,10)', 'empty', '(,5)'),
  same('tstzrange', 'VARCHAR', '["2024-01-01 00:00:00+00","2024-01-02 00:00:00.000001+00")'),
  same('int4multirange', 'VARCHAR', '{[1,3),[5,8)}', '{}'),
  same('point', 'VARCHAR', '(1.5,-2)'),
  same('polygon', 'VARCHAR', '((0,0),(1,1),(1,0))'),
  same('tsvector', 'VARCHAR', "'a':1 'b':2"),
  same('pg_lsn', 'VARCHAR', '16/B374D848'),
  same('int2vector', 'VARCHAR', '1 2 3'),
  same('mood', 'VARCHAR', 'sad', 'o,k "q"'),
  same('pair', 'VARCHAR', '(1,"a,b")', '(,)'),
  same('short', 'VARCHAR', 'abc'),
  same('price', 'DECIMAL(8,2)', '1.50'),
  as('integer[]', 'INTEGER[]', { '{1,NULL,-3}': '[1, NULL, -3]', '{}': '[]' }),
  as('integer[][]', 'INTEGER[][]', { '{{1,2},{3,NULL}}': '[[1, 2], [3, NULL]]', '{}': '[]' }),
  as('numeric(38,20)[]', 'DECIMAL(38,20)[]', {
    '{123456789012345678.12345678901234567890}': '[123456789012345678.12345678901234567890]',
  }),
  as('text[]', 'VARCHAR[]', { '{a,"b,c",NULL,"NULL","","q\\"x\\\\"}': `[a, 'b,c', NULL, 'NULL', '', 'q"x\\\\']` }),
  as('timestamptz[]', 'TIMESTAMP WITH TIME ZONE[]', {
    '{"2024-01-01 00:00:00.000001+00","0044-03-15 10:00:00+00 BC"}':
      "['2024-01-01 00:00:00.000001+00', '0044-03-15 (BC) 10:00:00+00']",
  }),
  as('bytea[]', 'BLOB[]', { '{"\\\\x00ff"}': '[\\x00\\xFF]' }),
  as('uuid[]', 'UUID[]', { '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}': '[a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11]' }),
  as('mood[]', 'VARCHAR[]', { '{sad,"o,k \\"q\\""}': `[sad, 'o,k "q"']` }),
  as('price[]', 'DECIMAL(8,2)[]', { '{1.50,2}': '[1.50, 2.00]' }),
  as('jsonb[]', 'JSON[]', { '{"{\\"a\\": 1}"}': '[{"a": 1}]' }),
  { ...same('integer[]', 'VARCHAR', '{{1,2},{3,4}}', '[0:1]={7,8}'), config: { arrays: 'text' } },
  as('integer[]', 'JSON', { '{{1,2},{3,4}}': '[[1,2],[3,4]]', '{}': '[]' }, { arrays: 'json' }),
]

/** Values that a type cannot hold: an error that names column and value. */
const REFUSED: readonly (readonly [string, string, Record<string, unknown>])[] = [
  ['date', 'infinity', {}],
  ['timestamp', '-infinity', {}],
  ['timestamptz', 'infinity', {}],
  ['timestamp', '294276-12-31 23:59:59.999999', {}],
  ['timestamptz', '294276-12-31 23:59:59.999999+00', {}],
  ['numeric(5,2)', 'NaN', {}],
  ['numeric', '1.23456', { unbounded_numeric: 'decimal', decimal_scale: 4 }],
  ['numeric', '1e40', { unbounded_numeric: 'decimal', decimal_scale: 4 }],
  ['numeric', 'Infinity', { unbounded_numeric: 'decimal' }],
  ['integer[]', '{{1,2},{3,4}}', {}],
  ['text[]', '{{a,b}}', {}],
  ['integer[]', '[0:1]={7,8}', {}],
  ['integer[][]', '{1,2}', {}],
  ['date[]', '{infinity}', {}],
]

describeService('postgres', 'Every type of PostgreSQL, hostile values included', (server) => {
  let place: Place
  beforeAll(async () => {
    place = await temporarySchema(server)
    await place.run(
      `CREATE TYPE mood AS ENUM ('sad', 'o,k "q"')`,
      'CREATE TYPE pair AS (a int, b text)',
      'CREATE DOMAIN short AS varchar(5)',
      'CREATE DOMAIN price AS numeric(8,2) CHECK (VALUE >= 0)',
    )
  })
  afterAll(() => place.close())

  const fill = async (name: string, type: string, values: readonly string[]) => {
    await place.run(`CREATE TABLE ${name} (at int, "a value" ${type})`)
    for (const [at, value] of [...values.entries(), [values.length, null] as const])
      await place.client.query(`INSERT INTO ${name} VALUES ($1, CAST($2::text AS ${type}))`, [String(at), value])
  }
  const config = (table: string, more: object) => ({
    schema: place.schema,
    table,
    order_by: [{ column: 'at' }],
    ...more,
  })

  test.each(
    KEPT.map(
      (kept, index) => [`${kept.type} as ${kept.column} ${JSON.stringify(kept.config ?? {})}`, index, kept] as const,
    ),
  )('%s', async (_name, index, { type, values, column, cells, config: more = {} }) => {
    const table = `kept_${index}`
    await fill(table, type, values)
    const shown = await place.client.query(
      `SELECT "a value"${type === 'char(5)' ? '::text' : ''} FROM ${table} ORDER BY at`,
    )
    const { columns, rows } = await extract(connectionTo(server), config(table, more), {
      // Lists as DuckDB writes them, with all digits.
      ...(column.endsWith('[]') ? { select: (from) => sql`SELECT c0, CAST(c1 AS VARCHAR) FROM ${from}` } : {}),
    })
    expect(columns[1]).toEqual({ name: 'a value', type: column })
    const expected = cells
      ? [...cells.map((cell) => (cell === 'NULL' ? null : cell)), null]
      : shown.rows.map(([value]) => value)
    expect(rows.map(([, value]) => value)).toEqual(expected)
  })

  test.each(REFUSED)('%s %s is refused, column and value named', async (type, value, more) => {
    const table = `refused_${Math.random().toString(36).slice(2)}`
    await fill(table, type, [value])
    const info = await errorOf(extract(connectionTo(server), config(table, more)))
    expect(info).toMatchObject({ code: 'source.value', kind: 'user', hint: expect.any(String) })
    expect(info.message).toContain('“a value”')
  })
})
