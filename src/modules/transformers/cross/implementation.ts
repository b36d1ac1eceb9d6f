import { userError } from '../../../shared/errors.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { nameKey, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { type CrossConfig, crossDescriptor } from './descriptor.ts'

export const cross: RelationModule<typeof crossDescriptor, undefined> = {
  kind: 'relation',
  descriptor: crossDescriptor,
  blocking: true,
  compile: ({ nodeId, config, inputs, sampled }) => {
    if (inputs.size < 2)
      throw userError('input.missing', 'Combinations need two inputs.', { hint: 'Connect one more node.' })
    for (const port of inputs.keys()) requireInput(inputs, port)
    const side = (index: number): Sql => identifier(`ld$side${index}`)
    const values = namedColumns(config, inputs).map(
      ({ index, from, name }) => sql`${side(index)}.${identifier(from)} AS ${identifier(name)}`,
    )
    const relations = [...inputs.values()].map(({ name }) => name)
    if (config.limit === null || sampled)
      return {
        out: sql`SELECT ${joinSql(values)} FROM ${joinSql(
          relations.map((relation, index) => sql`${relation} AS ${side(index)}`),
          ' CROSS JOIN ',
        )}`,
      }
    // Kept where it is not a file in columns, or quick steps over one, so that counting does not compute an input a second time, and counts the rows
    // that are then combined.
    const kept = [...inputs.values()].flatMap(({ name, columnar }, index) =>
      columnar ? [] : [sql`${side(index)} AS MATERIALIZED (SELECT * FROM ${name} AS input)`],
    )
    const rows = [...inputs.values()].map(({ name, columnar }, index) => (columnar ? name : side(index)))
    const guard = identifier('ld$within')
    const within = sql`${guard} AS MATERIALIZED (${withinLimit(config.limit, [...inputs.keys()], rows, nodeId)})`
    // On every side, since DuckDB may combine any two of them first.
    const from = joinSql(
      rows.map((from, index) => sql`(SELECT * FROM ${from} WHERE (SELECT fits FROM ${guard})) AS ${side(index)}`),
      ' CROSS JOIN ',
    )
    return { out: sql`WITH ${joinSql([...kept, within])} SELECT ${joinSql(values)} FROM ${from}` }
  },
}

/** A row with TRUE, or an error. As a DOUBLE first, since the product may be beyond every integer. */
function withinLimit(limit: number, ports: readonly string[], rows: readonly Sql[], nodeId: string): Sql {
  const count = (index: number): Sql => raw(`n${index}`)
  const counts = joinSql(rows.map((from, index) => sql`(SELECT count(*) FROM ${from}) AS ${count(index)}`))
  const product = joinSql(
    ports.map((_, index) => sql`CAST(${count(index)} AS DOUBLE)`),
    ' * ',
  )
  const exact = joinSql(
    ports.map((_, index) => sql`CAST(${count(index)} AS HUGEINT)`),
    ' * ',
  )
  const words = ports.flatMap((port, index) => [
    index === 0 ? 'There would be ' : index === ports.length - 1 ? ' and ' : ', ',
    ...(index === 0 ? [sql`coalesce(CAST(TRY(${exact}) AS VARCHAR), 'more than 10^38')`, ' combinations of '] : []),
    sql`CAST(${count(index)} AS VARCHAR)`,
    ` rows of “${port}”`,
  ])
  const error = failure(
    'cross.too-many',
    ['limit'],
    [...words, `: more than ${limit}.`],
    'Filter the inputs, join them by a key, or raise the limit.',
    nodeId,
  )
  const tooMany = sql`CASE WHEN ${product} < 1e37 THEN ${exact} > ${literal(BigInt(limit))} ELSE TRUE END`
  return sql`SELECT CASE WHEN ${tooMany} THEN ${error} ELSE TRUE END AS fits FROM (SELECT ${counts})`
}

interface CrossColumn {
  readonly index: number
  readonly from: string
  readonly name: string
}

/** @throws LogiDataError `cross.prefixes` for more prefixes than inputs, `cross.name` when a prefix does not tell two names apart */
function namedColumns(config: CrossConfig, inputs: ReadonlyMap<string, InputRelation>): CrossColumn[] {
  if (config.prefixes.length > inputs.size)
    throw userError('cross.prefixes', `There are ${config.prefixes.length} prefixes for ${inputs.size} inputs.`, {
      field: ['prefixes', inputs.size],
      hint: 'Give one for each input, in their order.',
    })
  const taken = new Map<string, string>()
  return [...inputs].flatMap(([port, { columns }], index) => {
    const given = config.prefixes[index] ?? ''
    // A name that nobody has to change is settled before any prefix can take it.
    const changed = (name: string): boolean => (config.names === 'all' && given !== '') || earlier.has(nameKey(name))
    const earlier = new Set(taken.keys())
    for (const { name } of columns) if (!changed(name)) taken.set(nameKey(name), port)
    return columns.map(({ name: from }): CrossColumn => {
      if (!changed(from)) return { index, from, name: from }
      const name = `${given === '' ? `${port}_` : given}${from}`
      const other = taken.get(nameKey(name))
      if (other !== undefined)
        throw userError('cross.name', `“${from}” of “${port}” would become “${name}”, which “${other}” has.`, {
          field: ['prefixes'],
          hint: 'Give this input another prefix.',
        })
      taken.set(nameKey(name), port)
      return { index, from, name }
    })
  })
}
