import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { compareRows } from './compare-rows.ts'
import type { Figures } from './figures.ts'
import { readTarget } from './read-target.ts'
import type { Workload } from './workloads.ts'

/** What is in a project's targets, against what should be. */
export class Outputs {
  readonly #root: string
  readonly #points = new Map<Workload, number[]>()

  constructor(root: string) {
    this.#root = root
  }

  /** Removes all targets, so that those that are added to do not grow without end. */
  clear(): void {
    rmSync(join(this.#root, 'out'), { recursive: true, force: true })
    this.#points.clear()
  }

  /** A run succeeded: it wrote everything, once. */
  wrote(workload: Workload, point: number): void {
    this.#points.set(workload, [...(this.#points.get(workload) ?? []), point])
  }

  /** After a kill and before anything is recovered: every target must be as before the run or as after it. */
  async checkWhole(workload: Workload, point: number, figures: Figures): Promise<void> {
    const before = this.#points.get(workload) ?? []
    for (const target of workload.targets) {
      const old = (target.appends ? before : before.slice(-1)).flatMap((earlier) => target.expected(earlier))
      const after = target.appends ? [...old, ...target.expected(point)] : target.expected(point)
      const found = await readTarget(this.#root, target).catch((thrown: unknown) => String(thrown))
      // A folder is replaced by two renames: another program can come between them, LogiData Studio looks behind them.
      if (target.format === 'folder' && !target.appends && found.length === 0) continue
      const isWhole = typeof found !== 'string' && [old, after].some((rows) => isNone(compareRows(rows, found)))
      if (isWhole) continue
      figures.half++
      figures.problem(
        `point ${point}: ${target.name} is neither as before nor as after: ${typeof found === 'string' ? found : `${found.length} rows, not ${old.length} or ${after.length}`}`,
      )
    }
  }

  /** After everything was recovered. */
  async check(workload: Workload, point: number, figures: Figures): Promise<void> {
    const written = this.#points.get(workload) ?? []
    for (const target of workload.targets) {
      const expected = (target.appends ? written : written.slice(-1)).flatMap((one) => target.expected(one))
      try {
        const { lost, doubled } = compareRows(expected, await readTarget(this.#root, target))
        figures.lost += lost
        figures.doubled += doubled
        if (lost + doubled > 0)
          figures.problem(`point ${point}: ${target.name}: ${lost} rows lost, ${doubled} too many`)
      } catch (thrown) {
        figures.half++
        figures.problem(`point ${point}: ${target.name} cannot be read: ${String(thrown)}`)
      }
    }
    const left = leftBehind(join(this.#root, 'out'))
    if (left.length === 0) return
    figures.half += left.length
    figures.problem(`point ${point}: left behind: ${left.join(', ')}`)
  }
}

const isNone = ({ lost, doubled }: { readonly lost: number; readonly doubled: number }) => lost + doubled === 0

/** The log of a DuckDB file is none: with it the file is whole, and the next who writes takes it in. A full disk leaves it there. */
function leftBehind(folder: string): string[] {
  if (!existsSync(folder)) return []
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return paths.filter((path) => /(^|[/\\])\.|\.tmp$|-journal$|-wal$/.test(path))
}
