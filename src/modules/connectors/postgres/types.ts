import { z } from 'zod'
import { failure } from '../../kit/failure.ts'
import { raw, type Sql, sql } from '../../kit/sql.ts'
import { parquetType } from '../kit/parquet/parquet-types.ts'
import type { PostgresClient } from './client.ts'

/** What a person decided for values that the types of a table cannot all hold. */
export interface TypeChoices {
  readonly infinity: 'fail' | 'null' | 'text'
  readonly not_a_number: 'fail' | 'null' | 'text'
  readonly unbounded_numeric: 'text' | 'decimal' | 'double'
  readonly decimal_scale: number
  readonly arrays: 'list' | 'json' | 'text'
}

const kindSchema = z.enum(['plain', 'padded', 'temporal', 'bytes', 'json', 'decimal', 'rounded'])

/** How a column comes. Survives JSON. */
export const columnPlanSchema = z.object({
  name: z.string(),
  /** As the server calls it, to tell whether it has changed. */
  given: z.string(),
  /** Of one element, DuckDB's. */
  item: z.string(),
  kind: kindSchema,
  /** Of arrays read as lists. */
  depth: z.number(),
  /** An array as JSON. */
  asJson: z.boolean(),
  /** The server's own type of one value, below its domains; empty where it is not one of PostgreSQL's. */
  base: z.string().default(''),
  /** The function of the server that writes it, quoted. */
  output: z.string().default(''),
})
export type ColumnPlan = z.output<typeof columnPlanSchema>

interface ServerType {
  readonly oid: string
  readonly schema: string
  readonly name: string
  readonly base: string
  readonly baseModifier: number
  readonly baseDimensions: number
  readonly element: string
  readonly output: string
}

const PG_TYPES = `
  WITH RECURSIVE known AS (
    SELECT t.oid, t.typnamespace, t.typname, t.typbasetype, t.typtypmod, t.typndims, t.typoutput,
      CASE WHEN e.typarray = t.oid THEN t.typelem ELSE 0 END AS element
    FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem WHERE t.oid = ANY($1::oid[])
    UNION
    SELECT t.oid, t.typnamespace, t.typname, t.typbasetype, t.typtypmod, t.typndims, t.typoutput,
      CASE WHEN e.typarray = t.oid THEN t.typelem ELSE 0 END
    FROM known k JOIN pg_catalog.pg_type t ON t.oid IN (k.typbasetype, k.element)
    LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem)
  SELECT k.oid, n.nspname, k.typname, k.typbasetype, k.typtypmod, k.typndims, k.element,
    k.typoutput::pg_catalog.regproc::pg_catalog.text
  FROM known k JOIN pg_catalog.pg_namespace n ON n.oid = k.typnamespace`

/** Types of a server by their numbers, those below them included. @throws LogiDataError */
export async function typesOf(client: PostgresClient, oids: readonly number[]): Promise<Map<string, ServerType>> {
  const { rows } = await client.query(PG_TYPES, [`{${[...new Set(oids)].join(',')}}`])
  return new Map(
    rows.map(([oid, schema, name, base, modifier, dimensions, element, output]) => [
      oid ?? '',
      {
        oid: oid ?? '',
        schema: schema ?? '',
        name: name ?? '',
        base: base ?? '0',
        baseModifier: Number(modifier),
        baseDimensions: Number(dimensions),
        element: element ?? '0',
        output: output ?? '',
      },
    ]),
  )
}

interface Item {
  readonly item: string
  readonly kind: ColumnPlan['kind']
}
const plain = (item: string): Item => ({ item, kind: 'plain' })
const ITEMS: Readonly<Record<string, Item>> = {
  bool: plain('BOOLEAN'),
  int2: plain('SMALLINT'),
  int4: plain('INTEGER'),
  int8: plain('BIGINT'),
  oid: plain('UINTEGER'),
  xid: plain('UINTEGER'),
  cid: plain('UINTEGER'),
  xid8: plain('UBIGINT'),
  float4: plain('FLOAT'),
  float8: plain('DOUBLE'),
  uuid: plain('UUID'),
  time: plain('TIME'),
  bpchar: { item: 'VARCHAR', kind: 'padded' },
  bytea: { item: 'BLOB', kind: 'bytes' },
  json: { item: 'JSON', kind: 'json' },
  jsonb: { item: 'JSON', kind: 'json' },
}
const TEMPORAL: Readonly<Record<string, string>> = {
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
}

