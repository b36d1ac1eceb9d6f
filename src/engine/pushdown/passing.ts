import type { RelationModule } from '../../modules/kit/contract.ts'
import { nameKey } from '../../modules/kit/inputs.ts'
import { compileNode, relationName } from '../compile-node.ts'
import type { TypedPipeline } from '../parts.ts'
import { portKey, type ResolvedNode } from '../resolve-pipeline.ts'
import { columnIn, type RowStep, rowSteps } from '../row-step.ts'

/** A column of a step that gives one row for each row. */
export interface Passed {
  readonly name: string
  /** The place of the input's column that it is, as it is; undefined: it was computed. */
  readonly at: number | undefined
}

/**
 * The columns of the default output of a step that gives one row for each row, whatever the other rows are. Undefined for any other
 * step, and where that does not show in its SQL.
 */
export function passedColumns(node: ResolvedNode, pipeline: TypedPipeline): readonly Passed[] | undefined {
  const from = node.inputs.get('in')
  const output = { nodeId: node.id, port: node.outputs[0] ?? '' }
  const given = from && pipeline.columns.get(portKey(from))
  const columns = pipeline.columns.get(portKey(output))
  const { kind, keepsRows, splitsRows } = (node.module ?? {}) as Partial<RelationModule>
  if (kind !== 'relation' || !(keepsRows || splitsRows) || node.inputs.size !== 1 || !given || !columns)
    return undefined
  const name = relationName(from)
  const inputs = new Map([['in', { name, columns: given }]])
  const facts = pipeline.facts.get(node.id)
  const body = compileNode({ node, parameters: node.parameters, facts, inputs })[output.port]
  const steps = body && rowSteps(body.text, name.text)
  let passed: readonly Passed[] | undefined = given.map((column, at) => ({ name: column.name, at }))
  for (const step of steps ?? [undefined]) passed = step && passed && throughStep(passed, step)
  const isWhole =
    passed?.length === columns.length && passed.every((column, index) => column.name === columns[index]?.name)
  return isWhole ? passed : undefined
}

function throughStep(columns: readonly Passed[], { where, star, list }: RowStep): readonly Passed[] | undefined {
  const instead = [...(star?.instead.values() ?? [])].flatMap((named) => named ?? [])
  // Rows that go, and values that depend on other rows.
  if (where || [...instead, ...list].some(({ value }) => value.delicate || value.unnamed)) return undefined
  const taken = ({ name, value }: (typeof list)[number]): Passed => {
    const key = columnIn(value)
    return { name, at: key === undefined ? undefined : columns.find((column) => nameKey(column.name) === key)?.at }
  }
  const kept = columns.flatMap((column): Passed[] => {
    const key = nameKey(column.name)
    const other = star?.instead.get(key)
    return other ? [taken(other)] : star?.instead.has(key) ? [] : [column]
  })
  return [...(star ? kept : []), ...list.map(taken)]
}
