import type { Column } from '../../shared/engine/types.ts'
import { type KindSet, kindsOf } from '../../shared/lineage/kinds.ts'
import type { LineageSource, PortLineage } from '../../shared/lineage/types.ts'
import type { Dependencies } from './dependencies.ts'
import { readPlan, UnknownPlan } from './plan.ts'
import { planLineage } from './plan-lineage.ts'

/** A table of the plan that stands for an input of the node. */
export interface InputTable {
  readonly port: string
  /** In the order of the table. */
  readonly columns: readonly Column[]
}

export interface PortLineageRequest {
  /** What `json_serialize_plan` gave for the port's SELECT. */
  readonly plan: string
  /** Of the port. */
  readonly columns: readonly Column[]
  /** By the table's name in the plan. */
  readonly tables: ReadonlyMap<string, InputTable>
  /** The place of a column of such a table, by its name in the plan; undefined for none. */
  readonly placeOf: (table: string, column: string) => number | undefined
}

/** Lineage of one output port from its bound plan. Where the plan is of a form that is not known: why. */
export function portLineage({ plan, columns, tables, placeOf }: PortLineageRequest): PortLineage | { unknown: string } {
  const sources: { port: string; column: string }[] = []
  const numbers = new Map<string, number>()
  const sourceOf = (table: string, column: string): number | undefined => {
    const input = tables.get(table)
    const place = input && placeOf(table, column)
    const found = place === undefined ? undefined : input?.columns[place]
    if (!input || !found) return undefined
    const key = `${input.port}\0${found.name}`
    let number = numbers.get(key)
    if (number === undefined) {
      number = sources.push({ port: input.port, column: found.name }) - 1
      numbers.set(key, number)
    }
    return number
  }
  const listed = (dependencies: Dependencies): LineageSource[] =>
    [...dependencies].flatMap(([number, kinds]: [number, KindSet]) => {
      const source = sources[number]
      return source ? [{ ...source, kinds: kindsOf(kinds) }] : []
    })
  try {
    const relation = planLineage(readPlan(plan), sourceOf)
    if (relation.columns.length !== columns.length) return { unknown: `${relation.columns.length} columns` }
    const from: Record<string, LineageSource[]> = {}
    columns.forEach(({ name }, index) => {
      const found = listed(relation.columns[index]?.from ?? new Map())
      // Two columns may have one name: what either comes from counts.
      if (found.length > 0) from[name] = [...(Object.hasOwn(from, name) ? (from[name] ?? []) : []), ...found]
    })
    return { columns: [...columns], from, rows: listed(relation.rows) }
  } catch (thrown) {
    if (thrown instanceof UnknownPlan || thrown instanceof SyntaxError) return { unknown: thrown.message }
    throw thrown
  }
}

/** All that can be said without a plan: every column may come from every column of every input. */
export function tableLineage(columns: readonly Column[], ports: Iterable<string>): PortLineage {
  const all = [...ports].map((port): LineageSource => ({ port, kinds: ['unknown'] }))
  const from = all.length > 0 ? Object.fromEntries(columns.map(({ name }) => [name, all])) : {}
  return { columns: [...columns], from, rows: all }
}