/** How a column comes that a server describes. @param dimensions as its table declares them, 0 where it does not */
export function planColumn(
  column: { readonly name: string; readonly oid: number; readonly modifier: number; readonly dimensions: number },
  types: ReadonlyMap<string, ServerType>,
  choices: TypeChoices,
): ColumnPlan {
  let { modifier, dimensions } = column
  let type = types.get(String(column.oid))
  const given = `${type?.schema}.${type?.name}(${modifier})[${dimensions}]`
  // A domain is what it is made of; its limits have been checked by the server.
  const toBase = () => {
    for (let base = type; base && base.base !== '0'; base = types.get(base.base)) {
      if (base.baseModifier >= 0) modifier = base.baseModifier
      if (base.baseDimensions > 0) dimensions = base.baseDimensions
      type = types.get(base.base)
    }
  }
  toBase()
  const about = {
    name: column.name,
    given,
    base: type?.schema === 'pg_catalog' ? type.name : '',
    output: type?.output ?? '',
  }
  if (!type || type.element === '0') return { ...about, ...itemOf(type, modifier, choices), depth: 0, asJson: false }
  if (choices.arrays === 'text') return { ...about, ...plain('VARCHAR'), depth: 0, asJson: false }
  if (choices.arrays === 'json') return { ...about, item: 'JSON', kind: 'json', depth: 0, asJson: true }
  type = types.get(type.element)
  toBase()
  // An array of a domain of arrays: its elements are texts.
  const item = type && type.element !== '0' ? plain('VARCHAR') : itemOf(type, modifier, choices)
  return { ...about, ...item, depth: Math.max(1, dimensions), asJson: false }
}

function itemOf(type: ServerType | undefined, modifier: number, choices: TypeChoices): Item {
  if (type?.schema !== 'pg_catalog') return plain('VARCHAR')
  if (type.name === 'numeric') return numericItem(modifier, choices)
  const temporal = TEMPORAL[type.name]
  if (temporal !== undefined)
    return choices.infinity === 'text' ? plain('VARCHAR') : { item: temporal, kind: 'temporal' }
  return ITEMS[type.name] ?? plain('VARCHAR')
}

function numericItem(modifier: number, choices: TypeChoices): Item {
  if (choices.not_a_number === 'text') return plain('VARCHAR')
  if (modifier >= 4) {
    const width = ((modifier - 4) >> 16) & 0xffff
    const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024
    if (width <= 38 && scale >= 0 && scale <= width) return { item: `DECIMAL(${width},${scale})`, kind: 'decimal' }
  }
  if (choices.unbounded_numeric === 'text') return plain('VARCHAR')
  if (choices.unbounded_numeric === 'double') return plain('DOUBLE')
  return { item: `DECIMAL(38,${choices.decimal_scale})`, kind: 'rounded' }
}

/** The type of a column. */
export const typeOfPlan = ({ item, depth }: ColumnPlan): string => item + '[]'.repeat(depth)

/** What the server is asked for, to send it as `wireType` says. @param name quoted */
export function serverValue(plan: ColumnPlan, name: string): string {
  if (plan.asJson) return `pg_catalog.to_json(${name})::text`
  if (plan.depth > 0) {
    // Elements as the server writes them: numbers of JSON would be rounded. What a list cannot hold comes as it is, which is no JSON.
    const plainBounds = Array.from({ length: plan.depth }, (_, at) => `array_lower(${name}, ${at + 1}) = 1`).join(
      ' AND ',
    )
    return `CASE WHEN array_ndims(${name}) = ${plan.depth} AND ${plainBounds} THEN to_json(${name}::text[])::text WHEN cardinality(${name}) = 0 THEN '[]' ELSE ${name}::text END`
  }
  if (plan.kind === 'padded') return `${name}::text`
  if (wireType(plan) !== undefined || TEXTS.has(plan.base)) return name
  return `pg_catalog.textin(${plan.output}(${name}))`
}

/** Types whose bytes on the wire are their text. */
const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar', 'name', 'json'])

/** The type as which a column is taken off the wire as it is; undefined: it comes as text, and is made into its type by `valueOfText`. */
export function wireType(plan: ColumnPlan): string | undefined {
  if (plan.depth > 0 || plan.asJson) return undefined
  switch (plan.kind) {
    case 'temporal':
    case 'bytes':
      return plan.item
    case 'decimal':
      return parquetType(plan.item) && plan.item
    case 'plain':
      return OWN.has(plan.base) && plan.item !== 'VARCHAR' ? plan.item : undefined
    default:
      return undefined
  }
}

