import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { checkDistinctNames, requireInput } from '../../kit/inputs.ts'
import { sideOrder } from '../../kit/side-order.ts'
import {
  equalKeys,
  type KeyPair,
  LEFT,
  type NamedColumn,
  nameRightColumns,
  of,
  RIGHT,
  resolveKeys,
  resolvePair,
} from '../../kit/sides.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, isFloat } from '../../kit/types.ts'
import { distanceOf, type ValueDistance } from '../../kit/value-distance.ts'
import { type AsofJoinConfig, asofJoinDescriptor } from './descriptor.ts'

const EARLIER = identifier('earlier')
const LATER = identifier('later')

interface Plan {
  readonly nodeId: string
  readonly config: AsofJoinConfig
  readonly left: InputRelation
  readonly right: InputRelation
  readonly on: KeyPair
  readonly keys: readonly KeyPair[]
  readonly measure: ValueDistance | undefined
}

export const asofJoin: RelationModule<typeof asofJoinDescriptor, undefined> = {
  kind: 'relation',
  descriptor: asofJoinDescriptor,
  blocking: true,
  compile: ({ nodeId, config, inputs }) => {
    const left = requireInput(inputs, 'left')
    const right = requireInput(inputs, 'right')
    const on = resolvePair(config.on, left, right, ['on'])
    const keys = resolveKeys(config.keys, left, right)
    const measure = distanceOf(on.left.type, on.right.type)
    checkMeasure(config, on, measure)
    const plan = { nodeId, config, left, right, on, keys, measure }
    const names = nameRightColumns(
      config,
      keys,
      left,
      right,
      config.difference_column ? [config.difference_column] : [],
    )
    if (config.difference_column)
      checkDistinctNames([...left.columns, { name: config.difference_column }], 'The result', ['difference_column'])
    return config.direction === 'nearest' ? nearest(plan, names) : oneWay(plan, config.direction, names)
  },
}

function checkMeasure(config: AsofJoinConfig, on: KeyPair, measure: ValueDistance | undefined): void {
  const needs: readonly (readonly [string, boolean])[] = [
    ['direction', config.direction === 'nearest'],
    ['tolerance', config.tolerance !== undefined],
    ['difference_column', config.difference_column !== undefined],
  ]
  for (const [field, asked] of needs)
    if (asked && !measure)
      throw userError('asof.not-measurable', `There is no distance between values of ${on.left.type}.`, {
        field: [field],
        hint: 'Distances are between numbers, dates or times; texts only have an order.',
      })
  if (config.tolerance === undefined || !measure) return
  if (measure.timed && !config.tolerance_unit)
    throw userError('asof.unit', 'A distance between dates or times needs a unit.', {
      field: ['tolerance_unit'],
      hint: 'Choose one, such as hours or days.',
    })
  if (!measure.timed && config.tolerance_unit)
    throw userError('asof.unit', `A distance between numbers has no unit; “${on.left.name}” is ${on.left.type}.`, {
      field: ['tolerance_unit'],
      hint: 'Take the unit away.',
    })
}

function oneWay(plan: Plan, direction: 'earlier' | 'later', names: readonly NamedColumn[]): Record<string, Sql> {
  const { config, left, right, on, measure } = plan
  const join = (kind: string, table: Sql): Sql =>
    sql`${left.name} AS ${LEFT} ASOF ${raw(kind)} JOIN ${table} AS ${RIGHT} ON ${matches(plan, direction, RIGHT)}`
  const within = withinTolerance(plan, direction, RIGHT)
  const taken = sql`SELECT ${takenColumns(plan, (column) => of(RIGHT, column))} FROM ${join('', right.name)}${where(within ? [within] : [])}`
  const restPorts = {
    left_rest: within
      ? sql`SELECT ${LEFT}.* FROM ${join('LEFT', right.name)} WHERE ${within} IS NOT TRUE`
      : sql`SELECT ${LEFT}.* FROM ${join('ANTI', right.name)}`,
    right_rest: rightRest(plan, taken),
  }
  if (within && config.keep === 'all')
    return {
      match: decided(plan, names, join('LEFT', candidates(plan)), [RIGHT], sql`CASE WHEN ${within} THEN 1 END`),
      ...restPorts,
    }
  const values = names.map(({ column, name }) => sql`${of(RIGHT, column)} AS ${identifier(name)}`)
  if (config.difference_column && measure)
    values.push(
      sql`${measure.difference(of(LEFT, on.left), of(RIGHT, on.right))} AS ${identifier(config.difference_column)}`,
    )
  const kind = config.keep === 'all' ? 'LEFT' : ''
  const tests = [...tieGuard(plan), ...(within ? [within] : [])]
  return {
    match: sql`SELECT ${joinSql([sql`${LEFT}.*`, ...values])} FROM ${join(kind, candidates(plan))}${where(tests)}`,
    ...restPorts,
  }
}

