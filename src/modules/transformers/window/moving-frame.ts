import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { FieldPath } from '../../kit/fields.ts'
import { requireColumn } from '../../kit/inputs.ts'
import { raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, integerType, isFloat, isScalar } from '../../kit/types.ts'
import type { WindowConfig, WindowMeasure } from './descriptor.ts'

interface Named {
  readonly config: WindowConfig
  readonly columns: readonly Column[]
  readonly rows: Sql
  readonly key: Sql
}

/** What stands after OVER, and what leaves a result empty where the window is not complete. */
export interface MovingFrame {
  readonly frame: Sql
  readonly complete: (value: Sql) => Sql
}

/** @throws LogiDataError `window.frame`, `window.range` */
export function movingFrame(measure: WindowMeasure, context: Named, field: FieldPath): MovingFrame {
  const { before, after, include_current: includes } = measure
  if (!includes && before === 0 && after === 0)
    throw userError('window.frame', 'A window of no rows before, none after and without the row itself is empty.', {
      field: [...field, 'before'],
      hint: 'Let it reach before or after the row.',
    })
  const exclude = raw(includes ? '' : ' EXCLUDE CURRENT ROW')
  if (measure.over === 'range') {
    if (measure.complete_only)
      throw userError('window.frame', 'A window by distance has no number of rows to be complete.', {
        field: [...field, 'complete_only'],
        hint: 'Use a window of rows, or leave this out.',
      })
    const unit = rangeUnit(measure, context, field)
    const frame = sql`(${context.key} RANGE BETWEEN ${unit(before)} PRECEDING AND ${unit(after)} FOLLOWING${exclude})`
    return { frame, complete: (value) => value }
  }
  for (const side of ['before', 'after'] as const)
    if (!Number.isInteger(measure[side]))
      throw userError('window.frame', `${measure[side]} is no number of rows.`, {
        field: [...field, side],
        hint: 'Give a whole number.',
      })
  // Without the row itself, RANGE and ROWS frames differ in nothing: the total order has no peers but equal rows.
  const frame = sql`(${context.rows} ROWS BETWEEN ${before} PRECEDING AND ${after} FOLLOWING${exclude})`
  if (!measure.complete_only) return { frame, complete: (value) => value }
  const rows = before + after + (includes ? 1 : 0)
  return { frame, complete: (value) => sql`CASE WHEN count(*) OVER ${frame} = ${rows} THEN ${value} END` }
}

function rangeUnit(measure: WindowMeasure, context: Named, field: FieldPath): (amount: number) => Sql {
  const [key, ...more] = context.config.order
  if (!key?.column || more.length > 0 || key.case_insensitive || key.natural || key.language || key.values.length > 0)
    throw userError('window.range', 'A window by distance needs exactly one column in the order.', {
      field: ['order'],
      hint: 'Order by the date or the number that the distance is measured in.',
    })
  const column = requireColumn(context.columns, key.column, ['order', 0, 'column'])
  const type = columnType(column.type)
  const isTime = isScalar(type, 'DATE') || (type.kind === 'scalar' && type.name.startsWith('TIMESTAMP'))
  const isNumber = integerType(type) !== undefined || type.kind === 'decimal' || isFloat(type)
  if (measure.unit === 'value' ? !isNumber : !isTime)
    throw userError(
      'window.range',
      `“${column.name}” is ${formatType(type)}, which has no distance in ${measure.unit === 'value' ? 'numbers' : `${measure.unit}s`}.`,
      { field: [...field, 'unit'], hint: 'Choose another unit, or order by another column.' },
    )
  return (amount) => {
    if (measure.unit === 'value') return raw(isFloat(type) ? `CAST('${amount}' AS DOUBLE)` : String(amount))
    if (!Number.isInteger(amount))
      throw userError('window.frame', `${amount} is no whole number of ${measure.unit}s.`, {
        field: [...field, 'before'],
        hint: 'Choose a smaller unit.',
      })
    return sql`INTERVAL ${`${amount} ${measure.unit}s`}`
  }
}
