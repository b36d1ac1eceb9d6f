import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { commonType } from '../../kit/common-type.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, requireColumn, requireInput, sameName } from '../../kit/inputs.ts'
import { measureOf } from '../../kit/measure.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, isScalar } from '../../kit/types.ts'
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
      summary: summary(keys, pairs, old, next, both, added, removed),
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
  const measure = config.tolerance === undefined ? undefined : measureOf(old.type, next.type)
  if (config.tolerance === undefined || !measure || measure.timed) return sql`(${distinct})`
  const near = measure.tolerance(config.tolerance, 'days')
  const within = sql`${measure.distance(a, b)} <= ${near} AND ${measure.distance(b, a)} <= ${near}`
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

function summary(
  keys: readonly { new: Column }[],
  pairs: readonly Pair[],
  old: InputRelation,
  next: InputRelation,
  both: Sql,
  added: Sql,
  removed: Sql,
): Sql {
  const line = (item: string, kind: string, before: string | null, after: string | null, rows: Sql): Sql =>
    sql`{'item': ${item}, 'kind': ${kind}, 'old_type': CAST(${literal(before)} AS VARCHAR), 'new_type': CAST(${literal(after)} AS VARCHAR), 'rows': ${rows}}`
  const none = raw('CAST(NULL AS BIGINT)')
  // Worked out once per column, on a level of its own.
  const tests = [raw('TRUE AS here'), ...pairs.map(({ differs }, index) => sql`${differs} AS ${raw(`d${index}`)}`)]
  const any = anyOf(pairs.map((_, index) => raw(`d${index}`)))
  const other = (column: Column): boolean =>
    !pairs.some((pair) => sameName(pair.new.name, column.name)) &&
    !keys.some((key) => sameName(key.new.name, column.name))
  const columns = [
    ...pairs.map((pair, index) =>
      line(pair.new.name, 'column', pair.old.type, pair.new.type, sql`count(*) FILTER (${raw(`d${index}`)})`),
    ),
    ...next.columns.filter(other).map((column) => {
      const before = old.columns.find((each) => sameName(each.name, column.name))
      return line(column.name, before ? 'not compared' : 'only in new', before?.type ?? null, column.type, none)
    }),
    ...old.columns
      .filter((column) => !next.columns.some((each) => sameName(each.name, column.name)))
      .map((column) => line(column.name, 'only in old', column.type, null, none)),
  ]
  const lines = joinSql([
    line('added', 'rows', null, null, sql`(SELECT count(*) FROM (${added}))`),
    line('removed', 'rows', null, null, sql`(SELECT count(*) FROM (${removed}))`),
    line('changed', 'rows', null, null, sql`count(*) FILTER (${any})`),
    line('unchanged', 'rows', null, null, sql`count(*) FILTER (NOT (${any}))`),
    ...columns,
  ])
  return sql`SELECT unnest(lines, recursive := true) FROM (SELECT [${lines}] AS lines FROM (SELECT ${joinSql(tests)} FROM ${both}))`
}
