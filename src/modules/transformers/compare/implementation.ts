import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { commonType } from '../../kit/common-type.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, requireColumn, requireInput, sameName } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, isScalar } from '../../kit/types.ts'
import { distanceOf } from '../../kit/value-distance.ts'
import { type CompareConfig, compareDescriptor } from './descriptor.ts'

const OLD = identifier('old')
const NEW = identifier('new')

interface Pair {
  readonly old: Column
  readonly new: Column
  /** TRUE where the two differ. */
  readonly differs: Sql
}

export const compare: RelationModule<typeof compareDescriptor, undefined> = {
  kind: 'relation',
  descriptor: compareDescriptor,
  blocking: true,
  compile: ({ config, inputs }) => {
    const old = requireInput(inputs, 'old')
    const next = requireInput(inputs, 'new')
    const keys = keyPairs(config, old, next)
    const pairs = comparedPairs(config, keys, old, next)
    const on = joinSql(
      keys.map((key) => sql`${of(OLD, key.old)} IS NOT DISTINCT FROM ${of(NEW, key.new)}`),
      ' AND ',
    )
    const once = (input: InputRelation, side: 'old' | 'new'): Sql =>
      sql`(SELECT * FROM ${input.name} QUALIFY count(*) OVER (PARTITION BY ${keyNames(keys, side)}) = 1)`
    const both = sql`${once(old, 'old')} AS ${OLD} JOIN ${once(next, 'new')} AS ${NEW} ON ${on}`
    const any = anyOf(pairs.map(({ differs }) => differs))
    const added = sql`SELECT ${NEW}.* FROM ${once(next, 'new')} AS ${NEW} ANTI JOIN ${old.name} AS ${OLD} ON ${on}`
    const removed = sql`SELECT ${OLD}.* FROM ${once(old, 'old')} AS ${OLD} ANTI JOIN ${next.name} AS ${NEW} ON ${on}`
    const repeated = (input: InputRelation, side: 'old' | 'new'): Sql => {
      const names = keys.map((key) => sql`${identifier(key[side].name)} AS ${identifier(key.new.name)}`)
      return sql`SELECT ${side} AS side, ${joinSql(names)}, count(*) AS rows FROM ${input.name} GROUP BY ALL HAVING count(*) > 1`
    }
    const shownKeys = keys.map((key) => sql`${of(NEW, key.new)} AS ${identifier(key.new.name)}`)
    checkDistinctNames([...keys.map((key) => key.new), { name: 'side' }, { name: 'rows' }], 'The output “duplicates”', [
      'keys',
    ])
    return {
      changed:
        config.changes === 'rows'
          ? changedRows(shownKeys, keys, pairs, both, any)
          : changedCells(shownKeys, keys, pairs, both),
      added,
      removed,
      unchanged: sql`SELECT ${NEW}.* FROM ${both} WHERE NOT (${any})`,
      duplicates: sql`${repeated(old, 'old')} UNION ALL ${repeated(next, 'new')}`,
      summary: summary(keys, pairs, old, next, both),
    }
  },
}

/** Thousands of terms of OR take DuckDB minutes to plan; a list of them does not. */
const anyOf = (tests: readonly Sql[]): Sql =>
  tests.length > 50 ? sql`list_contains([${joinSql(tests)}], TRUE)` : joinSql([raw('FALSE'), ...tests], ' OR ')

const of = (side: Sql, column: Column): Sql => sql`${side}.${identifier(column.name)}`
const keyNames = (keys: readonly { old: Column; new: Column }[], side: 'old' | 'new'): Sql =>
  joinSql(keys.map((key) => identifier(key[side].name)))

function keyPairs(config: CompareConfig, old: InputRelation, next: InputRelation): { old: Column; new: Column }[] {
  if (config.keys.length === 0)
    throw userError('compare.no-key', 'Nothing says which rows are the same.', {
      field: ['keys'],
      hint: 'Choose the columns that identify a row.',
    })
  return config.keys.map((name, index) => {
    const pair = {
      new: requireColumn(next.columns, name, ['keys', index]),
      old: requireColumn(old.columns, name, ['keys', index]),
    }
    checkComparable(pair.old, pair.new, ['keys', index])
    return pair
  })
}

function checkComparable(old: Column, next: Column, field: readonly (string | number)[]): void {
  if (commonType(columnType(old.type), columnType(next.type))) return
  throw userError('compare.types', `“${next.name}” was ${old.type} and is ${next.type}: they cannot be compared.`, {
    field: [...field],
    hint: 'Cast one of them with Select columns first, or do not compare it.',
  })
}

