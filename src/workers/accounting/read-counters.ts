import type { FusedQuery } from '../../engine/fuse.ts'
import { countingOperators, isOnlyCounter, type Operator, type QueryProfile, readPlan } from './profile-tree.ts'
import { gaveAll, isUnfiltered, sameRows } from './trust.ts'

/** How DuckDB would compute a port by itself, with the same counters. */
export type PlanOf = (key: string) => Promise<string | undefined>

/**
 * The rows of the ports that a query counted while it ran. A count is taken only when it is certain to be the port's: nothing above
 * it stopped early, and DuckDB has moved no condition from above to below it.
 */
export async function readCounters(
  { counters }: Pick<FusedQuery, 'counters'>,
  profile: QueryProfile,
  planOf: PlanOf,
): Promise<ReadonlyMap<string, bigint>> {
  const found = countingOperators(profile.root)
  const rows = new Map<string, bigint>()
  const trusted = new Set<Operator>()
  // From the end of the query: what is right includes all that is below it.
  for (const [key, { column }] of [...counters].toReversed()) {
    for (const counting of found.get(column) ?? []) {
      const { operator } = counting
      if (!gaveAll(counting)) continue
      if (!trusted.has(operator)) {
        if (!operator.children.every(isUnfiltered)) {
          const plan = await planOf(key)
          const own = plan === undefined ? undefined : readPlan(plan)
          const expected = own && countingOperators(own).get(column)?.[0]
          if (!expected || !sameRows(expected.operator, operator)) continue
        }
        trusted.add(operator)
        trustBelow(operator, trusted)
      }
      const before = rows.get(key)
      if (before !== undefined && before !== operator.rows)
        throw new TypeError(`${key} has ${before} and ${operator.rows} rows`)
      rows.set(key, operator.rows)
    }
  }
  return rows
}

/**
 * The counting operators right below one that is right: nothing lies between that could have been moved below them, since they and
 * what they test stay where they are.
 */
function trustBelow(operator: Operator, trusted: Set<Operator>): void {
  for (const child of operator.children) {
    if (child.name === 'FILTER' && isOnlyCounter(child)) trusted.add(child)
    else if (child.name !== 'PROJECTION') continue
    trustBelow(child, trusted)
  }
}
