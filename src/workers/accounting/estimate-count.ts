import { type PortRef, portKey } from '../../engine/resolve-pipeline.ts'
import type { RunContext } from '../run/context.ts'
import { type Operator, readPlan } from './profile-tree.ts'
import { isUnfiltered } from './trust.ts'

/** To test a condition on one column of a row, read from Parquet or a table. */
const MS_PER_TEST = 8e-6
const COLUMNAR = new Set(['PARQUET_SCAN', 'READ_PARQUET', 'SEQ_SCAN', 'COLUMN_DATA_SCAN', 'DUMMY_SCAN', 'EMPTY_RESULT'])
const TESTING = new Set(['PROJECTION', 'FILTER', 'UNGROUPED_AGGREGATE', 'UNION', ''])

/** About how many milliseconds it takes to count a port: never more than the stages took in which it was computed. */
export function estimateCount({ pipeline, results }: RunContext, ref: PortRef, plan: string): number {
  const again = results.milliseconds.get(ref.nodeId) ?? 0
  const root = readPlan(plan)
  if (!root || !isScan(root)) return again
  const tests = countTests(root)
  if (tests === 0) return 0
  const rows = mostRows(ref)
  return rows === undefined ? again : Math.min(again, Number(rows) * tests * MS_PER_TEST)

  function mostRows(from: PortRef): bigint | undefined {
    const known = results.rows.get(portKey(from))
    if (known !== undefined) return known
    let most: bigint | undefined
    for (const above of pipeline.nodes.get(from.nodeId)?.inputs.values() ?? []) {
      const rows = mostRows(above)
      if (rows !== undefined && (most === undefined || rows > most)) most = rows
    }
    return most
  }
}

const isScan = ({ name, children }: Operator): boolean =>
  children.length === 0 ? COLUMNAR.has(name) : TESTING.has(name) && children.every(isScan)

function countTests(operator: Operator): number {
  const own = operator.name === 'FILTER' || (operator.children.length === 0 && !isUnfiltered(operator)) ? 1 : 0
  const texts = [operator.details.Expression, operator.details.Filters].filter((text) => text !== undefined)
  const several = texts.reduce((sum, text) => sum + text.split(' AND ').length + text.split('","').length - 2, 0)
  return operator.children.reduce((sum, child) => sum + countTests(child), own + several)
}
