import { setTimeout as sleep } from 'node:timers/promises'
import type { JournalReader } from '../../main/journal/read-journal.ts'
import { projectLogFiles } from '../../main/logs/project-log.ts'
import { LogTail } from '../../main/logs/tail-logs.ts'
import { currentOwner } from '../../main/ownership/owner-lock.ts'
import { unknownRun } from '../../main/runs/run-failures.ts'
import type { LogLevel, LogLine } from '../../shared/runs/log-line.ts'
import { type CommandContext, printJson } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { type ProjectOptions, projectFolder, withJournal } from '../open-project.ts'
import type { Terminal } from '../terminal.ts'
import { visibleText } from '../text-width.ts'

export interface LogsOptions extends ProjectOptions {
  readonly follow?: boolean
  readonly level: LogLevel
  readonly contains?: string
  readonly limit: number
}

const PAUSE_MILLISECONDS = 200

/** `logidata runs logs RUN`: what was written of a run, and with `--follow` what is, until it has ended. */
export async function runLogs(runId: string, options: LogsOptions, context: CommandContext): Promise<number> {
  const { terminal } = context
  const { level, contains, limit, follow = false } = options
  return withJournal(options, async (journal) => {
    if (!journal?.run(runId)) throw unknownRun(runId)
    const filter = { runId, level, limit, follow, ...(contains === undefined ? {} : { contains }) }
    const tail = new LogTail(projectLogFiles(projectFolder(options)), filter)
    const lines = await tail.first()
    if (!follow) {
      if (options.json) printJson(terminal, { lines })
      else if (lines.length === 0) terminal.say('The log has no such lines of this run.')
      else print(lines, terminal)
      return EXIT.success
    }
    const tell = (some: readonly LogLine[]) => {
      if (options.json) for (const line of some) terminal.out.write(`${JSON.stringify(line)}\n`)
      else print(some, terminal)
    }
    tell(lines)
    return followLogs(runId, { journal, tail, tell, options, context })
  })
}

async function followLogs(
  runId: string,
  of: {
    readonly journal: JournalReader
    readonly tail: LogTail
    readonly tell: (lines: readonly LogLine[]) => void
    readonly options: LogsOptions
    readonly context: CommandContext
  },
): Promise<number> {
  const { journal, tail, tell, options, context } = of
  const { terminal, signal } = context
  while (!signal.aborted) {
    // Asked before its last lines are read, which are there then.
    const state = journal.run(runId)?.state
    const goes = state === 'running' || state === 'queued'
    const left = goes && !(await currentOwner(projectFolder(options)))
    tell(await tail.next())
    if (left) {
      terminal.say(`The run is ${state}, and no program works in this project: logidata runs resume takes it up.`)
      return EXIT.success
    }
    if (!goes) {
      terminal.say(`Run ${state ?? 'removed'}.`)
      return EXIT.success
    }
    await sleep(PAUSE_MILLISECONDS, undefined, { signal }).catch(() => {})
  }
  return EXIT.cancelled
}

function print(lines: readonly LogLine[], { out, style }: Terminal): void {
  const dress = { debug: style.dim, info: (text: string) => text, warn: style.yellow, error: style.red }
  for (const { at, level, nodeId, message } of lines) {
    const about = nodeId === undefined ? '' : `${nodeId}: `
    // What a file or a server said must not steer the terminal.
    out.write(`${style.dim(at)} ${dress[level](level.padEnd(5))} ${visibleText(`${about}${message}`)}\n`)
  }
}
