/** What became of the loads of one mode into one target. */
export class LoadFigures {
  readonly target: string
  readonly mode: string
  points = 0
  /** Killed before the run had ended. */
  midway = 0
  /** After the kill: as before, as wanted, or on the way, where the mode says that readers may see that. */
  old = 0
  fresh = 0
  between = 0
  wrong = 0
  /** Resumed runs that left something beside the target. */
  left = 0
  readonly recoveries: number[] = []

  constructor(target: string, mode: string) {
    this.target = target
    this.mode = mode
  }
}

/** As the table of docs/reliability.md. */
export function printLoads(all: readonly LoadFigures[]): void {
  if (all.length === 0) return
  console.log(
    '\n| target | mode | points | midway | old | new | on the way | wrong | left over | mean time to recover |',
  )
  console.log('|---|---|---|---|---|---|---|---|---|---|')
  for (const { target, mode, points, midway, old, fresh, between, wrong, left, recoveries } of all) {
    const mean = recoveries.reduce((sum, milliseconds) => sum + milliseconds, 0) / recoveries.length / 1000
    const cells = [target, mode, points, midway, old, fresh, between, wrong, left]
    console.log(`| ${cells.join(' | ')} | ${recoveries.length > 0 ? `${mean.toFixed(1)} s` : '-'} |`)
  }
}
