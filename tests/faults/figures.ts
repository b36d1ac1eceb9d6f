/** What one kind of fault came to. */
export class Figures {
  readonly kind: string
  points = 0
  /** The fault came while something was being done: a run went, a file was being written. */
  midway = 0
  lost = 0
  doubled = 0
  /** Targets that were neither as before nor as after, and files left behind. */
  half = 0
  journalsChecked = 0
  journalsIntact = 0
  readonly recoveries: number[] = []
  readonly problems: string[] = []
  /** What a reader of the table should know: what was left out, and why. */
  readonly notes: string[] = []
  seconds = 0

  constructor(kind: string) {
    this.kind = kind
  }

  problem(text: string): void {
    this.problems.push(text)
    console.log(`  PROBLEM ${this.kind}: ${text}`)
  }

  get isGood(): boolean {
    return this.lost + this.doubled + this.half + this.problems.length === 0
  }
}

const HEADS = [
  'fault',
  'points',
  'midway',
  'lost',
  'doubled',
  'half',
  'journals intact',
  'to recover',
  'other problems',
]

/** The table that people read; columns are wide enough for what is in them. */
export function formatFigures(all: readonly Figures[]): string {
  const rows = [HEADS, ...all.map(cells)]
  const widths = HEADS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row.map((cell, column) => (column ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[0] ?? 0))).join('  '),
    )
    .join('\n')
}

function cells(figures: Figures): string[] {
  const { recoveries } = figures
  const mean = recoveries.reduce((sum, milliseconds) => sum + milliseconds, 0) / recoveries.length
  return [
    figures.kind,
    String(figures.points),
    String(figures.midway),
    String(figures.lost),
    String(figures.doubled),
    String(figures.half),
    `${figures.journalsIntact} of ${figures.journalsChecked}`,
    recoveries.length === 0
      ? '-'
      : `${(mean / 1000).toFixed(2)} s (most ${(Math.max(...recoveries) / 1000).toFixed(2)})`,
    String(figures.problems.length),
  ]
}