function comparedPairs(
  config: CompareConfig,
  keys: readonly { new: Column }[],
  old: InputRelation,
  next: InputRelation,
): Pair[] {
  const ignored = config.ignore.map((name, index) =>
    requireColumn([...next.columns, ...old.columns], name, ['ignore', index]),
  )
  const chosen = config.columns.map((name, index) => {
    requireColumn(old.columns, name, ['columns', index])
    return requireColumn(next.columns, name, ['columns', index])
  })
  return (chosen.length > 0 ? [...new Set(chosen)] : next.columns).flatMap((column): Pair[] => {
    const before = old.columns.find((other) => sameName(other.name, column.name))
    const skipped = ignored.some((other) => sameName(other.name, column.name))
    if (!before || skipped || keys.some((key) => key.new === column)) return []
    checkComparable(before, column, ['ignore'])
    return [{ old: before, new: column, differs: differs(config, before, column) }]
  })
}

function differs(config: CompareConfig, old: Column, next: Column): Sql {
  const [a, b] = [normal(config, of(OLD, old), old), normal(config, of(NEW, next), next)]
  const distinct = sql`${a} IS DISTINCT FROM ${b}`
  const measure = config.tolerance === undefined ? undefined : distanceOf(old.type, next.type)
  if (config.tolerance === undefined || !measure || measure.timed) return sql`(${distinct})`
  const apart = [measure.distance(a, b), measure.distance(b, a)]
  // A share is worked out in DOUBLE: for a limit of what counts as equal, sixteen digits are enough; infinity is near nothing but itself.
  const near =
    config.tolerance_in === 'percent'
      ? sql`(abs(CAST(${a} AS DOUBLE)) * ${raw(`CAST('${config.tolerance}' AS DOUBLE)`)} / 100)`
      : measure.tolerance(config.tolerance, 'days')
  const within = joinSql(
    [
      ...apart.map((distance) =>
        config.tolerance_in === 'percent' ? sql`CAST(${distance} AS DOUBLE) <= ${near}` : sql`${distance} <= ${near}`,
      ),
      ...(config.tolerance_in === 'percent' ? [sql`isfinite(CAST(${a} AS DOUBLE))`] : []),
    ],
    ' AND ',
  )
  return sql`(${distinct} AND NOT coalesce(${within}, FALSE))`
}

/** A text as it is compared. */
function normal(config: CompareConfig, value: Sql, column: Column): Sql {
  if (!isScalar(columnType(column.type), 'VARCHAR')) return value
  let result = value
  if (config.ignore_case) result = sql`lower(${result})`
  if (config.ignore_spaces) result = sql`trim(regexp_replace(${result}, ${'[\\s\\p{Z}]+'}, ' ', 'g'))`
  if (config.empty_is_null) result = sql`nullif(${result}, '')`
  return result
}

function changedRows(
  shownKeys: readonly Sql[],
  keys: readonly { new: Column }[],
  pairs: readonly Pair[],
  both: Sql,
  any: Sql,
): Sql {
  const names = joinSql(pairs.map((pair) => sql`CASE WHEN ${pair.differs} THEN ${pair.new.name} END`))
  const list =
    pairs.length > 0 ? sql`list_filter([${names}], lambda name: name IS NOT NULL)` : raw('CAST([] AS VARCHAR[])')
  const values = pairs.flatMap((pair) => [
    { name: `${pair.new.name}_old`, value: of(OLD, pair.old) },
    { name: `${pair.new.name}_new`, value: of(NEW, pair.new) },
  ])
  checkDistinctNames([...keys.map((key) => key.new), { name: 'changed_columns' }, ...values], 'The output “changed”', [
    'keys',
  ])
  const shown = values.map(({ name, value }) => sql`${value} AS ${identifier(name)}`)
  return sql`SELECT ${joinSql([...shownKeys, sql`${list} AS changed_columns`, ...shown])} FROM ${both} WHERE ${any}`
}

