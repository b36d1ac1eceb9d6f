/** What a column's type means for how it is shown. */
export type TypeClass =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'interval'
  | 'struct'
  | 'list'
  | 'json'
  | 'binary'
  | 'other'

const byName: readonly (readonly [TypeClass, RegExp])[] = [
  // A list of anything is a list: its brackets come last in DuckDB's names.
  ['list', /\[\d*\]$/],
  ['struct', /^(STRUCT|MAP|UNION)\b/],
  ['text', /^(VARCHAR|TEXT|STRING|CHAR|BPCHAR|ENUM|UUID)\b/],
  ['integer', /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|U?INT\d*|BIGNUM|VARINT)\b/],
  ['decimal', /^(DOUBLE|FLOAT|REAL|DECIMAL|NUMERIC)\b/],
  ['boolean', /^BOOL(EAN)?\b/],
  ['timestamp', /^(TIMESTAMP|DATETIME)/],
  ['date', /^DATE\b/],
  ['time', /^TIME/],
  ['interval', /^INTERVAL\b/],
  ['json', /^JSON\b/],
  ['binary', /^(BLOB|BYTEA|BIT|VARBINARY)/],
]

export function typeClass(type: string): TypeClass {
  const name = type.trim().toUpperCase()
  return byName.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other'
}

const badges: Record<TypeClass, string> = {
  text: 'abc',
  integer: '12',
  decimal: '1.0',
  boolean: 't/f',
  date: 'date',
  time: 'hour',
  timestamp: 'time',
  interval: 'span',
  struct: '{ }',
  list: '[ ]',
  json: '{ }',
  binary: '0x',
  other: '?',
}

/** The few characters before a column's name that tell its type. */
export const typeBadge = (type: string): string => badges[typeClass(type)]

export const isNumeric = (type: string): boolean => ['integer', 'decimal'].includes(typeClass(type))

/** Types that people choose from; any other may be typed in. */
export const commonTypes: readonly string[] = [
  'VARCHAR',
  'BIGINT',
  'INTEGER',
  'DOUBLE',
  'DECIMAL(18,2)',
  'BOOLEAN',
  'DATE',
  'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE',
  'TIME',
  'INTERVAL',
  'SMALLINT',
  'TINYINT',
  'HUGEINT',
  'UBIGINT',
  'UINTEGER',
  'FLOAT',
  'DECIMAL(38,10)',
  'UUID',
  'JSON',
  'BLOB',
  'VARCHAR[]',
  'BIGINT[]',
]
