import { composeKinds, type KindSet, kindBit, type LineageKind } from '../../shared/lineage/kinds.ts'

/** Source column (a number of the walk's own) -> how it is depended on. Never changed once made. */
export type Dependencies = ReadonlyMap<number, KindSet>

/** A column of an operator's result. */
export interface PlanColumn {
  readonly from: Dependencies
  /** DuckDB's id of its type, where known. */
  readonly type: string | undefined
}

export const NO_DEPENDENCIES: Dependencies = new Map()

export const sourceColumn = (source: number): Dependencies => new Map([[source, kindBit('identity')]])

export function union(...many: readonly Dependencies[]): Dependencies {
  const some = many.filter((one) => one.size > 0)
  if (some.length <= 1) return some[0] ?? NO_DEPENDENCIES
  const result = new Map<number, KindSet>()
  for (const one of some) for (const [source, kinds] of one) result.set(source, (result.get(source) ?? 0) | kinds)
  return result
}

/** What something made of `inner` by `outer` depends on. */
export function through(outer: LineageKind, inner: Dependencies): Dependencies {
  if (outer === 'identity' || inner.size === 0) return inner
  return new Map([...inner].map(([source, kinds]) => [source, composeKinds(outer, kinds)]))
}

/** All of it as one indirect kind: what decides about rows decides whatever it was computed by. */
export function deciding(kind: LineageKind, inner: Dependencies): Dependencies {
  if (inner.size === 0) return inner
  const bit = kindBit(kind)
  return new Map([...inner.keys()].map((source) => [source, bit]))
}

export function equalDependencies(a: Dependencies, b: Dependencies): boolean {
  if (a.size !== b.size) return false
  for (const [source, kinds] of a) if (b.get(source) !== kinds) return false
  return true
}
