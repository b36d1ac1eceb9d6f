import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { FieldPath } from './fields.ts'
import { requireColumn } from './inputs.ts'
import type { SimilarConfig } from './similar-fields.ts'
import { raw, type Sql, sql } from './sql.ts'

/** Longer texts would take minutes to compare, and are no spellings of a name. */
const LONGEST = 1_000

/** @throws LogiDataError `config.missing`, `column.not-found`, `similar.not-text` */
export function similarColumn(name: string | undefined, columns: readonly Column[], field: FieldPath): Column {
  if (!name) throw userError('config.missing', 'Choose the column.', { field: [...field] })
  const column = requireColumn(columns, name, field)
  if (column.type === 'VARCHAR') return column
  throw userError('similar.not-text', `“${column.name}” holds no texts: its type is ${column.type}.`, {
    field: [...field],
    hint: 'Cast it to VARCHAR in a Select before, if its spellings differ; Bin groups numbers.',
  })
}

/** Whether values are compared with each other; if not, those with one key are alike. */
export const comparesPairs = ({ method }: SimilarConfig): boolean => method === 'edit' || method === 'jaro_winkler'

/** What similar values have in common; a value that nothing is left of is like itself alone. */
export function similarKey(value: Sql, config: SimilarConfig): Sql {
  const folded = sql`lower(strip_accents(nfc_normalize(${value})))`
  const letters = sql`regexp_replace(${folded}, '[^\\p{L}\\p{N}]', '', 'g')`
  switch (config.method) {
    case 'fingerprint': {
      const known = sql`regexp_replace(${folded}, '[^\\p{L}\\p{N}\\s\\p{Z}]+', '', 'g')`
      // Most texts hold nothing but words and blanks, which costs less to see than to replace. The empty words between blanks are one.
      const clean = sql`CASE WHEN regexp_matches(${folded}, '[^\\p{L}\\p{N} ]') THEN regexp_replace(${known}, '[\\s\\p{Z}]', ' ', 'g') ELSE ${folded} END`
      const words = sql`list_sort(list_distinct(string_split(trim(${clean}), ' ')))`
      return orItself(sql`ltrim(array_to_string(${words}, ' '))`, value)
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
 * @param values a query of the values `v`, how many rows have each, `n`, and their keys `k`
 * @param apart it has a `block` too: only values of the same one are compared
 * @returns a query of `v`, `n`, `root`, and `block`
 */
export function similarRoots(values: Sql, config: SimilarConfig, apart = false): Sql {
  const block = (table: string): Sql => raw(apart ? `${table}.block, ` : '')
  const same = (left: string, right: string): Sql => raw(apart ? `${left}.block = ${right}.block AND ` : '')
  const by = raw(apart ? 'block, k' : 'k')
  const near =
    config.method === 'edit'
      ? sql`abs(a.l - b.l) <= ${config.distance} AND levenshtein(a.k, b.k) <= ${config.distance}`
      : sql`jaro_winkler_similarity(a.k, b.k) >= CAST(${String(config.similarity)} AS DOUBLE)`
  const start = config.same_start > 0 ? sql`a.s = b.s AND ` : raw('')
  const keys = sql`SELECT ${by}, sum(n) AS n, length(k) AS l, left(k, ${config.same_start}) AS s FROM found GROUP BY ${by}`
  const pairs = sql`SELECT ${block('a')}a.k AS k, b.k AS better, b.n AS n FROM keys AS a JOIN keys AS b ON ${same('a', 'b')}${start}a.l <= ${LONGEST} AND b.l <= ${LONGEST} AND (b.n > a.n OR (b.n = a.n AND b.k < a.k)) AND ${near}`
  const leaders = sql`SELECT ${by}, first(better ORDER BY n DESC, better) AS leader FROM pairs GROUP BY ${by}`
  const chains = sql`SELECT ${by}, k AS root FROM keys ANTI JOIN leaders USING (${by}) UNION ALL SELECT ${block('leaders')}leaders.k, chains.root FROM chains JOIN leaders ON ${same('leaders', 'chains')}leaders.leader = chains.k`
  return sql`WITH RECURSIVE found AS MATERIALIZED (${values}), keys AS MATERIALIZED (${keys}), pairs AS (${pairs}), leaders AS MATERIALIZED (${leaders}), chains AS (${chains}) SELECT ${block('found')}found.v, found.n, chains.root FROM found JOIN chains ON ${same('found', 'chains')}found.k = chains.k`
}
