import type { CountingOperator, Operator } from './profile-tree.ts'

/**
 * Reads all that it is given. Anything else may stop early, so that the rows below it are fewer than the port has: a LIMIT, and a join
 * whose other side is empty.
 */
const READS_ALL = new Set(
  `QUERY EXPLAIN_ANALYZE PROJECTION FILTER HASH_GROUP_BY PERFECT_HASH_GROUP_BY PARTITIONED_AGGREGATE UNGROUPED_AGGREGATE
  SIMPLE_AGGREGATE ORDER_BY TOP_N WINDOW STREAMING_WINDOW UNNEST UNION CTE RESULT_COLLECTOR
  COPY_TO_FILE BATCH_COPY_TO_FILE CREATE_TABLE_AS BATCH_CREATE_TABLE_AS INSERT BATCH_INSERT`.split(/\s+/),
)
const JOINS = new Set(
  'HASH_JOIN PIECEWISE_MERGE_JOIN IE_JOIN NESTED_LOOP_JOIN BLOCKWISE_NL_JOIN CROSS_PRODUCT ASOF_JOIN'.split(' '),
)

/** Whether nothing above the operator can have stopped before it had given all of its rows. */
export function gaveAll({ operator, above }: CountingOperator): boolean {
  return above.every((one, index) => {
    if (READS_ALL.has(one.name)) return true
    if (!JOINS.has(one.name)) return false
    const child = above[index + 1] ?? operator
    return one.children.every((other) => other === child || other.rows > 0n)
  })
}

/** What decides which rows an operator gives. How DuckDB names and orders columns, or guesses rows, does not. */
const DECIDING = [
  'Expression',
  'Filters',
  'Dynamic Filters',
  'File Filters',
  'Join Type',
  'Conditions',
  'Function',
  'Table',
  'Groups',
]
const FILTERING = ['Filters', 'Dynamic Filters', 'File Filters']

/**
 * Whether an operator gives the same rows as another plan of the same relation: DuckDB moves conditions from above below what counts
 * them, which the shape shows.
 */
export const sameRows = (one: Operator, other: Operator): boolean => shape(one) === shape(other)

function shape(operator: Operator): string {
  const below = operator.children.map(shape)
  if (operator.name === 'PROJECTION') return below.join()
  const own = DECIDING.map((key) => [key, operator.details[key]]).filter(([, value]) => value !== undefined)
  return JSON.stringify([operator.name, own, below])
}

/** There is nothing below that drops rows: no need to look at another plan. */
export const isUnfiltered = ({ name, details, children }: Operator): boolean =>
  (name === 'PROJECTION' || (children.length === 0 && FILTERING.every((key) => details[key] === undefined))) &&
  children.every(isUnfiltered)
