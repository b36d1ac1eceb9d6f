import { raw } from '../../modules/kit/sql.ts'
import { columnType, isFloat } from '../../modules/kit/types.ts'
import type { CommonColumn } from './compare-columns.ts'
import { sameType } from './compare-columns.ts'
import type { Tables, WholeTable } from './tables.ts'

/** So many columns, from the left, are tried: keys stand at the front. */
const TRIED = 8
const TOGETHER = 4

/**
 * The fewest columns that tell apart the rows of both tables, where some do: never a missing value, never twice the same. Undefined
 * for none, and where all columns would be needed, which tells no more than whole rows do.
 */
export async function findKeys(
  tables: Tables,
  before: WholeTable,
  after: WholeTable,
  common: readonly CommonColumn[],
): Promise<readonly string[] | undefined> {
  if (before.rows === 0n || after.rows === 0n) return undefined
  const fit = common
    .filter((column) => sameType(column.before.type, column.after.type) && canTell(column.type))
    .slice(0, TRIED)
    .map(({ name }) => name)
  const near = fit.slice(0, TOGETHER)
  const pairs = near.flatMap((a, index) => near.slice(index + 1).map((b) => [a, b]))
  const candidates = [...fit.map((name) => [name]), ...pairs, ...(near.length > 2 ? [near.slice(0, 3)] : [])].filter(
    (keys) => keys.length < common.length,
  )
  // The smaller table rules out most of them.
  const sides = before.rows <= after.rows ? (['before', 'after'] as const) : (['after', 'before'] as const)
  let left: readonly (readonly string[])[] = candidates
  for (const side of sides) left = await uniqueIn(tables, side === 'before' ? before : after, side, common, left)
  return left[0]
}

/** @returns whether no row of either table has the same values in `keys` as another one; missing values count as values */
export async function isUnique(
  tables: Tables,
  before: WholeTable,
  after: WholeTable,
  common: readonly CommonColumn[],
  keys: readonly string[],
): Promise<boolean> {
  for (const side of ['before', 'after'] as const) {
    const table = side === 'before' ? before : after
    if ((await uniqueIn(tables, table, side, common, [keys])).length === 0) return false
  }
  return true
}

async function uniqueIn(
  tables: Tables,
  table: WholeTable,
  side: 'before' | 'after',
  common: readonly CommonColumn[],
  candidates: readonly (readonly string[])[],
): Promise<(readonly string[])[]> {
  if (candidates.length === 0 || table.rows === 0n) return [...candidates]
  const tests = candidates.map((keys) => {
    const columns = keys.map((key) => `c${common.find(({ name }) => name === key)?.[side].index}`)
    const values = columns.length === 1 ? columns[0] : `(${columns.join(', ')})`
    const missing = columns.map((column) => `${column} IS NULL`).join(' OR ')
    return `count(DISTINCT ${values}) = count(*) AND count_if(${missing}) = 0`
  })
  const query = raw(`SELECT ${tests.join(', ')} FROM ${table.name}`)
  const { rows } = await tables.session.lease(tables.signal, (lease) => lease.query(query))
  return candidates.filter((_, index) => rows[0]?.[index] === 'true')
}

function canTell(type: string): boolean {
  const parsed = columnType(type)
  return !isFloat(parsed) && (parsed.kind === 'scalar' || parsed.kind === 'decimal' || parsed.kind === 'enum')
}
