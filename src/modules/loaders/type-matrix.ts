/** Values of every type of DuckDB that break careless formats, as SQL; NULL is added to each. */
export interface TypeRow {
  readonly title: string
  readonly type: string
  readonly values: readonly string[]
  /** What a file without types is read as, where a form does not offer the type itself. */
  readonly readAs?: string
}

const row = (type: string, values: readonly string[], title = type, readAs?: string): TypeRow => ({
  title,
  type,
  values,
  ...(readAs === undefined ? {} : { readAs }),
})
const quoted = (...texts: readonly string[]) => texts.map((text) => `'${text.replaceAll("'", "''")}'`)

export const TYPE_ROWS: readonly TypeRow[] = [
  row('BOOLEAN', ['true', 'false']),
  row('TINYINT', ['-128', '127']),
  row('SMALLINT', ['-32768', '32767']),
  row('INTEGER', ['-2147483648', '2147483647']),
  row('BIGINT', quoted('-9223372036854775808', '9223372036854775807', '9007199254740993')),
  row('UBIGINT', quoted('0', '18446744073709551615')),
  row('HUGEINT', quoted('-170141183460469231731687303715884105728', '170141183460469231731687303715884105727')),
  row('UHUGEINT', quoted('340282366920938463463374607431768211455')),
  row('HUGEINT', quoted('-99999999999999999999999999999999999999', '1'), 'HUGEINT: 38 digits'),
  row('HUGEINT[]', ["['170141183460469231731687303715884105727'::HUGEINT, NULL]"]),
  row('STRUCT(a HUGEINT)', ["{'a': '-170141183460469231731687303715884105728'::HUGEINT}"]),
  row('DECIMAL(18,4)', quoted('0.1000', '-12345678901234.5678')),
  row('DECIMAL(38,10)', quoted('1234567890123456789012345678.0123456789', '0.0000000001')),
  row('FLOAT', quoted('0.1', '3.4028235e38', '1e-45')),
  row('DOUBLE', quoted('0.1', '1.7976931348623157e308', '5e-324')),
  row('DOUBLE', quoted('0.30000000000000004'), 'DOUBLE: 17 digits'),
  row('DOUBLE', quoted('-0.0'), 'DOUBLE: negative zero'),
  row('DOUBLE', quoted('nan', 'inf', '-inf'), 'DOUBLE: NaN and infinity'),
  row('VARCHAR', quoted('', ' a ', 'a\nb', '"', "'", ',;\t', '=1+1', '00123', 'NULL', '<a>&', 'é📦', '\u00a0')),
  row('VARCHAR', [`'a' || chr(13) || chr(10) || 'b'`], 'VARCHAR: carriage returns'),
  row('VARCHAR', ["'a' || chr(1) || 'b'"], 'VARCHAR: control characters'),
  row('BLOB', ["''::BLOB", "'\\x00\\xFF'::BLOB"]),
  row('UUID', quoted('00112233-4455-6677-8899-aabbccddeeff')),
  row('JSON', quoted('{"a":1}', '[1,"x"]')),
  row('JSON', quoted('null'), 'JSON: the value null'),
  row('DATE', quoted('1900-03-01', '2024-02-29', '9999-12-31')),
  row('DATE', quoted('0001-01-01', '1582-10-10', '1899-12-31'), 'DATE: before 1900'),
  row('DATE', quoted('0044-03-15 (BC)', '12345-01-01'), 'DATE: BC and after 9999'),
  row('DATE', quoted('infinity', '-infinity'), 'DATE: infinity'),
  row('TIME', quoted('00:00:00', '23:59:59.999999')),
  row('TIMESTAMP', quoted('2024-02-29 10:00:00.5', '9999-12-31 23:59:59')),
  row('TIMESTAMP', quoted('2024-02-29 10:00:00.123456', '1969-12-31 23:59:59.999999'), 'TIMESTAMP: microseconds'),
  row('TIMESTAMP_S', quoted('2024-02-29 10:00:00')),
  row('TIMESTAMP_MS', quoted('2024-02-29 10:00:00.123')),
  row('TIMESTAMP_NS', quoted('2024-02-29 10:00:00.123456789')),
  row('TIMESTAMP WITH TIME ZONE', quoted('2024-03-31 01:30:00.25+00', '1950-01-01 00:00:00+02')),
  row('INTERVAL', quoted('1 year 2 months 3 days 04:05:06.5', '-1 day')),
  row('BIT', quoted('0101', '1')),
  row("ENUM('a', 'b c')", quoted('a', 'b c'), 'ENUM', 'VARCHAR'),
  row('INTEGER[]', ['[1, NULL, 3]', '[NULL]']),
  row('INTEGER[]', ['[1]', '[]'], 'INTEGER[]: empty'),
  row('INTEGER[2]', ['[1, 2]']),
  row('STRUCT(a INTEGER, b VARCHAR)', ["{'a': 1, 'b': 'x'}", "{'a': NULL, 'b': NULL}"]),
  row('MAP(VARCHAR, INTEGER)', ["MAP {'k': 1}"]),
  row('DECIMAL(9,2)', [], 'a table without rows'),
  row('UNION(n INTEGER, t VARCHAR)', ['union_value(n := 1)']),
]

/** What a format cannot tell apart, by the people's own choice of it: format, then title. */
export const LOSSES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  json: { 'JSON: the value null': 'becomes NULL' },
  sqlite: { 'DOUBLE: negative zero': 'becomes 0' },
  xml: { 'INTEGER[]: empty': 'becomes NULL' },
  excel: { 'DOUBLE: 17 digits': 'becomes the 15 digits that Excel shows', 'DOUBLE: negative zero': 'becomes 0' },
}
