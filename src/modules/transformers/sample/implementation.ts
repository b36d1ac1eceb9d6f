import { userError } from '../../../shared/errors.ts'
import { assertNever } from '../../../shared/result.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { asShare, drawRows } from '../../kit/draw.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { type SampleConfig, sampleDescriptor } from './descriptor.ts'

type Both = Readonly<Record<'out' | 'rest', Sql>>

export const sample: RelationModule<typeof sampleDescriptor, undefined> = {
  kind: 'relation',
  descriptor: sampleDescriptor,
  blocking: true,
  takesFirst: ({ mode, per, rows }) => (mode === 'first' && per.length === 0 ? { rows } : undefined),
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const per = config.per.map((name, index) => identifier(requireColumn(input.columns, name, ['per', index]).name))
    const partition = per.length > 0 ? sql`PARTITION BY ${joinSql(per)} ` : raw('')
    const number = (position: Sql, order = raw('')): Sql =>
      sql`row_number() OVER (${partition}ORDER BY ${position}${order})`
    switch (config.mode) {
      case 'first':
        if (per.length === 0)
          return {
            out: sql`SELECT * FROM ${input.name} LIMIT ${config.rows}`,
            rest: sql`SELECT * FROM ${input.name} OFFSET ${config.rows}`,
          }
        return inOrder(input, (position) => sql`${number(position)} <= ${config.rows}`)
      case 'last':
        return inOrder(input, (position) => sql`${number(position, raw(' DESC'))} <= ${config.rows}`)
      case 'every': {
        const taken = (place: Sql): Sql => {
          if (config.start <= config.rows) return sql`${place} % ${config.rows} = ${config.start % config.rows}`
          const from = sql`(${place} - ${config.start})`
          return sql`${from} >= 0 AND ${from} % ${config.rows} = 0`
        }
        return per.length === 0 ? asTheyCome(input, taken) : inOrder(input, (position) => taken(number(position)))
      }
      case 'bootstrap':
        if (per.length > 0)
          throw userError('sample.per-unused', 'Rows drawn with repetition are drawn from all rows.', {
            field: ['per'],
            hint: 'Take the columns away, or draw without repetition.',
          })
        return bootstrap(config, input)
      case 'random':
      case 'fraction':
        return atRandom(config, input, partition, per.length > 0)
      default:
        return assertNever(config.mode)
    }
  },
}

function inOrder(input: InputRelation, test: (position: Sql) => Sql): Both {
  const position = identifier(freeName('position', input.columns))
  const numbered = sql`(SELECT *, row_number() OVER () AS ${position} FROM ${input.name})`
  const where = (condition: Sql): Sql =>
    sql`SELECT * EXCLUDE (${position}) FROM ${numbered} QUALIFY ${condition} ORDER BY ${position}`
  const taken = test(position)
  return { out: where(taken), rest: where(sql`NOT (${taken})`) }
}

/** Rows chosen by their place in the whole table: counted as they stream by, which keeps their order. */
function asTheyCome(input: InputRelation, test: (position: Sql) => Sql): Both {
  const position = identifier(freeName('position', input.columns))
  const numbered = sql`(SELECT *, row_number() OVER () AS ${position} FROM ${input.name})`
  const where = (condition: Sql): Sql => sql`SELECT * EXCLUDE (${position}) FROM ${numbered} WHERE ${condition}`
  return { out: where(test(position)), rest: where(sql`NOT (${test(position)})`) }
}

/** The rows with the lowest numbers. */
function atRandom(config: SampleConfig, input: InputRelation, partition: Sql, stratified: boolean): Both {
  const { relation, draw, content, columns } = drawRows(input, config.seed)
  const rows = sql`SELECT ${columns} FROM ${relation}`
  const rank = sql`row_number() OVER (${partition}ORDER BY ${draw}, ${content})`
  const cut = (keyword: string, test: Sql): Both => ({
    out: sql`${rows} ${raw(keyword)} ${test}`,
    rest: sql`${rows} ${raw(keyword)} NOT (${test})`,
  })
  if (config.mode === 'random') {
    if (stratified) return cut('QUALIFY', sql`${rank} <= ${config.rows}`)
    const inOrder = sql`${rows} ORDER BY ${draw}, ${content}`
    return { out: sql`${inOrder} LIMIT ${config.rows}`, rest: sql`${inOrder} OFFSET ${config.rows}` }
  }
  const share = raw(`CAST('${config.fraction}' AS DOUBLE)`)
  if (stratified || config.exact) return cut('QUALIFY', sql`${rank} <= ceil(${share} * count(*) OVER (${partition}))`)
  return cut('WHERE', sql`${asShare(draw)} < ${share}`)
}

/** Each drawing picks a place in the rows as their numbers order them. */
function bootstrap(config: SampleConfig, input: InputRelation): Both {
  const { relation, draw, content, columns } = drawRows(input, config.seed)
  const [place, pick, turn] = ['place', 'pick', 'turn'].map((name) => identifier(freeName(name, input.columns))) as [
    Sql,
    Sql,
    Sql,
  ]
  const placed = sql`(SELECT ${columns}, row_number() OVER (ORDER BY ${draw}, ${content}) - 1 AS ${place} FROM ${relation})`
  const picks = sql`(SELECT t AS ${turn}, hash(t, ${config.seed}) % (SELECT count(*) FROM ${input.name}) AS ${pick} FROM range(${config.rows}) AS r(t))`
  return {
    out: sql`SELECT rows.* EXCLUDE (${place}) FROM ${picks} AS picks JOIN ${placed} AS rows ON rows.${place} = picks.${pick} ORDER BY picks.${turn}`,
    rest: sql`SELECT rows.* EXCLUDE (${place}) FROM ${placed} AS rows WHERE ${place} NOT IN (SELECT ${pick} FROM ${picks} WHERE ${pick} IS NOT NULL)`,
  }
}
