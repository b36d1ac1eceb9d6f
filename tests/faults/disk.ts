import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type ApplicationOptions, ApplicationProcess } from './application-process.ts'
import { checkJournal, stateOf } from './check-journal.ts'
import { Figures } from './figures.ts'
import { newFolder } from './folders.ts'
import { Outputs } from './outputs.ts'
import type { Random } from './random.ts'
import { makeProject, workloads } from './workloads.ts'

const FULL = 'disk full'
const WAITS_MILLISECONDS = 15_000
const besides = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const CLOCK_BACK: ApplicationOptions = {
  preload: [besides('clock-back.ts')],
  env: { LOGIDATA_FAULTS_ENGINE: besides('clock-back-engine.ts') },
}

/** Files cannot grow beyond some size, as on a full disk: the run fails clearly and goes on once there is room. */
export async function fullDisk(points: number, random: Random): Promise<Figures[]> {
  const figures = new Figures(FULL)
  const root = newFolder('disk')
  makeProject(root)
  const outputs = new Outputs(root)
  const said = new Map<string, number>()
  for (let point = 1; point <= points; point++) {
    figures.points++
    const workload = random.pick(workloads)
    // Below what the targets need; sometimes below what the journal needs.
    const fileLimit = 8 + random.below(500)
    try {
      if (point % 4 === 1) outputs.clear()
      const limited = await ApplicationProcess.open(root, { fileLimit })
      limited.ask({ kind: 'run', document: workload.document(point) })
      const accepted = await limited.heard('accepted', 'refused')
      const run =
        accepted.kind === 'refused'
          ? { runId: '', state: 'refused', error: accepted.error }
          : await endOrWait(limited, accepted.runId)
      await limited.close()
      const code = run.error?.split(':')[0] ?? String(run.state)
      said.set(code, (said.get(code) ?? 0) + 1)
      if (run.state !== 'succeeded') figures.midway++
      // A limit on files is told to SQLite as an error of the disk, not as a full one.
      if (run.state !== 'succeeded' && !/^(disk\.full$|journal\.(disk-full|failed)$|waits$)/.test(code))
        figures.problem(`point ${point}: a full disk (${fileLimit} kB) is told as ${run.error ?? ''}`)
      await recover(root, run.runId, outputs, point, workload, figures)
    } catch (thrown) {
      figures.problem(`point ${point} (${workload.name}, ${fileLimit} kB): ${String(thrown)}`)
      outputs.clear()
    }
  }
  figures.notes.push(`said: ${[...said].map(([code, count]) => `${code} ${count}`).join(', ')}`)
  return [figures]
}

/** The clock is set back by two days between a kill and the restart. */
export async function clockBack(points: number, random: Random): Promise<Figures[]> {
  const figures = new Figures('clock set back')
  const root = newFolder('clock')
  makeProject(root)
  const outputs = new Outputs(root)
  for (let point = 1; point <= points; point++) {
    figures.points++
    const workload = random.pick(workloads)
    try {
      if (point % 4 === 1) outputs.clear()
      const application = await ApplicationProcess.open(root)
      application.ask({ kind: 'run', document: workload.document(point) })
      const { runId } = await application.heard('accepted')
      await pause(random.below(1_000))
      if (!application.answers.some(({ kind }) => kind === 'ended')) figures.midway++
      await application.kill('both')
      await recover(root, runId, outputs, point, workload, figures, CLOCK_BACK)
    } catch (thrown) {
      figures.problem(`point ${point} (${workload.name}): ${String(thrown)}`)
      outputs.clear()
    }
  }
  return [figures]
}

/** A run whose start the journal does not take stays in the queue until there is room. */
async function endOrWait(application: ApplicationProcess, runId: string) {
  const end = application.heard('ended')
  // It may come, or fail, after nobody waits for it any more.
  end.catch(() => {})
  const waits = pause(WAITS_MILLISECONDS, undefined, { ref: false }).then(() => ({
    runId,
    state: 'waits',
    error: 'waits',
  }))
  return Promise.race([end, waits])
}

async function recover(
  root: string,
  runId: string,
  outputs: Outputs,
  point: number,
  workload: (typeof workloads)[number],
  figures: Figures,
  options: ApplicationOptions = {},
): Promise<void> {
  const began = performance.now()
  const application = await ApplicationProcess.open(root, options)
  try {
    const state = runId === '' ? undefined : stateOf(root, runId)
    if (state !== 'succeeded') {
      const again =
        state === undefined
          ? await application.toTheEnd({ kind: 'run', document: workload.document(point) })
          : await application.toTheEnd({ kind: 'resume', runId })
      if (again.state !== 'succeeded') throw new Error(`it did not recover: ${again.state} ${again.error ?? ''}`)
      figures.recoveries.push(performance.now() - began)
    }
    outputs.wrote(workload, point)
    await outputs.check(workload, point, figures)
    checkJournal(root, figures, `point ${point}`)
  } finally {
    await application.close()
  }
}
