import { identifier } from '../../sql.ts'

/** A number that a double does not hold exactly, as it stands in the file. */
export class ExactNumber {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

/** What values at one place of the records were like: all of them, so that no later row contradicts the type. */
export interface Shape {
  kinds: number
  /** Digits before and after the point. */
  whole: number
  scale: number
  largest: bigint
  fields?: Map<string, Shape>
  items?: Shape
}

/** What was met at a place, as bits of `kinds`. */
export const KINDS = {
  BOOLEAN: 1,
  INTEGER: 2,
  FRACTION: 4,
  EXACT: 8,
  TEXT: 16,
  DATE: 32,
  TIMESTAMP: 64,
  INSTANT: 128,
  LIST: 256,
  STRUCT: 512,
  FLOATING: 1024,
} as const
const { BOOLEAN, INTEGER, FRACTION, EXACT, TEXT, DATE, TIMESTAMP, INSTANT, LIST, STRUCT, FLOATING } = KINDS

export const newShape = (): Shape => ({ kinds: 0, whole: 0, scale: 0, largest: 0n })

/** More keys than this are data, not columns: the place becomes JSON. */
const MOST_FIELDS = 500
const CLOCK = '([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,6})?)?'
const DAY = /^\d{4}-\d{2}-\d{2}$/
const LOCAL = new RegExp(`^\\d{4}-\\d{2}-\\d{2}[ T]${CLOCK}$`)
const ZONED = new RegExp(`^\\d{4}-\\d{2}-\\d{2}[ T]${CLOCK}(Z|[-+]\\d{2}(:?\\d{2})?)$`)

export function observe(shape: Shape, value: unknown): void {
  if (value === null || value === undefined) return
  if (typeof value === 'boolean') shape.kinds |= BOOLEAN
  else if (typeof value === 'number') observeNumber(shape, String(value), false)
  else if (value instanceof ExactNumber) observeNumber(shape, value.source, !Object.is(Number(value.source), -0))
  else if (typeof value === 'string') shape.kinds |= textKind(value)
  else if (Array.isArray(value)) {
    shape.kinds |= LIST
    shape.items ??= newShape()
    for (const item of value) observe(shape.items, item)
  } else {
    shape.kinds |= STRUCT
    shape.fields ??= new Map()
    for (const [key, inner] of Object.entries(value)) {
      let field = shape.fields.get(key)
      if (!field) {
        field = newShape()
        shape.fields.set(key, field)
      }
      observe(field, inner)
    }
  }
}

function observeNumber(shape: Shape, source: string, exact: boolean): void {
  if (/[eE]/.test(source)) {
    shape.kinds |= FRACTION | FLOATING
    return
  }
  const [whole = '', fraction = ''] = source.replace('-', '').split('.')
  shape.kinds |= (fraction ? FRACTION : INTEGER) | (exact ? EXACT : 0)
  shape.whole = Math.max(shape.whole, whole.length)
  shape.scale = Math.max(shape.scale, fraction.length)
  if (whole.length > 15) {
    const size = BigInt(whole)
    if (size > shape.largest) shape.largest = size
  }
}

function textKind(value: string): number {
  if (value.length < 10 || value.length > 40) return TEXT
  const day = value.slice(0, 10)
  if (!DAY.test(day) || new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) !== day) return TEXT
  if (value.length === 10) return DATE
  if (LOCAL.test(value)) return TIMESTAMP
  return ZONED.test(value) ? INSTANT : TEXT
}

/** DuckDB's type for a place. What has no single one is JSON. */
export function typeOfShape(shape: Shape, depth: number): string {
  const { kinds } = shape
  if (kinds === 0) return 'VARCHAR'
  if ((kinds & (LIST | STRUCT)) !== 0) {
    if (depth <= 0) return 'JSON'
    if (kinds === LIST) return `${typeOfShape(shape.items ?? newShape(), depth - 1)}[]`
    const fields = [...(shape.fields ?? [])]
    if (kinds !== STRUCT || fields.length === 0 || fields.length > MOST_FIELDS || hasTwins(fields)) return 'JSON'
    return `STRUCT(${fields.map(([name, inner]) => `${identifier(name).text} ${typeOfShape(inner, depth - 1)}`).join(', ')})`
  }
  if (kinds === BOOLEAN) return 'BOOLEAN'
  if ((kinds & ~(INTEGER | FRACTION | EXACT | FLOATING)) === 0) return numberType(shape)
  if ((kinds & ~(TEXT | DATE | TIMESTAMP | INSTANT)) !== 0) return 'JSON'
  if (kinds === DATE) return 'DATE'
  if (kinds === TIMESTAMP) return 'TIMESTAMP'
  return kinds === INSTANT ? 'TIMESTAMP WITH TIME ZONE' : 'VARCHAR'
}

/** DuckDB's names do not tell cases apart. */
const hasTwins = (fields: readonly (readonly [string, Shape])[]): boolean =>
  new Set(fields.map(([name]) => name.toLowerCase())).size < fields.length

function numberType({ kinds, whole, scale, largest }: Shape): string {
  if ((kinds & FRACTION) === 0) {
    if (largest < 2n ** 63n) return 'BIGINT'
    // Staged as Parquet, which has no HUGEINT: DuckDB would write a double.
    return whole <= 38 ? 'DECIMAL(38,0)' : 'VARCHAR'
  }
  if ((kinds & EXACT) === 0 || (kinds & FLOATING) !== 0) return 'DOUBLE'
  return whole + scale <= 38 ? `DECIMAL(38,${scale})` : 'VARCHAR'
}

/**
 * JSON text as values; numbers that a double would change are `ExactNumber`.
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(text, reviver as Parameters<typeof JSON.parse>[1])
}

function reviver(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number') return value
  const source = context?.source
  // `JSON.stringify` would lose its sign.
  if (Object.is(value, -0)) return new ExactNumber(source ?? '-0')
  if (source === undefined || source.length < 16) return value
  if (Number.isSafeInteger(value) && !/[.eE]/.test(source)) return value
  const digits = source
    .replace(/[eE].*$/, '')
    .replace(/^-?0*\.?0*/, '')
    .replace('.', '').length
  return digits <= 15 || /[eE]/.test(source) ? value : new ExactNumber(source)
}

/** JSON in which exact numbers are texts, for DuckDB to cast without a double in between. */
export function serialise(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => (inner instanceof ExactNumber ? inner.source : inner))
}
