import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { type GroupSimilarConfig, groupSimilarDescriptor } from './descriptor.ts'

/** Longer texts would take minutes to compare, and are no spellings of a name. */
const LONGEST = 1_000

export const groupSimilar: RelationModule<typeof groupSimilarDescriptor, undefined> = {
  kind: 'relation',
  descriptor: groupSimilarDescriptor,
  keepsRows: true,
  blocking: true,
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const column = textColumn(config, input.columns)
    const own = identifier(column.name)
    const values = sql`SELECT ${own} AS v, count(*) AS n, ${keyOf(own, config)} AS k FROM ${input.name} WHERE ${own} IS NOT NULL GROUP BY ${own}`
    const grouped =
      config.method === 'edit' || config.method === 'jaro_winkler'
        ? byDistance(values, config)
        : sql`SELECT v, n, k AS root FROM (${values})`
    const order = {
      frequent: raw('n DESC, v'),
      longest: raw('length(v) DESC, n DESC, v'),
      shortest: raw('length(v), n DESC, v'),
    }[config.keep]
    const chosen = sql`SELECT v, n, count(*) OVER (PARTITION BY root) AS size, first_value(v) OVER (PARTITION BY root ORDER BY ${order}) AS c FROM (${grouped})`
    const mapping = sql`SELECT v, n, size, c, dense_rank() OVER (ORDER BY c) AS i FROM (${chosen})`
    const added = [
      ...(config.into === 'column' ? [{ name: config.name, value: raw('m.c') }] : []),
      ...(config.id_column ? [{ name: config.id_column, value: raw('m.i') }] : []),
    ]
    checkDistinctNames([...input.columns, ...added], 'The result', [config.into === 'column' ? 'name' : 'id_column'])
    const replaced = config.into === 'replace' ? sql` REPLACE (m.c AS ${own})` : raw('')
    const more = joinSql(
      added.map(({ name, value }) => sql`, ${value} AS ${identifier(name)}`),
      '',
    )
    return {
      out: sql`SELECT t.*${replaced}${more} FROM ${input.name} AS t LEFT JOIN (${mapping}) AS m ON t.${own} = m.v`,
      groups: sql`SELECT i AS "group_id", c AS "group", v AS "value", n AS "rows" FROM (${mapping}) WHERE size > 1 ORDER BY i, n DESC, v`,
    }
  },
}

function textColumn(config: GroupSimilarConfig, columns: readonly Column[]): Column {
  if (!config.column) throw userError('config.missing', 'Choose the column.', { field: ['column'] })
  const column = requireColumn(columns, config.column, ['column'])
  if (column.type === 'VARCHAR') return column
  throw userError('similar.not-text', `“${column.name}” holds no texts: its type is ${column.type}.`, {
    field: ['column'],
    hint: 'Cast it to VARCHAR in a Select before, if its spellings differ; Bin groups numbers.',
  })
}

/** What similar values have in common; a value that nothing is left of is like itself alone. */
function keyOf(value: Sql, config: GroupSimilarConfig): Sql {
  const folded = sql`lower(strip_accents(nfc_normalize(${value})))`
  const letters = sql`regexp_replace(${folded}, '[^\\p{L}\\p{N}]', '', 'g')`
  switch (config.method) {
    case 'fingerprint': {
      const clean = sql`trim(regexp_replace(regexp_replace(${folded}, '[^\\p{L}\\p{N}\\s\\p{Z}]', '', 'g'), '[\\s\\p{Z}]+', ' ', 'g'))`
      return orItself(sql`array_to_string(list_sort(list_distinct(string_split(${clean}, ' '))), ' ')`, value)
    }
    case 'ngram': {
      const parts = sql`list_transform(range(1, greatest(length(${letters}) - ${config.letters} + 2, 2)), lambda place: substr(${letters}, place, ${config.letters}))`
      const key = sql`CASE WHEN length(${letters}) <= ${LONGEST} THEN array_to_string(list_sort(list_distinct(${parts})), ' ') ELSE ${letters} END`
      return orItself(key, value)
    }
    case 'edit':
    case 'jaro_winkler':
      return orItself(letters, value)
  }
}

const orItself = (key: Sql, value: Sql): Sql => sql`coalesce(nullif(${key}, ''), ${value})`

/**
 * Each key follows the best of its better neighbours (more frequent, then earlier in the alphabet), and that one its own: since each step
 * leads to a better key, every chain ends, in the key that stands for the group.
 */
function byDistance(values: Sql, config: GroupSimilarConfig): Sql {
  const near =
    config.method === 'edit'
      ? sql`abs(a.l - b.l) <= ${config.distance} AND levenshtein(a.k, b.k) <= ${config.distance}`
      : sql`jaro_winkler_similarity(a.k, b.k) >= CAST(${String(config.similarity)} AS DOUBLE)`
  const start = config.same_start > 0 ? sql`a.s = b.s AND ` : raw('')
  const keys = sql`SELECT k, sum(n) AS n, length(k) AS l, left(k, ${config.same_start}) AS s FROM found GROUP BY k`
  const pairs = sql`SELECT a.k AS k, b.k AS better, b.n AS n FROM keys AS a JOIN keys AS b ON ${start}a.l <= ${LONGEST} AND b.l <= ${LONGEST} AND (b.n > a.n OR (b.n = a.n AND b.k < a.k)) AND ${near}`
  const leaders = sql`SELECT k, first(better ORDER BY n DESC, better) AS leader FROM pairs GROUP BY k`
  const chains = sql`SELECT k, k AS root FROM keys WHERE k NOT IN (SELECT k FROM leaders) UNION ALL SELECT leaders.k, chains.root FROM chains JOIN leaders ON leaders.leader = chains.k`
  return sql`WITH RECURSIVE found AS MATERIALIZED (${values}), keys AS MATERIALIZED (${keys}), pairs AS (${pairs}), leaders AS MATERIALIZED (${leaders}), chains AS (${chains}) SELECT found.v, found.n, chains.root FROM found JOIN chains ON found.k = chains.k`
}
