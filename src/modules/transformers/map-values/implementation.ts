import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { exactCast } from '../../kit/casts.ts'
import { selectColumns } from '../../kit/column-selection.ts'
import { constantOf } from '../../kit/constant.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { atField } from '../../kit/fields.ts'
import { checkDistinctNames, requireInput } from '../../kit/inputs.ts'
import { Layers } from '../../kit/layers.ts'
import { identifier, joinSql, literal, type Sql, sql } from '../../kit/sql.ts'
import { trimmed } from '../../kit/text-sql.ts'
import { columnType, formatType, isScalar, parseType, type SqlType, typeSql } from '../../kit/types.ts'
import { orFail, passes, rejects, type Unfit } from '../../kit/unfit.ts'
import { type MapConfig, mapValuesDescriptor } from './descriptor.ts'

export const mapValues: RelationModule<typeof mapValuesDescriptor, undefined> = {
  kind: 'relation',
  descriptor: mapValuesDescriptor,
  splitsRows: true,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    checkConfig(config)
    const layers = new Layers(input)
    const unfits: Unfit[] = []
    const onError = config.others === 'reject' ? 'reject' : 'fail'
    const values = selectColumns(config, input.columns).map((column) => {
      const { value, unfit } = mapColumn(config, column, layers, nodeId)
      const own = unfit ? [unfit] : []
      unfits.push(...own)
      return { name: column.name + (config.suffix ?? ''), value: orFail(value, own, onError, nodeId) }
    })
    if (config.suffix) checkDistinctNames([...input.columns, ...values], 'The result', ['suffix'])
    const out = config.suffix
      ? layers.select(
          [],
          values.map(({ name, value }) => sql`${value} AS ${identifier(name)}`),
        )
      : layers.select(values)
    const rejecting = onError === 'reject'
    return {
      out: sql`${out}${passes(unfits, onError)}`,
      reject: rejects(
        rejecting ? layers.from : input.name,
        input.columns,
        rejecting ? unfits : [],
        onError,
        rejecting ? layers.names : [],
      ),
    }
  },
}

function checkConfig(config: MapConfig): void {
  if (config.mapping.length === 0 && config.null_to === undefined)
    throw userError('config.missing', 'List at least one value.', { field: ['mapping'] })
  if (config.others === 'constant' && config.other === undefined)
    throw userError('config.missing', 'Give the value for those that are not listed.', { field: ['other'] })
}

function mapColumn(config: MapConfig, column: Column, layers: Layers, nodeId: string): { value: Sql; unfit?: Unfit } {
  const from = columnType(column.type)
  const written = config.type
  const to = written === undefined ? from : atField(['type'], () => parseType(written))
  const source = identifier(column.name)
  const isText = isScalar(from, 'VARCHAR')
  const key = isText ? layers.hold({ value: folded(source, config), layer: 0 }).value : source
  const keys = config.mapping.map((item, index) =>
    constantOf(isText ? foldedText(String(item.from), config) : item.from, from, ['mapping', index, 'from']),
  )
  refuseTwice(config, keys)
  const cases = config.mapping.map((item, index) => {
    const target = item.to === undefined ? nullOf(to) : constantOf(item.to, to, ['mapping', index, 'to'])
    return sql`WHEN ${key} = ${keys[index] ?? literal(null)} THEN ${target}`
  })
  if (config.null_to !== undefined)
    cases.push(sql`WHEN ${source} IS NULL THEN ${constantOf(config.null_to, to, ['null_to'])}`)
  else if (config.others === 'constant') cases.push(sql`WHEN ${source} IS NULL THEN NULL`)
  const value = sql`CASE ${joinSql(cases, ' ')} ELSE ${otherwise(config, column, source, from, to, nodeId)} END`
  if (config.others !== 'reject' && config.others !== 'fail') return { value }
  const listed = keys.length > 0 ? sql`${key} IN (${joinSql(keys)})` : literal(false)
  const unfit: Unfit = {
    column: column.name,
    failed: sql`${source} IS NOT NULL AND NOT (${listed})`,
    shown: sql`CAST(${source} AS VARCHAR)`,
    why: 'is not among the listed values',
    code: 'map.not-listed',
    hint: 'List it, or choose what happens to values that are not listed.',
    field: ['mapping'],
  }
  return { value, unfit }
}

const nullOf = (type: SqlType): Sql => sql`CAST(NULL AS ${typeSql(type)})`

function otherwise(config: MapConfig, column: Column, source: Sql, from: SqlType, to: SqlType, nodeId: string): Sql {
  if (config.others === 'constant' && config.other !== undefined) return constantOf(config.other, to, ['other'])
  if (config.others !== 'keep') return nullOf(to)
  const kept = exactCast(source, from, to)
  if (kept.text === source.text) return source
  const message = [
    '“',
    sql`left(CAST(${source} AS VARCHAR), 80)`,
    `” of the column “${column.name}” is kept, but does not fit ${formatType(to)} without loss.`,
  ]
  const error = failure('cast.failed', ['type'], message, 'List it, or choose another type.', nodeId)
  return sql`CASE WHEN ${source} IS NOT NULL AND ${kept} IS NULL THEN ${error} ELSE ${kept} END`
}

function folded(value: Sql, config: MapConfig): Sql {
  const bare = config.trim ? trimmed(value) : value
  return config.case_insensitive ? sql`lower(${bare})` : bare
}

function foldedText(text: string, config: MapConfig): string {
  const bare = config.trim ? text.trim() : text
  return config.case_insensitive ? bare.toLowerCase() : bare
}

function refuseTwice(config: MapConfig, keys: readonly Sql[]): void {
  const seen = new Set<string>()
  for (const [index, { text }] of keys.entries()) {
    if (seen.has(text))
      throw userError('map.duplicate', `“${String(config.mapping[index]?.from)}” is listed twice.`, {
        field: ['mapping', index, 'from'],
        hint: 'Keep one of the two.',
      })
    seen.add(text)
  }
}
