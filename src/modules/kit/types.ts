import { type LogiDataError, userError } from '../../shared/errors.ts'
import { didYouMean } from './did-you-mean.ts'
import { identifier, literal, raw, type Sql } from './sql.ts'
import { type Token, tokenize } from './tokens.ts'

/** A DuckDB type, taken apart. */
export type SqlType =
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'decimal'; readonly width: number; readonly scale: number }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  /** `size`: of an array, whose length is fixed. */
  | { readonly kind: 'list'; readonly item: SqlType; readonly size?: number }
  | { readonly kind: 'struct' | 'union'; readonly fields: readonly { readonly name: string; readonly type: SqlType }[] }
  | { readonly kind: 'map'; readonly key: SqlType; readonly value: SqlType }

const SCALARS = [
  ...[
    'BOOLEAN',
    'TINYINT',
    'SMALLINT',
    'INTEGER',
    'BIGINT',
    'HUGEINT',
    'UTINYINT',
    'USMALLINT',
    'UINTEGER',
    'UBIGINT',
    'UHUGEINT',
  ],
  ...[
    'BIGNUM',
    'FLOAT',
    'DOUBLE',
    'VARCHAR',
    'BLOB',
    'BIT',
    'UUID',
    'JSON',
    'DATE',
    'TIME',
    'TIME_NS',
    'TIME WITH TIME ZONE',
  ],
  ...['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE', 'INTERVAL', '"NULL"'],
]
const ALIASES: Readonly<Record<string, string>> = {
  BOOL: 'BOOLEAN',
  LOGICAL: 'BOOLEAN',
  INT1: 'TINYINT',
  INT2: 'SMALLINT',
  SHORT: 'SMALLINT',
  INT: 'INTEGER',
  INT4: 'INTEGER',
  SIGNED: 'INTEGER',
  INT8: 'BIGINT',
  LONG: 'BIGINT',
  INT128: 'HUGEINT',
  UINT8: 'UTINYINT',
  UINT16: 'USMALLINT',
  UINT32: 'UINTEGER',
  UINT64: 'UBIGINT',
  UINT128: 'UHUGEINT',
  FLOAT4: 'FLOAT',
  REAL: 'FLOAT',
  FLOAT8: 'DOUBLE',
  'DOUBLE PRECISION': 'DOUBLE',
  TEXT: 'VARCHAR',
  STRING: 'VARCHAR',
  CHAR: 'VARCHAR',
  BPCHAR: 'VARCHAR',
  NVARCHAR: 'VARCHAR',
  BYTEA: 'BLOB',
  BINARY: 'BLOB',
  VARBINARY: 'BLOB',
  BITSTRING: 'BIT',
  GUID: 'UUID',
  DATETIME: 'TIMESTAMP',
  TIMESTAMP_US: 'TIMESTAMP',
  'TIMESTAMP WITHOUT TIME ZONE': 'TIMESTAMP',
  TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE',
  TIMETZ: 'TIME WITH TIME ZONE',
  'TIME WITHOUT TIME ZONE': 'TIME',
}
const DECIMALS = ['DECIMAL', 'NUMERIC', 'DEC']

/**
 * Reads a type as people and DuckDB write it: `int`, `DECIMAL(18,2)`, `STRUCT(a INTEGER, b VARCHAR[])`.
 * @throws LogiDataError `type.unknown`, with a range
 */
