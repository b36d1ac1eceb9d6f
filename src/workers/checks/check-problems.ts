import { problemOf } from '../../engine/problems.ts'
import { portKey, type ResolvedNode } from '../../engine/resolve-pipeline.ts'
import { identifier, joinSql, raw, sql } from '../../modules/kit/sql.ts'
import type { Column, Problem } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { ProjectSession } from '../session.ts'
import { checkQuery, checksOf } from './check-query.ts'

/** What is wrong with the checks of a node, told by binding each against a table that has the port's columns. */
export async function checkProblems(
  session: ProjectSession,
  node: ResolvedNode,
  columns: ReadonlyMap<string, readonly Column[]>,
): Promise<Problem[]> {
  const problems: Problem[] = []
  const refuse = (thrown: unknown, index: number): void => {
    const problem = problemOf(thrown, node.id)
    problems.push({ ...problem, field: problem.field?.[0] === 'checks' ? problem.field : ['checks', index] })
  }
  node.checks?.forEach((check, index) => {
    if (check.port === undefined ? node.outputs.length > 0 : node.outputs.includes(check.port)) return
    const what = check.port === undefined ? 'It has no output to check.' : `It has no output “${check.port}” to check.`
    refuse(
      userError('port.unknown-output', what, { hint: `Its outputs: ${node.outputs.join(', ') || 'none'}.` }),
      index,
    )
  })
  for (const port of node.outputs) {
    const found = columns.get(portKey({ nodeId: node.id, port }))
    if (!found) continue
    const nulls = found.map(({ name, type }) => sql`CAST(NULL AS ${raw(type)}) AS ${identifier(name)}`)
    for (const placed of checksOf(node, port)) {
      try {
        await session.describe(checkQuery(node, sql`(SELECT ${joinSql(nulls)})`, found, [placed]).text)
      } catch (thrown) {
        refuse(thrown, placed.index)
      }
    }
  }
  return problems
}
