import { compareRuns } from '../../main/runs/compare-runs.ts'
import { unknownRun } from '../../main/runs/run-failures.ts'
import type { Compared, RunComparison, RunFigures } from '../../shared/runs/compare.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { countText, secondsText } from '../figures.ts'
import { type ProjectOptions, withJournal } from '../open-project.ts'
import { formatTable, type TableColumn } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface CompareOptions extends ProjectOptions {
  /** Percent beyond which something is flagged. */
  readonly threshold: number
}

/** `logidata runs compare RUN [WITH]`: against an earlier run, node by node, and against what is usual. */
export async function compare(
  runId: string,
  withRunId: string | undefined,
  options: CompareOptions,
  { terminal }: CommandContext,
): Promise<number> {
  const comparison = await withJournal(options, (journal) => {
    if (!journal) throw unknownRun(runId)
    return compareRuns(journal, runId, withRunId, options.threshold / 100)
  })
  if (options.json) printJson(terminal, comparison)
  else print(comparison, terminal)
  return EXIT.success
}

const right = (title: string): TableColumn => ({ title, align: 'right' })
const HEADS = [
  { title: 'NODE' },
  right('TIME'),
  right('BEFORE'),
  right('USUAL'),
  right('ROWS'),
  right('BEFORE'),
  right('USUAL'),
  { title: 'NOTE' },
]

function print(comparison: RunComparison, terminal: Terminal): void {
  const { run, with: other, medianOf, nodes, total, threshold } = comparison
  terminal.out.write(`run     ${run.runId}, ${run.path}, ${run.state}\n`)
  terminal.out.write(
    other
      ? `before  ${other.runId}, ${other.path}, ${other.state}\n`
      : 'before  no earlier run of this pipeline succeeded\n',
  )
  const rows = [...nodes.map(({ nodeId, ...figures }) => rowOf(nodeId, figures)), rowOf('(whole run)', total)]
  terminal.out.write(formatTable(HEADS, rows, { style: terminal.style, width: terminal.width, longest: 60 }))
  const usual =
    medianOf === 0
      ? 'There is no earlier run to say what is usual.'
      : `Usual: the median of ${countText(medianOf, 'earlier run')} that succeeded. Noted: what differs from it by more than ${Math.round(threshold * 100)} %${medianOf < 3 ? ', from three such runs on' : ''}.`
  terminal.say(usual)
}

function rowOf(name: string, { now, before, median, flags }: Compared): string[] {
  const rows = (figures: RunFigures | undefined) => figures?.rows ?? ''
  return [
    name,
    secondsText(now?.milliseconds),
    secondsText(before?.milliseconds),
    secondsText(median?.milliseconds),
    rows(now),
    rows(before),
    rows(median),
    flags.join(', '),
  ]
}