export function parseType(text: string): SqlType {
  let tokens: Token[]
  try {
    tokens = tokenize(text)
  } catch {
    throw unknown(text, 0, text.length)
  }
  let at = 0
  const peek = () => tokens[at]
  const fail = (token = tokens[at] ?? tokens.at(-1)): LogiDataError =>
    unknown(text, token?.start ?? 0, token?.end ?? text.length)
  const take = (expected: string) => {
    if (peek()?.text !== expected) throw fail()
    at++
  }
  const integer = (): number => {
    const token = tokens[at++]
    if (!token || !/^\d{1,9}$/.test(token.text)) throw fail(token)
    return Number(token.text)
  }
  /** `(a, b, …)`, each read by `read`. */
  const listOf = <T>(read: () => T): T[] => {
    take('(')
    const items = [read()]
    while (peek()?.text === ',') {
      at++
      items.push(read())
    }
    take(')')
    return items
  }
  const fieldName = (): string => {
    const token = tokens[at++]
    if (token?.kind === 'quoted') return token.text.slice(1, -1).replaceAll('""', '"')
    if (token?.kind !== 'word') throw fail(token)
    return token.text
  }
  const field = () => ({ name: fieldName(), type: type() })

  const type = (): SqlType => {
    let result = base()
    while (peek()?.text === '[') {
      at++
      const size = peek()?.text === ']' ? undefined : integer()
      take(']')
      result = size === undefined ? { kind: 'list', item: result } : { kind: 'list', item: result, size }
    }
    return result
  }
  const base = (): SqlType => {
    const first = tokens[at++]
    if (first?.text === '"NULL"') return { kind: 'scalar', name: '"NULL"' }
    if (first?.kind !== 'word') throw fail(first)
    const word = first.text.toUpperCase()
    if (DECIMALS.includes(word)) return decimal(first)
    if (word === 'STRUCT' || word === 'ROW') return { kind: 'struct', fields: listOf(field) }
    if (word === 'UNION') return { kind: 'union', fields: listOf(field) }
    if (word === 'MAP') {
      const [key, value, ...more] = listOf(type)
      if (!key || !value || more.length > 0) throw fail(first)
      return { kind: 'map', key, value }
    }
    if (word === 'ENUM') return { kind: 'enum', values: listOf(enumValue) }
    let name = word
    // The longest name of several words that is a type.
    for (const length of [4, 3, 2]) {
      const words = tokens.slice(at - 1, at - 1 + length)
      const joined = words.map((token) => token.text.toUpperCase()).join(' ')
      if (words.length === length && (SCALARS.includes(joined) || ALIASES[joined])) {
        name = joined
        at += length - 1
        break
      }
    }
    const canonical = ALIASES[name] ?? name
    if (!SCALARS.includes(canonical)) throw unknown(text, first.start, first.end, name)
    // VARCHAR(20) is VARCHAR in DuckDB: the length is not kept, so it is not promised.
    if (canonical === 'VARCHAR' && peek()?.text === '(') listOf(integer)
    return { kind: 'scalar', name: canonical }
  }
  const decimal = (first: Token): SqlType => {
    if (peek()?.text !== '(') return { kind: 'decimal', width: 18, scale: 3 }
    const [width = 18, scale = 0, ...more] = listOf(integer)
    if (more.length > 0 || width < 1 || width > 38 || scale > width)
      throw userError(
        'type.unknown',
        `${text} does not exist: a DECIMAL has 1 to 38 digits, of which some are decimals.`,
        {
          range: { start: first.start, end: tokens[at - 1]?.end ?? first.end },
          hint: 'Write DECIMAL(18,2) for 18 digits, two of them decimals.',
        },
      )
    return { kind: 'decimal', width, scale }
  }
  const enumValue = (): string => {
    const token = tokens[at++]
    if (token?.kind !== 'string' || !token.text.startsWith("'")) throw fail(token)
    return token.text.slice(1, -1).replaceAll("''", "'")
  }

  const result = type()
  if (at < tokens.length) throw fail()
  return result
}

function unknown(text: string, start: number, end: number, name?: string): LogiDataError {
  const known = [...SCALARS, ...Object.keys(ALIASES), ...DECIMALS, 'STRUCT', 'MAP', 'ENUM']
  return userError('type.unknown', `There is no type “${name ?? text}”.`, {
    range: { start, end },
    hint:
      didYouMean(name ?? text, known).hint ?? 'Write a DuckDB type, such as INTEGER, DECIMAL(18,2), VARCHAR or DATE.',
  })
}

/** The type as DuckDB's DESCRIBE names it. */
export function formatType(type: SqlType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name
    case 'decimal':
      return `DECIMAL(${type.width},${type.scale})`
    case 'enum':
      return `ENUM(${type.values.map((value) => literal(value).text).join(', ')})`
    case 'list':
      return `${formatType(type.item)}[${type.size ?? ''}]`
    case 'map':
      return `MAP(${formatType(type.key)}, ${formatType(type.value)})`
    case 'struct':
    case 'union': {
      const fields = type.fields.map((field) => `${identifier(field.name).text} ${formatType(field.type)}`)
      return `${type.kind.toUpperCase()}(${fields.join(', ')})`
    }
  }
}

/** For `CAST(x AS …)`. */
export const typeSql = (type: SqlType): Sql => raw(formatType(type))

/** A column's own type; one that this file does not know (an extension's) passes as it is. */
export function columnType(name: string): SqlType {
  try {
    return parseType(name)
  } catch {
    return { kind: 'scalar', name }
  }
}

const INTEGERS: Readonly<Record<string, number>> = {
  TINYINT: 8,
  SMALLINT: 16,
  INTEGER: 32,
  BIGINT: 64,
  HUGEINT: 128,
  UTINYINT: 8,
  USMALLINT: 16,
  UINTEGER: 32,
  UBIGINT: 64,
  UHUGEINT: 128,
}

/** Bits and sign of an integer type. */
export function integerType(type: SqlType): { readonly bits: number; readonly signed: boolean } | undefined {
  const bits = type.kind === 'scalar' ? INTEGERS[type.name] : undefined
  return bits === undefined || type.kind !== 'scalar' ? undefined : { bits, signed: !type.name.startsWith('U') }
}

export const isFloat = (type: SqlType): boolean =>
  type.kind === 'scalar' && (type.name === 'DOUBLE' || type.name === 'FLOAT')

export const isScalar = (type: SqlType, ...names: readonly string[]): boolean =>
  type.kind === 'scalar' && names.includes(type.name)