function changedCells(
  shownKeys: readonly Sql[],
  keys: readonly { new: Column }[],
  pairs: readonly Pair[],
  both: Sql,
): Sql {
  const added = ['column', 'old_value', 'new_value']
  checkDistinctNames([...keys.map((key) => key.new), ...added.map((name) => ({ name }))], 'The output “changed”', [
    'keys',
  ])
  const cells = pairs.map(
    (pair) =>
      sql`CASE WHEN ${pair.differs} THEN {'column': ${pair.new.name}, 'old_value': CAST(${of(OLD, pair.old)} AS VARCHAR), 'new_value': CAST(${of(NEW, pair.new)} AS VARCHAR)} END`,
  )
  const list =
    cells.length > 0
      ? sql`[${joinSql(cells)}]`
      : raw('CAST([] AS STRUCT("column" VARCHAR, old_value VARCHAR, new_value VARCHAR)[])')
  const names = joinSql(keys.map((key) => identifier(key.new.name)))
  return sql`SELECT ${names}, "ld$cell"."column" AS "column", "ld$cell".old_value AS old_value, "ld$cell".new_value AS new_value
    FROM (SELECT ${joinSql([...shownKeys, sql`unnest(${list}) AS "ld$cell"`])} FROM ${both}) AS cells WHERE "ld$cell" IS NOT NULL`
}

const SUMMED = ['added', 'removed', 'changed', 'unchanged'] as const

/** A line each for the four kinds of rows, then for the columns. */
function summary(
  keys: readonly { old: Column; new: Column }[],
  pairs: readonly Pair[],
  old: InputRelation,
  next: InputRelation,
  both: Sql,
): Sql {
  const other = (column: Column): boolean =>
    !pairs.some((pair) => sameName(pair.new.name, column.name)) &&
    !keys.some((key) => sameName(key.new.name, column.name))
  const lines = [
    ...SUMMED.map((item) => ({ item, kind: 'rows', old: null, new: null })),
    ...pairs.map((pair) => ({ item: pair.new.name, kind: 'column', old: pair.old.type, new: pair.new.type })),
    ...next.columns.filter(other).map((column) => {
      const before = old.columns.find((each) => sameName(each.name, column.name))
      const kind = before ? 'not compared' : 'only in new'
      return { item: column.name, kind, old: before?.type ?? null, new: column.type }
    }),
    ...old.columns
      .filter((column) => !next.columns.some((each) => sameName(each.name, column.name)))
      .map((column) => ({ item: column.name, kind: 'only in old', old: column.type, new: null })),
  ]
  const list = (values: readonly (string | null)[]): Sql =>
    sql`unnest(CAST([${joinSql(values.map(literal))}] AS VARCHAR[]))`
  const written = sql`SELECT unnest(range(1, ${lines.length + 1})) AS place, ${list(lines.map(({ item }) => item))} AS item, ${list(lines.map(({ kind }) => kind))} AS kind,
    ${list(lines.map((line) => line.old))} AS old_type, ${list(lines.map((line) => line.new))} AS new_type`
  // Each row gives the places of the lines that count it: an aggregate per column would take DuckDB long to plan.
  const tests = pairs.map(({ differs }, index) => sql`CASE WHEN ${differs} THEN ${SUMMED.length + 1 + index} END`)
  const changed = sql`SELECT list_filter(CAST([${joinSql(tests)}] AS INTEGER[]), lambda place: place IS NOT NULL) AS places FROM ${both}`
  const counted = sql`SELECT place, count(*) AS rows FROM (
      SELECT unnest(list_prepend(CASE WHEN len(places) > 0 THEN 3 ELSE 4 END, places)) AS place FROM (${changed})
    ) GROUP BY place`
  const only = (place: number, here: Sql, there: Sql): Sql =>
    sql`SELECT ${place} AS place, count(*) AS rows FROM ${here} ANTI JOIN ${there}`
  const on = joinSql(
    keys.map((key) => sql`${of(OLD, key.old)} IS NOT DISTINCT FROM ${of(NEW, key.new)}`),
    ' AND ',
  )
  const onceKeys = (input: InputRelation, side: 'old' | 'new'): Sql =>
    sql`(SELECT ${keyNames(keys, side)} FROM ${input.name} GROUP BY ALL HAVING count(*) = 1)`
  const added = only(1, sql`${onceKeys(next, 'new')} AS ${NEW}`, sql`${old.name} AS ${OLD} ON ${on}`)
  const removed = only(2, sql`${onceKeys(old, 'old')} AS ${OLD}`, sql`${next.name} AS ${NEW} ON ${on}`)
  return sql`SELECT item, kind, old_type, new_type, CASE WHEN kind IN ('rows', 'column') THEN coalesce(counts.rows, 0) END AS rows
    FROM (${written}) AS lines LEFT JOIN (${counted} UNION ALL ${added} UNION ALL ${removed}) AS counts ON counts.place = lines.place ORDER BY lines.place`
}
