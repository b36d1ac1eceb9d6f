import { resolve } from 'node:path'
import { defaultDataDirectory } from '../../main/data-directory.ts'
import { Sessions } from '../../main/sessions.ts'
import type { RunSummary } from '../../shared/runs/history.ts'
import type { CommandContext } from '../context.ts'
import { EXIT } from '../exit-codes.ts'

export interface DaemonOptions {
  readonly project?: string
  readonly env: readonly string[]
  readonly allowHost: readonly string[]
}

/** Runs a project's schedules without a window, until a signal ends it. @throws LogiDataError */
export async function daemon(options: DaemonOptions, context: CommandContext): Promise<number> {
  const { terminal, signal } = context
  const say = (line: string) => terminal.out.write(`${new Date().toISOString()} ${line}\n`)
  const sessions = await Sessions.start({
    projectRoot: resolve(options.project ?? '.'),
    dataDirectory: defaultDataDirectory(),
    engine: await context.engine(),
    grants: options.env,
    allowedHosts: options.allowHost,
    daemon: true,
    application: 'logidata daemon',
    log: say,
  })
  try {
    const { project, runs, schedules } = sessions.current
    for (const { message, hint } of runs.notices) say([message, hint].filter(Boolean).join(' '))
    const { problems, rows } = schedules.board()
    for (const { message, position } of problems) say(`schedules.yaml:${position?.line ?? 1}: ${message}`)
    say(`Running the schedules of ${project.root}: ${rows.length} of them. Ctrl-C ends it.`)
    for (const { name, next, error } of rows) say(`${name}: ${error?.message ?? next[0] ?? 'waits for what starts it'}`)
    await tellRuns(runs.queue(signal), (runId) => runs.journal.run(runId), say)
    say('Ending. Runs that go are interrupted, and can be resumed.')
  } finally {
    await sessions.close()
  }
  return EXIT.success
}

/** A line when a run begins and one when it has ended. */
async function tellRuns(
  queues: AsyncIterable<readonly RunSummary[]>,
  find: (runId: string) => RunSummary | undefined,
  say: (line: string) => void,
): Promise<void> {
  const going = new Map<string, RunSummary>()
  for await (const queue of queues) {
    for (const run of queue) {
      if (run.state !== 'running' || going.has(run.runId)) continue
      going.set(run.runId, run)
      say(`${run.path}: run ${run.runId} started (${[run.trigger.by, run.trigger.name].filter(Boolean).join(' ')})`)
    }
    for (const [runId, { path }] of going) {
      if (queue.some((run) => run.runId === runId)) continue
      going.delete(runId)
      const ended = find(runId)
      const seconds = ended?.milliseconds === undefined ? '' : ` after ${(ended.milliseconds / 1000).toFixed(1)} s`
      const why = ended?.error === undefined ? '' : `: ${ended.error.message}`
      say(`${path}: run ${runId} ${ended?.state ?? 'ended'}${seconds}${why}`)
    }
  }
}