/** Types of which `binary.ts` reads the bytes. */
const OWN: ReadonlySet<string> = new Set([
  'bool',
  'int2',
  'int4',
  'int8',
  'oid',
  'xid',
  'cid',
  'xid8',
  'float4',
  'float8',
  'uuid',
])

/** Whether the text of a column is its value. */
export const isText = (plan: ColumnPlan): boolean =>
  plan.depth === 0 && plan.item === 'VARCHAR' && (plan.kind === 'plain' || plan.kind === 'padded')

/** A column's value of its text. */
export function valueOfText(plan: ColumnPlan, text: Sql, choices: TypeChoices): Sql {
  if (isText(plan)) return text
  if (plan.depth === 0) return itemValue(plan, text, choices)
  const shape = JSON.stringify(nested(plan.depth))
  const isList = sql`starts_with(${text}, '[') AND json_valid(${text})`
  const parsed = sql`json_transform_strict(CASE WHEN ${isList} THEN ${text} END, ${shape})`
  const fits = sql`CASE WHEN ${text} IS NULL OR (${isList}) THEN ${parsed} ELSE ${unfit(plan, text, LIST_HINT)} END`
  if (plan.item === 'VARCHAR') return fits
  return mapped(fits, plan.depth, (item) => itemValue(plan, item, choices))
}

const LIST_HINT = 'Read arrays as text or as JSON.'

const nested = (depth: number): unknown => (depth === 0 ? 'VARCHAR' : [nested(depth - 1)])

const mapped = (list: Sql, depth: number, item: (value: Sql) => Sql): Sql => {
  const name = raw(`x${depth}`)
  return sql`list_transform(${list}, lambda ${name}: ${depth === 1 ? item(name) : mapped(name, depth - 1, item)})`
}

function itemValue(plan: ColumnPlan, text: Sql, choices: TypeChoices): Sql {
  const type = raw(plan.item)
  const cast = sql`TRY_CAST(${text} AS ${type})`
  switch (plan.kind) {
    case 'padded':
      return text
    case 'bytes':
      return sql`from_hex(substr(${text}, 3))`
    case 'json':
      return sql`CAST(${text} AS JSON)`
    case 'plain':
      return checked(plan, text, cast, 'NULL')
    case 'decimal':
      return checked(plan, text, cast, choices.not_a_number === 'null' ? 'NaN' : 'NULL', NAN_HINT)
    case 'rounded': {
      const digits = sql`length(rtrim(split_part(${text}, '.', 2), '0')) <= ${choices.decimal_scale}`
      const fits = sql`CASE WHEN ${digits} THEN ${cast} END`
      return checked(plan, text, fits, choices.not_a_number === 'null' ? 'special' : 'NULL', NAN_HINT)
    }
    case 'temporal': {
      const era = sql`regexp_replace(${text}, ${'^(\\S+)(.*) BC$'}, ${'\\1 (BC)\\2'})`
      const value = sql`CASE WHEN ends_with(${text}, 'BC') THEN TRY_CAST(${era} AS ${type}) WHEN ends_with(${text}, 'y') THEN NULL ELSE ${cast} END`
      return checked(plan, text, value, choices.infinity === 'null' ? 'infinity' : 'NULL', INFINITY_HINT)
    }
  }
}

export const NAN_HINT = 'Choose what becomes of what is not a number, or read such columns as text.'
export const INFINITY_HINT = 'Choose what becomes of infinite dates, or read dates as text.'

/** A value, or an error that names it. @param missing texts that become NULL */
function checked(plan: ColumnPlan, text: Sql, value: Sql, missing: string, hint = 'Read it as text.'): Sql {
  const none: Readonly<Record<string, Sql>> = {
    NULL: sql`${text} IS NULL`,
    NaN: sql`${text} IS NULL OR ${text} = 'NaN'`,
    special: sql`${text} IS NULL OR ends_with(${text}, 'N') OR ends_with(${text}, 'y')`,
    infinity: sql`${text} IS NULL OR ends_with(${text}, 'y')`,
  }
  return sql`coalesce(${value}, CASE WHEN ${none[missing] ?? raw('false')} THEN NULL ELSE ${unfit(plan, text, hint)} END)`
}

const unfit = (plan: ColumnPlan, text: Sql, hint: string): Sql =>
  failure(
    'source.value',
    [],
    [`The column “${plan.name}” holds “`, sql`left(${text}, 200)`, `”, which ${typeOfPlan(plan)} cannot hold.`],
    hint,
  )
