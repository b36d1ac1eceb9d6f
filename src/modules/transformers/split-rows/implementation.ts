import { outputPortsOf } from '../../../shared/modules/ports.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { asShare, drawRows } from '../../kit/draw.ts'
import type { FieldPath } from '../../kit/fields.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { type SplitRowsConfig, splitRowsDescriptor } from './descriptor.ts'

export const splitRows: RelationModule<typeof splitRowsDescriptor, undefined> = {
  kind: 'relation',
  descriptor: splitRowsDescriptor,
  blocking: true,
  splitsRows: true,
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const columns = (names: readonly string[], field: FieldPath): Sql[] =>
      names.map((name, index) => identifier(requireColumn(input.columns, name, [...field, index]).name))
    const strata = columns(config.stratify, ['stratify'])
    const partition = strata.length > 0 ? sql`PARTITION BY ${joinSql(strata)}` : raw('')
    const { relation, selected, before, order } = placed(
      config,
      input,
      partition,
      columns(config.together, ['together']),
    )
    const ports = outputPortsOf(splitRowsDescriptor.outputs, config)
    const total = config.parts.reduce((sum, part) => sum + part.share, 0)
    let taken = 0
    const compiled: Record<string, Sql> = {}
    ports.forEach((port, index) => {
      const from = taken
      taken += config.parts[index]?.share ?? 0
      const isLast = index === ports.length - 1
      const tests = [
        ...(index > 0 ? [sql`NOT (${before(from / total)})`] : []),
        ...(isLast ? [] : [before(taken / total)]),
      ]
      const where = tests.length > 0 ? sql` WHERE ${joinSql(tests, ' AND ')}` : raw('')
      compiled[port.name] = sql`SELECT ${selected} FROM ${relation}${where}${order}`
    })
    return compiled
  },
}

interface Placed {
  readonly relation: Sql
  readonly selected: Sql
  /** True for the rows of the first so much of all. */
  readonly before: (share: number) => Sql
  readonly order: Sql
}

function placed(config: SplitRowsConfig, input: InputRelation, partition: Sql, together: readonly Sql[]): Placed {
  const double = (share: number): Sql => sql`CAST(${literal(String(share))} AS DOUBLE)`
  const place = identifier(freeName('place', input.columns))
  const all = identifier(freeName('all', input.columns))
  const before = (share: number): Sql => sql`${place} <= round(${double(share)} * ${all})`
  if (config.method === 'order') {
    const position = identifier(freeName('position', input.columns))
    const numbered = sql`(SELECT *, row_number() OVER () AS ${position} FROM ${input.name})`
    return {
      relation: sql`(SELECT *, row_number() OVER (${partition} ORDER BY ${position}) AS ${place}, count(*) OVER (${partition}) AS ${all} FROM ${numbered})`,
      selected: sql`* EXCLUDE (${position}, ${place}, ${all})`,
      before,
      order: sql` ORDER BY ${position}`,
    }
  }
  const rows = drawRows(input, config.seed)
  const group = together.length > 0 ? sql`hash(${joinSql(together)}, ${config.seed})` : undefined
  const draw = group ?? rows.draw
  const relation = group ? input.name : rows.relation
  const own = group ? raw('*') : rows.columns
  if (config.method === 'stable')
    return {
      relation: sql`(SELECT ${own}, ${asShare(draw)} AS ${place} FROM ${relation})`,
      selected: sql`* EXCLUDE (${place})`,
      before: (share) => sql`${place} < ${double(share)}`,
      order: raw(''),
    }
  const number = group
    ? sql`dense_rank() OVER (${partition} ORDER BY ${draw}, ${joinSql(together)})`
    : sql`row_number() OVER (${partition} ORDER BY ${draw}, ${rows.content})`
  const numbered = sql`(SELECT ${own}, ${number} AS ${place} FROM ${relation})`
  const count = group ? sql`max(${place}) OVER (${partition})` : sql`count(*) OVER (${partition})`
  return {
    relation: sql`(SELECT *, ${count} AS ${all} FROM ${numbered})`,
    selected: sql`* EXCLUDE (${place}, ${all})`,
    before,
    order: raw(''),
  }
}