function nearest(plan: Plan, names: readonly NamedColumn[]): Record<string, Sql> {
  const { config, left, right, on, measure } = plan
  if (!measure) throw new TypeError('checked before')
  const from = (table: Sql): Sql =>
    sql`${left.name} AS ${LEFT} ASOF LEFT JOIN ${table} AS ${EARLIER} ON ${matches(plan, 'earlier', EARLIER)} ASOF LEFT JOIN ${table} AS ${LATER} ON ${matches(plan, 'later', LATER)}`
  const moment = of(LEFT, on.left)
  const found = (direction: 'earlier' | 'later', side: Sql): Sql =>
    withinTolerance(plan, direction, side) ?? sql`${of(side, on.right)} IS NOT NULL`
  const [before, after] = [
    measure.distance(moment, of(EARLIER, on.right)),
    measure.distance(of(LATER, on.right), moment),
  ]
  // Where both are found, a distance that is NULL is infinite.
  const nearer =
    config.nearest_tie === 'earlier'
      ? sql`(${before} <= ${after} OR ${after} IS NULL)`
      : sql`(${before} < ${after} OR (${after} IS NULL AND ${before} IS NOT NULL))`
  const [earlier, later] = [found('earlier', EARLIER), found('later', LATER)]
  const pick = sql`CASE WHEN ${earlier} AND (${later} IS NOT TRUE OR ${nearer}) THEN 1 WHEN ${later} THEN 2 END`
  const taken = takenColumns(
    plan,
    (column) => sql`CASE ${pick} WHEN 1 THEN ${of(EARLIER, column)} WHEN 2 THEN ${of(LATER, column)} END`,
  )
  return {
    match: decided(plan, names, from(candidates(plan)), [EARLIER, LATER], pick),
    left_rest: sql`SELECT ${LEFT}.* FROM ${from(right.name)} WHERE ${pick} IS NULL`,
    right_rest: rightRest(plan, sql`SELECT ${taken} FROM ${from(right.name)}`),
  }
}

/**
 * Left columns, and those of the side that `pick` numbers, from 1. Two levels, so that the choice is written once: in front of each of two
 * thousand columns it would take seconds to plan.
 */
function decided(plan: Plan, names: readonly NamedColumn[], from: Sql, sides: readonly Sql[], pick: Sql): Sql {
  const { config, left, on, measure } = plan
  const inner = left.columns.map((column, index) => sql`${of(LEFT, column)} AS ${raw(`l${index}`)}`)
  sides.forEach((side, number) => {
    inner.push(...names.map(({ column }, index) => sql`${of(side, column)} AS ${raw(`s${number}_${index}`)}`))
    if (config.difference_column && measure)
      inner.push(sql`${measure.difference(of(LEFT, on.left), of(side, on.right))} AS ${raw(`s${number}_d`)}`)
  })
  const chosen = (column: string | number, name: string): Sql => {
    const cases = sides.map((_, number) => raw(`WHEN ${number + 1} THEN s${number}_${column}`))
    return sql`CASE pick ${joinSql(cases, ' ')} END AS ${identifier(name)}`
  }
  const outer = [
    ...left.columns.map((column, index) => sql`${raw(`l${index}`)} AS ${identifier(column.name)}`),
    ...names.map(({ name }, index) => chosen(index, name)),
    ...(config.difference_column ? [chosen('d', config.difference_column)] : []),
  ]
  const kept = where(config.keep === 'matched' ? [raw('pick IS NOT NULL')] : [])
  return sql`SELECT ${joinSql(outer)} FROM (SELECT ${joinSql(inner)}, ${pick} AS pick FROM ${from}${where(tieGuard(plan))}) AS pairs${kept}`
}

