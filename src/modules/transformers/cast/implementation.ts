import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { alwaysFits, castColumn, castOfFitting, impliedType } from '../../kit/cast-column.ts'
import { selectColumns } from '../../kit/column-selection.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { requireInput } from '../../kit/inputs.ts'
import { Layers } from '../../kit/layers.ts'
import { checkNumberStyle, plainNumber } from '../../kit/number-text.ts'
import { identifier, type Sql, sql } from '../../kit/sql.ts'
import { trimmed } from '../../kit/text-sql.ts'
import { columnType, formatType, integerType, isFloat, isScalar, parseType, type SqlType } from '../../kit/types.ts'
import { type OnError, orFail, passes, rejects, type Unfit } from '../../kit/unfit.ts'
import { type CastConfig, castDescriptor } from './descriptor.ts'

type Cast = CastConfig['casts'][number]

export const cast: RelationModule<typeof castDescriptor, undefined> = {
  kind: 'relation',
  descriptor: castDescriptor,
  splitsRows: true,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const layers = new Layers(input)
    const unfits: Unfit[] = []
    const seen = new Set<string>()
    const replaced = config.casts.flatMap((item, index) => {
      const field = ['casts', index]
      const to = targetOf(item, field)
      return selectColumns(item, input.columns, field).flatMap((column) => {
        if (seen.has(column.name))
          throw userError('cast.twice', `The column “${column.name}” is given two types.`, {
            field,
            hint: 'Take it out of one of the two.',
          })
        seen.add(column.name)
        const done = castOne(item, column, to, layers, config.on_error, field)
        if (!done) return []
        unfits.push(...done.unfits)
        return [{ name: column.name, value: orFail(done.value, done.unfits, config.on_error, nodeId) }]
      })
    })
    const rejecting = config.on_error === 'reject'
    return {
      out: sql`${layers.select(replaced)}${passes(unfits, config.on_error)}`,
      reject: rejects(
        rejecting ? layers.from : input.name,
        input.columns,
        rejecting ? unfits : [],
        config.on_error,
        rejecting ? layers.names : [],
      ),
    }
  },
}

function targetOf(item: Cast, field: FieldPath): SqlType | undefined {
  const { type } = item
  checkNumberStyle(item, field)
  if (type !== undefined) return atField([...field, 'type'], () => parseType(type))
  if (item.format !== undefined) return undefined
  throw userError('config.missing', 'Choose the type.', { field: [...field, 'type'] })
}

/** Nothing when the column has the type already. */
function castOne(
  item: Cast,
  column: Column,
  wanted: SqlType | undefined,
  layers: Layers,
  onError: OnError,
  field: FieldPath,
) {
  const from = columnType(column.type)
  const to = wanted ?? impliedType(from, item.format ?? '')
  const source = identifier(column.name)
  const isText = isScalar(from, 'VARCHAR')
  const emptied = item.empty_is_null && isText ? sql`CASE WHEN ${trimmed(source)} <> '' THEN ${source} END` : source
  const styled = item.decimal !== '.' || item.thousands !== ''
  let value: Sql = emptied
  let layer = 0
  const hold = (held: Sql): void => {
    const next = layers.hold({ value: held, layer })
    value = next.value
    layer = next.layer
  }
  if (value !== source) hold(value)
  const original = value
  const isNumber = integerType(to) !== undefined || to.kind === 'decimal' || isFloat(to)
  if (isText && styled && isNumber && item.format === undefined) hold(plainNumber(value, item))
  const result = castColumn(value, from, to, item, [...field, 'format'])
  if (result.text === source.text) return undefined
  if (alwaysFits(from, to, item)) return { value: result, unfits: [] }
  const unfit: Unfit = {
    column: column.name,
    failed: sql`${original} IS NOT NULL AND ${result} IS NULL`,
    shown: sql`CAST(${source} AS VARCHAR)`,
    why: `does not fit ${formatType(to)}`,
    whyFailed: item.lossy ? `does not fit ${formatType(to)}` : `does not fit ${formatType(to)} without loss`,
    code: 'cast.failed',
    hint: 'Send such rows to the reject port, leave them empty, or allow loss.',
    field,
  }
  const fitting = onError === 'null' ? result : castOfFitting(value, from, to, item, [...field, 'format'])
  return { value: fitting, unfits: [unfit] }
}
