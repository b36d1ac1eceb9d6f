/** What the cells of a column are: see `StagedCell` for the letters. */
export interface KindCounts {
  /** Number of cells by kind. */
  readonly counts: Record<string, number>
  /** Row of the first cell of each kind. */
  readonly first: Record<string, number>
  /** Of the numbers. */
  fraction: boolean
  /** Some whole number does not fit into 64 bits. */
  wide: boolean
  /** The most digits that a whole number has. */
  digits: number
}

export const newCounts = (): KindCounts => ({ counts: {}, first: {}, fraction: false, wide: false, digits: 0 })

const LARGEST = 2n ** 63n - 1n

export function countCell(kinds: KindCounts, cell: string, row: number): void {
  const kind = cell.charAt(0)
  const count = kinds.counts[kind]
  if (count === undefined) kinds.first[kind] = row
  kinds.counts[kind] = (count ?? 0) + 1
  if (kind !== 'n') return
  if (cell.includes('.') || cell.includes('e')) kinds.fraction = true
  else if (cell.length > 18) {
    const value = BigInt(cell.slice(1))
    if (value > LARGEST || value < -LARGEST - 1n) kinds.wide = true
    kinds.digits = Math.max(kinds.digits, cell.replace(/^n-?/, '').length)
  }
}

export function mergeCounts(all: readonly KindCounts[]): KindCounts {
  const merged = newCounts()
  for (const kinds of all) {
    for (const [kind, count] of Object.entries(kinds.counts)) merged.counts[kind] = (merged.counts[kind] ?? 0) + count
    for (const [kind, row] of Object.entries(kinds.first)) merged.first[kind] ??= row
    merged.fraction ||= kinds.fraction
    merged.wide ||= kinds.wide
    merged.digits = Math.max(merged.digits, kinds.digits)
  }
  return merged
}

/** Kinds that are values, by the groups of which a column has one. */
const GROUPS = { number: 'n', text: 's', boolean: 'b', date: 'dm', time: 'ti' } as const
type Group = keyof typeof GROUPS

export interface ColumnKind {
  readonly type: string
  /** The column holds several groups: number of cells in each. */
  readonly mixed?: Readonly<Record<string, number>>
}

/** The type that holds every cell of a column, or by `majority` the most of them. */
export function typeOfKinds(kinds: KindCounts, mixed: 'text' | 'majority'): ColumnKind {
  const sizes = new Map<Group, number>()
  for (const [group, letters] of Object.entries(GROUPS) as [Group, string][]) {
    const size = [...letters].reduce((sum, letter) => sum + (kinds.counts[letter] ?? 0), 0)
    if (size > 0) sizes.set(group, size)
  }
  const groups = [...sizes].sort((a, b) => b[1] - a[1])
  const [largest] = groups
  // A column of nothing but dates that do not exist was meant to hold dates.
  if (!largest) return { type: (kinds.counts.x ?? 0) > 0 ? 'DATE' : 'VARCHAR' }
  if (groups.length === 1) return { type: typeOfGroup(largest[0], kinds) }
  return { type: mixed === 'text' ? 'VARCHAR' : typeOfGroup(largest[0], kinds), mixed: Object.fromEntries(groups) }
}

function typeOfGroup(group: Group, kinds: KindCounts): string {
  switch (group) {
    case 'number':
      if (kinds.fraction) return 'DOUBLE'
      return kinds.wide ? 'DECIMAL(38,0)' : 'BIGINT'
    case 'boolean':
      return 'BOOLEAN'
    case 'date':
      return (kinds.counts.m ?? 0) > 0 ? 'TIMESTAMP' : 'DATE'
    case 'time':
      return (kinds.counts.i ?? 0) > 0 ? 'INTERVAL' : 'TIME'
    case 'text':
      return 'VARCHAR'
  }
}

/** Letters of the kinds that a column of this type takes; texts are read, the others are what they are. */
export function kindsFor(type: string): string {
  if (type === 'VARCHAR') return 'nsbdmtix'
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return 'dms'
  if (type === 'TIME') return 'ts'
  if (type === 'INTERVAL') return 'tis'
  if (type === 'BOOLEAN') return 'bns'
  return 'ns'
}
