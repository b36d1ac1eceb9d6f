import { z } from 'zod'

/**
 * Whether a text can only be one DuckDB type: names, numbers and quoted names, with commas inside parentheses alone. So it
 * can stand after `CAST(x AS` and nothing else can be smuggled in with it.
 */
export function isTypeText(text: string): boolean {
  const bare = text.replace(/"(?:[^"\0]|"")+"/g, 'q')
  if (!/^[A-Za-z_][A-Za-z0-9_ ,()[\]]*$/.test(bare)) return false
  let depth = 0
  for (const character of bare) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (depth < 0 || (depth === 0 && character === ',')) return false
  }
  return depth === 0
}

const SYNONYMS: Readonly<Record<string, string>> = {
  TEXT: 'VARCHAR',
  STRING: 'VARCHAR',
  CHAR: 'VARCHAR',
  INT: 'INTEGER',
  INT4: 'INTEGER',
  INT8: 'BIGINT',
  INT2: 'SMALLINT',
  INT1: 'TINYINT',
  LONG: 'BIGINT',
  BOOL: 'BOOLEAN',
  REAL: 'FLOAT',
  FLOAT4: 'FLOAT',
  FLOAT8: 'DOUBLE',
  NUMERIC: 'DECIMAL',
  DATETIME: 'TIMESTAMP',
  TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE',
  BYTEA: 'BLOB',
}

/** DuckDB's own name of a type: `int` is `INTEGER`, `numeric(10, 2)` is `DECIMAL(10,2)`. */
export function canonicalType(text: string): string {
  const trimmed = text.trim().replace(/\s+/g, ' ')
  const match = /^([A-Za-z_][A-Za-z0-9_ ]*?)\s*(\(.*\))?$/.exec(trimmed)
  if (!match?.[1]) return trimmed
  const upper = match[1].toUpperCase()
  const name = SYNONYMS[upper] ?? upper
  if (name === 'VARCHAR') return name
  if (name === 'DECIMAL') return match[2] ? `DECIMAL${match[2].replace(/\s/g, '')}` : 'DECIMAL(18,3)'
  return /^(STRUCT|MAP|UNION)$/.test(name) ? trimmed : `${name}${match[2] ?? ''}`
}

export const columnTypeSchema = z
  .string()
  .refine(isTypeText, 'write a type such as BIGINT, DECIMAL(18,2), DATE or VARCHAR')
