import type { Column } from '../../../../shared/engine/types.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../../kit/sql.ts'
import { formatType, typeSql } from '../../../kit/types.ts'
import type { TextPolicy } from './document-text.ts'
import { duckType, type Shape, type ShapeColumn, sqlTypeOf } from './shape.ts'

type Extras = Pick<TextPolicy, 'other_fields' | 'list_missing'>

export const OTHERS = '_other_fields'
export const MISSING = '_missing'

/** The columns of an extract, in the order of `DocumentText`. */
export function columnsOf(columns: readonly ShapeColumn[], { other_fields, list_missing }: Extras): Column[] {
  return [
    ...columns.map(({ column, shape }) => ({ name: column, type: duckType(shape) })),
    ...(other_fields === 'keep' ? [{ name: OTHERS, type: 'JSON' }] : []),
    ...(list_missing ? [{ name: MISSING, type: 'VARCHAR[]' }] : []),
  ]
}

const OPTIONS =
  "header = false, auto_detect = false, delim = '\x1f', quote = '\x1e', escape = '\x1e', nullstr = '\x1d', allow_quoted_nulls = false, new_line = '\\n'"
const SHORT = 'max_line_size = 2097152, buffer_size = 8388608'
const LONG = 'max_line_size = 104857600, buffer_size = 104857600'

/** The rows of the text at a path. @param long its lines are longer than `LONG_LINE` */
export function selectText(path: string, columns: readonly ShapeColumn[], extras: Extras, long: boolean): Sql {
  const shapes: Shape[] = [
    ...columns.map(({ shape }) => shape),
    ...(extras.other_fields === 'keep' ? [{ kind: 'leaf', type: 'JSON' } as const] : []),
    ...(extras.list_missing ? [{ kind: 'list', item: { kind: 'leaf', type: 'VARCHAR' } } as const] : []),
  ]
  const names = shapes.map((_, index) => identifier(`c${index}`))
  const types = joinSql(shapes.map((shape, index) => sql`${`c${index}`}: ${literal(textType(shape))}`))
  const cells = joinSql(shapes.map((shape, index) => converted(shape, names[index] as Sql)))
  return sql`SELECT ${cells} FROM read_csv(${path}, columns = {${types}}, ${raw(OPTIONS)}, ${raw(long ? LONG : SHORT)})`
}

const DIRECT = /^(?:BOOLEAN|U?(?:TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|VARCHAR|DECIMAL.*)$/

function textType(shape: Shape): string {
  if (shape.kind !== 'leaf') return 'VARCHAR'
  if (shape.type.startsWith('TIMESTAMP')) return 'BIGINT'
  return DIRECT.test(shape.type) ? shape.type : 'VARCHAR'
}

function converted(shape: Shape, cell: Sql): Sql {
  if (shape.kind !== 'leaf') {
    const carried = carrier(shape)
    const read = sql`CAST(CAST(${cell} AS JSON) AS ${typeSql(sqlTypeOf(carried))})`
    return formatType(sqlTypeOf(carried)) === duckType(shape)
      ? read
      : sql`CAST(${read} AS ${typeSql(sqlTypeOf(shape))})`
  }
  switch (shape.type) {
    case 'TIMESTAMP':
      return sql`make_timestamp(${cell})`
    case 'TIMESTAMP WITH TIME ZONE':
      return sql`make_timestamptz(${cell})`
    case 'BLOB':
      return sql`from_hex(${cell})`
    case 'JSON':
    case 'UUID':
    case 'DATE':
      return sql`CAST(${cell} AS ${raw(shape.type)})`
    default:
      return cell
  }
}

/** What JSON carries: bytes come as text with their digits. */
function carrier(shape: Shape): Shape {
  if (shape.kind === 'list') return { kind: 'list', item: carrier(shape.item) }
  if (shape.kind === 'struct')
    return { kind: 'struct', fields: shape.fields.map((field) => ({ name: field.name, shape: carrier(field.shape) })) }
  return shape.type === 'BLOB' ? { kind: 'leaf', type: 'VARCHAR' } : shape
}
