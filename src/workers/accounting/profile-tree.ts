import { COUNTER_PREFIX } from '../../engine/row-counters.ts'
import { isObject } from './json.ts'

/** An operator of a plan, with what it gave if the query was run. */
export interface Operator {
  readonly name: string
  readonly rows: bigint
  readonly milliseconds: number
  readonly details: Readonly<Record<string, string>>
  readonly children: readonly Operator[]
}

export interface QueryProfile {
  readonly statement: string
  /** Of all threads together. */
  readonly cpuMilliseconds: number
  readonly root: Operator
}

/** What DuckDB writes of a query that was run; undefined where it is not that. */
export function readProfile(json: string): QueryProfile | undefined {
  const parsed = parse(json)
  if (!isObject(parsed)) return undefined
  const { query_name: statement, cpu_time: seconds } = parsed
  if (typeof statement !== 'string') return undefined
  const cpuMilliseconds = typeof seconds === 'number' ? seconds * 1000 : 0
  return { statement, cpuMilliseconds, root: operatorIn({ ...parsed, operator_name: 'QUERY' }) }
}

/** What `EXPLAIN (FORMAT JSON)` gives. */
export function readPlan(json: string): Operator | undefined {
  const parsed = parse(json)
  return Array.isArray(parsed) ? operatorIn({ children: parsed }) : undefined
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function operatorIn(found: Record<string, unknown>): Operator {
  const { extra_info: info, children, operator_name: ran, name } = found
  const details: Record<string, string> = {}
  if (isObject(info)) for (const [key, value] of Object.entries(info)) details[key] = JSON.stringify(value)
  return {
    name: String(ran ?? name ?? '').trim(),
    rows: typeof found.operator_cardinality === 'number' ? BigInt(Math.round(found.operator_cardinality)) : 0n,
    milliseconds: typeof found.operator_timing === 'number' ? found.operator_timing * 1000 : 0,
    details,
    children: Array.isArray(children) ? children.filter(isObject).map(operatorIn) : [],
  }
}

/** An operator that counts, and those between it and the result, from the top. */
export interface CountingOperator {
  readonly operator: Operator
  readonly above: readonly Operator[]
}

/** By the column that names them; several where DuckDB computes a port more than once. */
export function countingOperators(root: Operator): ReadonlyMap<string, readonly CountingOperator[]> {
  const found = new Map<string, CountingOperator[]>()
  const visit = (operator: Operator, above: readonly Operator[]): void => {
    const column = operator.name === 'FILTER' ? counterIn(operator) : undefined
    if (column !== undefined) found.set(column, [...(found.get(column) ?? []), { operator, above }])
    for (const child of operator.children) visit(child, [...above, operator])
  }
  visit(root, [])
  return found
}

const COUNTERS = new RegExp(`${COUNTER_PREFIX.replaceAll('$', '\\$')}\\d+`, 'g')

/** Two in one operator: DuckDB has put two filters together. */
function counterIn({ details }: Operator): string | undefined {
  const columns = new Set((details.Expression ?? '').match(COUNTERS))
  return columns.size === 1 ? [...columns][0] : undefined
}

/** Tests nothing but its own column, or one condition against it. */
export function isOnlyCounter(operator: Operator): boolean {
  const column = counterIn(operator)
  const text = operator.details.Expression ?? ''
  return column !== undefined && (text === `"${column}"` || text.endsWith(` = ${column})"`))
}
