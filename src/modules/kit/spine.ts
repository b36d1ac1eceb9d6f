import type { Column } from '../../shared/engine/types.ts'
import { interval, type PeriodUnit } from './periods.ts'
import { identifier, joinSql, raw, type Sql, sql } from './sql.ts'

export interface SpineParts {
  readonly from: Sql
  readonly groups: readonly Column[]
  /** The column of times or whole numbers, and its type. */
  readonly place: Sql
  readonly type: string
  readonly amount: number
  /** Absent for numbers. */
  readonly unit?: PeriodUnit | undefined
  /** Bounds that are given, in place of those of the data. */
  readonly first?: Sql | undefined
  readonly last?: Sql | undefined
  /** Where no bound is given: those of each group, not of all. */
  readonly perGroup: boolean
}

/** Names of helper columns, free of those of the input. */
export interface SpineNames {
  readonly low: Sql
  readonly high: Sql
  readonly step: Sql
}

/**
 * A SELECT of the group columns and `place`: every step from the first to the last value. Each step is worked out from the first, so
 * that months after the 31st do not drift. Empty and infinite places make no step.
 */
export function spineSql(parts: SpineParts, { low, high, step }: SpineNames): Sql {
  const { place, unit, amount, perGroup, groups } = parts
  const names = groups.map(({ name }) => identifier(name))
  const counted = unit ? sql` FILTER (WHERE isfinite(${place}))` : raw('')
  const bound = (call: 'min' | 'max'): Sql => {
    const own = sql`${raw(call)}(${place})${counted}`
    return perGroup ? own : sql`${raw(call)}(${own}) OVER ()`
  }
  const list = [...names, sql`${parts.first ?? bound('min')} AS ${low}`, sql`${parts.last ?? bound('max')} AS ${high}`]
  const groupBy = names.length > 0 ? sql` GROUP BY ${joinSql(names)}` : raw('')
  // Of no group, one row even where both bounds are given: an aggregate without GROUP BY.
  const always = names.length === 0 ? sql`, count(*) AS ${step}` : raw('')
  const bounds = sql`(SELECT ${joinSql(list)}${always} FROM ${parts.from}${groupBy})`
  const steps = unit
    ? sql`date_diff(${unit}, ${low}, ${high}) // ${amount} + 1`
    : sql`(CAST(${high} AS HUGEINT) - CAST(${low} AS HUGEINT)) // ${amount} + 1`
  const numbered = sql`(SELECT ${joinSql([...names, low, high])}, unnest(range(CAST(${steps} AS BIGINT))) AS ${step} FROM ${bounds})`
  const at = unit ? sql`${low} + ${interval(sql`${step} * ${amount}`, unit)}` : sql`${low} + ${step} * ${amount}`
  const value = sql`CAST(${at} AS ${raw(parts.type)})`
  return sql`SELECT ${joinSql([...names, sql`${value} AS ${place}`])} FROM ${numbered} WHERE ${value} <= ${high}`
}
