import { z } from 'zod'

/**
 * How a column depends on another, in the words of OpenLineage's column lineage. Direct: its value comes from there (`identity`: as
 * it is; `transformation`: computed; `aggregation`: of many rows). Indirect: the other column decides which rows there are, in which
 * order, or what they are computed with. `unknown`: only the tables are known to depend on each other.
 */
export const lineageKindSchema = z.enum([
  'identity',
  'transformation',
  'aggregation',
  'filter',
  'join',
  'group',
  'sort',
  'window',
  'unknown',
])
export type LineageKind = z.infer<typeof lineageKindSchema>

export const LINEAGE_KINDS = lineageKindSchema.options
const DIRECT: ReadonlySet<LineageKind> = new Set(['identity', 'transformation', 'aggregation', 'unknown'])

/** Whether values themselves come from there. */
export const isDirect = (kind: LineageKind): boolean => DIRECT.has(kind)

/** A set of kinds as one small number: plans are walked with many of them. */
export type KindSet = number

export const kindBit = (kind: LineageKind): KindSet => 1 << LINEAGE_KINDS.indexOf(kind)
export const kindsOf = (set: KindSet): LineageKind[] => LINEAGE_KINDS.filter((_, index) => (set & (1 << index)) !== 0)

/** Kinds that carry values for sure. */
export const DIRECT_BITS: KindSet = kindBit('identity') | kindBit('transformation') | kindBit('aggregation')
const INDIRECT_BITS =
  kindBit('filter') | kindBit('join') | kindBit('group') | kindBit('sort') | kindBit('window') | kindBit('unknown')

/** What `outer` of something that is `inner` of a column is of that column. */
export function composeKinds(outer: LineageKind, inner: KindSet): KindSet {
  if (outer === 'identity') return inner
  const indirect = inner & INDIRECT_BITS
  const direct = inner & DIRECT_BITS
  if (direct === 0) return isDirect(outer) ? indirect : indirect | kindBit(outer)
  if (outer !== 'transformation') return indirect | kindBit(outer)
  const aggregated = direct & kindBit('aggregation')
  return indirect | aggregated | (direct & ~kindBit('aggregation') ? kindBit('transformation') : 0)
}
