import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'mongodb'
import type { JsonValue } from '../../../src/shared/pipeline/document.ts'
import type { ServerType } from './servers.ts'

/** A type of a server, with values at its limits; NULL is added to each. */
export interface OwnType {
  readonly type: string
  /** As the server reads them: text that is cast (PostgreSQL), or SQL (MySQL). */
  readonly values: readonly string[]
  readonly documents?: readonly unknown[]
  /** Settings of the extract, which say what is to become of values that the pipeline has no type for. */
  readonly config?: Readonly<Record<string, JsonValue>>
  /** What these settings lose, by the person's own choice. */
  readonly loses?: string
  /** Of MySQL: an expression of `v` that tells all values apart. */
  readonly show?: string
  /** The same of the copy, which is of another type. */
  readonly showCopy?: string
}

const type = (name: string, ...values: string[]): OwnType => ({ type: name, values })
const chosen = (own: OwnType, config: NonNullable<OwnType['config']>, loses?: string): OwnType => ({
  ...own,
  config,
  ...(loses === undefined ? {} : { loses }),
})

const POSTGRES: readonly OwnType[] = [
  type('boolean', 't', 'f'),
  type('smallint', '-32768', '32767'),
  type('integer', '-2147483648', '2147483647'),
  type('bigint', '-9223372036854775808', '9223372036854775807'),
  type('real', '0.1', '3.4028235e38', '1e-45', '-0', 'NaN', 'Infinity', '-Infinity'),
  type('double precision', '0.1', '1.7976931348623157e308', '5e-324', '-0', 'NaN', 'Infinity', '-Infinity'),
  type('numeric(10,2)', '12345678.90', '-0.01', '0'),
  type('numeric(38,10)', '1234567890123456789012345678.0123456789', '-0.0000000001'),
  type('numeric', `${'9'.repeat(300)}.${'1'.repeat(100)}`, '1.500', 'NaN', 'Infinity', '-Infinity'),
  chosen(
    type('numeric', '1.5', '-99999.1234'),
    { unbounded_numeric: 'decimal', decimal_scale: 4 },
    'zeros after the last digit are those of the scale',
  ),
  chosen(type('numeric(5,2)', '1.50', 'NaN'), { not_a_number: 'null' }, 'NaN becomes NULL'),
  type('numeric(5,2)', '1.50', 'NaN'),
  type('money', '$1,234.56', '-$0.01'),
  type('text', '', ' a ', 'a\r\nb\t', '"\'\\', '\\N', 'NULL', '=1+1', 'é🦆\u{10ffff}', '\u0001', 'x'.repeat(100_000)),
  type('character varying(5)', 'ab   ', ''),
  type('character(5)', 'ab', ''),
  type('bytea', '\\x', '\\x00ff80'),
  type('date', '0001-01-01', '1582-10-10', '2024-02-29', '9999-12-31', '10000-01-01', '0044-03-15 BC'),
  type('date', 'infinity', '-infinity'),
  chosen(type('date', 'infinity', '2024-01-01'), { infinity: 'null' }, 'infinity becomes NULL'),
  chosen(type('date', 'infinity', '-infinity', '0044-03-15 BC'), { infinity: 'text' }),
  type('time without time zone', '00:00:00', '23:59:59.999999', '24:00:00'),
  type('time with time zone', '23:59:59.999999+13:30', '24:00:00-15:59'),
  type(
    'timestamp without time zone',
    '2024-02-29 23:59:59.999999',
    '1969-12-31 23:59:59.999999',
    '0044-03-15 10:00:00.000001 BC',
    '10000-01-01 00:00:00',
  ),
  type('timestamp without time zone', 'infinity'),
  type(
    'timestamp with time zone',
    '2024-03-31 01:30:00.25+00',
    '1900-01-01 00:00:00+00',
    '0044-03-15 10:00:00.000001+00 BC',
  ),
  type('timestamp with time zone', '-infinity'),
  type('interval', '1 year 2 mons -3 days +04:05:06.789', '-00:00:00.000001'),
  type('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
  type('json', '{"b":1, "a": 1.00000000000000000000000000001, "b":2}', 'null', '1e400', '"\\u00e9"'),
  type('jsonb', '{"a": 123456789012345678901234567890.12345678901234567890}', '[]', 'null'),
  type('inet', '192.168.0.1', '10.0.0.0/8', '::1'),
  type('cidr', '10.0.0.0/8'),
  type('macaddr', '08:00:2b:01:02:03'),
  type('xml', '<a b="1">x &amp; y</a>'),
  type('bit(5)', '10101'),
  type('bit varying', '', '1'),
  type('int4range', '[1,10)', 'empty', '(,5)'),
  type('tstzrange', '["2024-01-01 00:00:00+00","2024-01-02 00:00:00.000001+00")'),
  type('int4multirange', '{[1,3),[5,8)}', '{}'),
  type('point', '(1.5,-2)'),
  type('tsvector', "'a':1 'b':2"),
  type('mood', 'sad', 'o,k "q"'),
  type('pair', '(1,"a,b")', '(,)'),
  type('price', '1.50'),
  type('integer[]', '{1,NULL,-3}', '{}'),
  type('integer[]', '{{1,2},{3,4}}'),
  chosen(type('integer[]', '{{1,2},{3,4}}', '[0:1]={7,8}'), { arrays: 'text' }),
  { ...type('integer[][]', '{{1,2},{3,NULL}}'), showCopy: "translate(replace(v::text, 'null', 'NULL'), '[]', '{}')" },
  type('numeric(38,20)[]', '{123456789012345678.12345678901234567890}'),
  type('text[]', '{a,"b,c",NULL,"NULL","","q\\"x\\\\"}'),
  type('timestamp with time zone[]', '{"2024-01-01 00:00:00.000001+00"}'),
  type('uuid[]', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'),
  type('bytea[]', '{"\\\\x00ff"}'),
]

const hex = 'HEX(v)'
const number = 'v + 0e0'
const MYSQL: readonly OwnType[] = [
  type('tinyint', '-128', '127'),
  type('tinyint unsigned', '255'),
  type('tinyint(1)', '0', '1', '2'),
  type('smallint unsigned', '65535'),
  type('mediumint', '-8388608', '8388607'),
  type('int', '-2147483648', '2147483647'),
  type('int unsigned', '4294967295'),
  type('bigint', '-9223372036854775808', '9223372036854775807'),
  type('bigint unsigned', '18446744073709551615'),
  type('decimal(10,2)', '12345678.90', '-0.01'),
  type('decimal(38,10)', '1234567890123456789012345678.0123456789'),
  type('decimal(65,30)', `${'9'.repeat(35)}.${'1'.repeat(30)}`),
  { ...type('float', '0.1', '3.4028234e38'), show: number },
  { ...type('double', '0.1', '1.7976931348623157e308', '5e-324'), show: number },
  { ...type('bit(1)', "b'0'", "b'1'"), show: 'v + 0' },
  { ...type('bit(64)', "b'1111111111111111111111111111111111111111111111111111111111111111'"), show: 'v + 0' },
  type('char(5)', "'ab'", "''"),
  type('varchar(20)', "''", "' a '", "'a\\r\\nb\\t'", "'\\\\N'", "'NULL'", "'é🦆'", "'\\0'"),
  type('longtext', `REPEAT('x', 100000)`, "''"),
  { ...type('binary(3)', "x'00ff80'"), show: hex },
  { ...type('varbinary(10)', "x''", "x'00ff80'"), show: hex },
  { ...type('longblob', "x''", "REPEAT(x'00ff', 50000)"), show: hex },
  type('date', "'1000-01-01'", "'2024-02-29'", "'9999-12-31'"),
  type('date', "'0000-00-00'", "'2024-00-10'"),
  chosen(type('date', "'0000-00-00'", "'2024-02-29'"), { zero_dates: 'null' }, 'dates of zero become NULL'),
  chosen(type('date', "'0000-00-00'", "'2024-00-10'", "'2024-02-29'"), { zero_dates: 'text' }),
  type('datetime(6)', "'1000-01-01 00:00:00.000001'", "'9999-12-31 23:59:59.999999'"),
  type('timestamp(6)', "'1970-01-01 00:00:01.000001'", "'2038-01-19 03:14:07.999999'"),
  type('time(6)', "'00:00:00'", "'23:59:59.999999'"),
  type('time(6)', "'838:59:59.999999'", "'-838:59:59'"),
  chosen(type('time(6)', "'838:59:59.999999'", "'-01:00:00'"), { times: 'text' }),
  type('year', '1901', '2155'),
  type('json', `'{"b": 1, "a": 123456789012345678901234567890}'`, "'null'", `'[1, "é"]'`),
  type("enum('a','b c')", "'a'", "'b c'"),
  type("set('a','b')", "'a,b'", "''"),
  { ...type('point', 'POINT(1.5, -2)'), show: 'HEX(ST_AsBinary(v))', showCopy: hex },
  type('uuid', "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
  type('inet6', "'::1'"),
]

const documents = (name: string, ...values: unknown[]): OwnType => ({ type: name, values: [], documents: values })
const MONGODB: readonly OwnType[] = [
  documents('bool', true, false),
  documents('int', new Int32(-2_147_483_648), new Int32(2_147_483_647)),
  documents('long', Long.MIN_VALUE, Long.fromString('9007199254740993')),
  documents('double', new Double(0.1), new Double(5e-324), new Double(1.7976931348623157e308), new Double(3)),
  documents('string', '', ' a ', 'a\r\nb\t', '\\N', 'NULL', '=1+1', 'é🦆'),
  documents('objectId', new ObjectId('65a0b1c2d3e4f5a6b7c8d9e0')),
  documents(
    'date',
    new Date('1969-12-31T23:59:59.999Z'),
    new Date('2024-02-29T10:00:00.123Z'),
    new Date('0001-01-01T00:00:00Z'),
  ),
  documents('binData', new Binary(Buffer.from([0, 255, 128]))),
  documents('binData: uuid', new Binary(Buffer.from('00112233445566778899aabbccddeeff', 'hex'), 4)),
  documents('timestamp', new Timestamp({ t: 1_700_000_000, i: 3 })),
  documents(
    'decimal',
    Decimal128.fromString('1.10'),
    Decimal128.fromString('-9.999999999999999999999999999999999E+6144'),
  ),
  documents('regex', /a.b/i),
  documents('object', { a: new Int32(1), b: { c: 'x' } }),
  documents('array', [new Int32(1), new Int32(2)], [new Int32(3)]),
  documents('array of objects', [{ a: 'x' }, { a: 'y' }]),
  documents('several types', new Int32(1), 'x', new Double(1.5)),
]

export const OWN_TYPES: Readonly<Record<ServerType, readonly OwnType[]>> = {
  postgres: POSTGRES,
  mysql: MYSQL,
  mongodb: MONGODB,
}

/** As it stands in the table: the type, and what was chosen. */
export const titleOf = ({ type: name, values, config }: OwnType): string => {
  const special = values.find((value) => /^-?infinity$|^NaN$|^'0000|^'838|^\{\{/i.test(value))
  const about = special === undefined ? '' : `: ${special.replaceAll("'", '').replace(/^-/, '')}`
  const settings = Object.entries(config ?? {}).map(([field, value]) => `${field}: ${String(value)}`)
  return `${name}${about}${settings.length > 0 ? `, with ${settings.join(', ')}` : ''}`
}
