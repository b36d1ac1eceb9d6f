import { nameKey } from '../../modules/kit/inputs.ts'
import type { NodeCheck } from '../../shared/pipeline/checks.ts'
import { type ConfigUse, patternChanges } from './config-names.ts'
import { type Names, renameInSql } from './sql-names.ts'

/** The checks of a node with the columns of its ports renamed. */
export async function renameInChecks(
  checks: readonly NodeCheck[],
  renamed: ReadonlyMap<string, Names>,
  columns: ReadonlyMap<string, readonly string[]>,
  parse: (sql: string) => Promise<string>,
): Promise<{ checks: NodeCheck[]; uses: ConfigUse[]; lookAt: (string | number)[][] }> {
  const uses: ConfigUse[] = []
  const lookAt: (string | number)[][] = []
  const result: NodeCheck[] = []
  for (const [index, check] of checks.entries()) {
    const port = check.port ?? [...renamed.keys()][0] ?? ''
    const names = renamed.get(port) ?? new Map<string, string>()
    const next = { ...check }
    next.columns = check.columns?.map((name, at) => {
      const to = names.get(nameKey(name))
      if (to === undefined) return name
      uses.push({ field: [index, 'columns', at], before: name, after: to })
      return to
    })
    if (next.columns === undefined) delete next.columns
    if (check.pattern !== undefined && patternChanges(check.pattern, names)) lookAt.push([index, 'pattern'])
    if (check.expression !== undefined && names.size > 0) {
      const inputs = { renamed: new Map([[port, names]]), columns: new Map([[port, columns.get(port) ?? []]]) }
      const after = await renameInSql(check.expression, 'expression', inputs, parse)
      if (after === undefined) lookAt.push([index, 'expression'])
      else if (after !== check.expression) {
        uses.push({ field: [index, 'expression'], before: check.expression, after })
        next.expression = after
      }
    }
    result.push(next)
  }
  return { checks: result, uses, lookAt }
}