/** NaN is larger than every number for DuckDB; here it matches nothing. */
const momentOf = (side: Sql, column: Column): Sql => {
  const value = of(side, column)
  return isFloat(columnType(column.type)) ? sql`CASE WHEN NOT isnan(${value}) THEN ${value} END` : value
}

function matches(plan: Plan, direction: 'earlier' | 'later', side: Sql): Sql {
  const operator = `${direction === 'earlier' ? '>' : '<'}${plan.config.strict ? '' : '='}`
  const ordered = sql`${momentOf(LEFT, plan.on.left)} ${raw(operator)} ${momentOf(side, plan.on.right)}`
  return joinSql([...equalKeys(plan.keys, false, LEFT, side), ordered], ' AND ')
}

/** True for a match that is near enough, NULL or false for none; absent without a tolerance. */
function withinTolerance(plan: Plan, direction: 'earlier' | 'later', side: Sql): Sql | undefined {
  const { config, measure, on } = plan
  if (config.tolerance === undefined || !measure) return undefined
  const [left, right] = [of(LEFT, on.left), of(side, on.right)]
  const distance = direction === 'earlier' ? measure.distance(left, right) : measure.distance(right, left)
  return sql`(${distance} <= ${measure.tolerance(config.tolerance, config.tolerance_unit ?? 'days')})`
}

/** The right side, with one row per key and moment. */
function candidates({ config, right, keys, on }: Plan): Sql {
  if (config.ties === 'fail') return right.name
  const same = [...keys.map((key) => key.right), on.right]
  const partition = joinSql(same.map((column) => identifier(column.name)))
  const order = sideOrder(config.tie_order, right.columns, ['tie_order'], undefined, same)
  return sql`(SELECT * FROM ${right.name} QUALIFY row_number() OVER (PARTITION BY ${partition} ORDER BY ${order}) = 1)`
}

/** TRUE, worked out once; or an error that shows a key and moment that the right side has twice. */
function tieGuard({ nodeId, config, right, keys, on }: Plan): Sql[] {
  if (config.ties !== 'fail') return []
  const same = [...keys.map((key) => key.right), on.right].map((column) => identifier(column.name))
  const complete = joinSql(
    same.map((name) => sql`${name} IS NOT NULL`),
    ' AND ',
  )
  const shown = joinSql(
    same.map((name) => sql`CAST(${name} AS VARCHAR)`),
    ` || ', ' || `,
  )
  const error = failure(
    'asof.tie',
    ['ties'],
    [`The right side has several rows of one moment, for example: `, shown],
    'Deduplicate the right side first, or say which of them comes first.',
    nodeId,
  )
  const twice = sql`SELECT ${joinSql(same)} FROM ${right.name} AS side WHERE ${complete} GROUP BY ALL HAVING count(*) > 1 LIMIT 1`
  return [sql`coalesce((SELECT ${error} FROM (${twice}) AS twice), TRUE)`]
}

/** Key and moment of the right row that was taken. */
const takenColumns = ({ keys, on }: Plan, value: (column: Column) => Sql): Sql =>
  joinSql(
    [...keys.map((key) => key.right), on.right].map((column, index) => sql`${value(column)} AS ${raw(`k${index}`)}`),
  )

function rightRest({ right, keys, on }: Plan, taken: Sql): Sql {
  const equal = [...keys.map((key) => key.right), on.right].map(
    (column, index) => sql`${of(RIGHT, column)} = taken.${raw(`k${index}`)}`,
  )
  return sql`SELECT ${RIGHT}.* FROM ${right.name} AS ${RIGHT} ANTI JOIN (${taken}) AS taken ON ${joinSql(equal, ' AND ')}`
}

const where = (tests: readonly Sql[]): Sql => (tests.length > 0 ? sql` WHERE ${joinSql(tests, ' AND ')}` : raw(''))
