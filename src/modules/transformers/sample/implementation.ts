import { assertNever } from '../../../shared/result.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { type SampleConfig, sampleDescriptor } from './descriptor.ts'

export const sample: RelationModule<typeof sampleDescriptor, undefined> = {
  kind: 'relation',
  descriptor: sampleDescriptor,
  blocking: true,
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const per = config.per.map((name, index) => identifier(requireColumn(input.columns, name, ['per', index]).name))
    const partition = per.length > 0 ? sql`PARTITION BY ${joinSql(per)} ` : raw('')
    switch (config.mode) {
      case 'first':
        if (per.length === 0) return { out: sql`SELECT * FROM ${input.name} LIMIT ${config.rows}` }
        return {
          out: inOrder(
            input,
            (position) => sql`row_number() OVER (${partition}ORDER BY ${position}) <= ${config.rows}`,
          ),
        }
      case 'every':
        return {
          out: inOrder(
            input,
            (position) => sql`(row_number() OVER (${partition}ORDER BY ${position}) - 1) % ${config.rows} = 0`,
          ),
        }
      case 'random':
      case 'fraction':
        return { out: atRandom(config, input, partition, per.length > 0) }
      default:
        return assertNever(config.mode)
    }
  },
}

function inOrder(input: InputRelation, test: (position: Sql) => Sql): Sql {
  const position = identifier(freeName('position', input.columns))
  const numbered = sql`(SELECT *, row_number() OVER () AS ${position} FROM ${input.name})`
  return sql`SELECT * EXCLUDE (${position}) FROM ${numbered} QUALIFY ${test(position)} ORDER BY ${position}`
}

/**
 * Gives every row a number that its content and the seed decide, and takes the lowest. Equal rows are numbered apart, since
 * otherwise all or none of them would be taken; which of them is taken makes no difference.
 */
function atRandom(config: SampleConfig, input: InputRelation, partition: Sql, stratified: boolean): Sql {
  const content = identifier(freeName('content', input.columns))
  const draw = identifier(freeName('draw', input.columns))
  const all = joinSql(input.columns.map((column) => identifier(column.name)))
  const hashed = sql`(SELECT *, hash(${all}) AS ${content} FROM ${input.name})`
  const drawn = sql`(SELECT *, hash(${content}, row_number() OVER (PARTITION BY ${content}), ${config.seed}) AS ${draw} FROM ${hashed})`
  const rest = sql`SELECT * EXCLUDE (${content}, ${draw}) FROM ${drawn}`
  const rank = sql`row_number() OVER (${partition}ORDER BY ${draw}, ${content})`
  if (config.mode === 'random')
    return stratified
      ? sql`${rest} QUALIFY ${rank} <= ${config.rows}`
      : sql`${rest} ORDER BY ${draw}, ${content} LIMIT ${config.rows}`
  const share = raw(`CAST('${config.fraction}' AS DOUBLE)`)
  if (stratified) return sql`${rest} QUALIFY ${rank} <= ceil(${share} * count(*) OVER (${partition}))`
  return sql`${rest} WHERE ${draw} / 18446744073709551616.0 < ${share}`
}
