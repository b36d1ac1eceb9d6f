import type { Column } from '../shared/engine/types.ts'

/** An input in which each run of columns that a config cannot mean has become one column that stands for the run. */
export interface Folded {
  readonly columns: readonly Column[]
  readonly runs: ReadonlyMap<string, readonly Column[]>
}

const STANDS_FOR = 'ld$run'
/** `*` as “all columns”, other than in `count(*)`: such an expression may depend on any of them. */
const ALL_COLUMNS = /(?<!count\s*)\(\s*\*|(?:select|,|\.)\s*\*|columns\s*\(/i
/** JSON writes these otherwise than the column's name has them. */
const ESCAPED = /["\\\p{Cc}]/u

const lowered = new WeakMap<readonly Column[], readonly string[]>()
function lowerNames(columns: readonly Column[]): readonly string[] {
  let names = lowered.get(columns)
  if (!names) {
    names = columns.map((column) => column.name.toLowerCase())
    lowered.set(columns, names)
  }
  return names
}

/**
 * Folds the columns whose names are nowhere in a config, for modules that treat such columns alike. A wide table with one
 * new column is then the same as before to every node that does not name it. Undefined where nothing is gained or certain.
 */
export function fold(columns: readonly Column[], configText: string): Folded | undefined {
  const text = configText.toLowerCase()
  if (text.includes('ld$') || ALL_COLUMNS.test(text)) return undefined
  const names = lowerNames(columns)
  if (new Set(names).size < names.length) return undefined
  const folded: Column[] = []
  const runs = new Map<string, readonly Column[]>()
  let run: Column[] = []
  const close = (): void => {
    if (run.length === 0) return
    const name = `${STANDS_FOR}${runs.size}`
    runs.set(name, run)
    folded.push({ name, type: 'BOOLEAN' })
    run = []
  }
  columns.forEach((column, index) => {
    const name = names[index] ?? ''
    if (!text.includes(name) && !ESCAPED.test(name) && !name.startsWith('ld$')) run.push(column)
    else {
      close()
      folded.push(column)
    }
  })
  close()
  return runs.size > 0 ? { columns: folded, runs } : undefined
}

/** The columns of an output, with the runs back where they stood. */
export const unfold = (columns: readonly Column[], { runs }: Folded): Column[] =>
  columns.flatMap((column) => runs.get(column.name) ?? [column])
