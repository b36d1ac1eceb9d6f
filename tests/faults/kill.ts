import { setTimeout as pause } from 'node:timers/promises'
import { processStarted } from '../../src/modules/kit/files/process-started.ts'
import { ApplicationProcess } from './application-process.ts'
import { checkJournal, stateOf } from './check-journal.ts'
import { Figures } from './figures.ts'
import { newFolder } from './folders.ts'
import { Outputs } from './outputs.ts'
import type { Random } from './random.ts'
import { makeProject, type Workload, workloads } from './workloads.ts'

/** Targets that are added to are begun anew after so many points. */
const POINTS_PER_TARGET = 8
/** An application whose engine dies more often within a minute pauses on purpose. */
const ENGINE_KILLS = 4
const ORPHAN_MILLISECONDS = 20_000

/** `kill -9` of the engine, of the application, and of both, at random moments of a run. */
export async function killAtRandom(points: number, random: Random): Promise<Figures[]> {
  const root = newFolder('kill')
  makeProject(root)
  const killing = new Killing(root, random)
  try {
    await killing.measure()
    for (let point = 1; point <= points; point++) await killing.point(point)
  } finally {
    await killing.close()
  }
  return Object.values(killing.figures)
}

class Killing {
  readonly figures = {
    engine: new Figures('engine killed'),
    application: new Figures('application killed'),
    both: new Figures('both killed'),
  }
  readonly #root: string
  readonly #random: Random
  readonly #outputs: Outputs
  readonly #durations = new Map<Workload, number>()
  #application: ApplicationProcess | undefined
  #engineKills = 0

  constructor(root: string, random: Random) {
    this.#root = root
    this.#random = random
    this.#outputs = new Outputs(root)
  }

  /** What a run takes that nothing happens to. */
  async measure(): Promise<void> {
    const application = await this.#open()
    for (const workload of workloads)
      for (const point of [0, 0]) {
        const began = performance.now()
        const { state, error } = await application.toTheEnd({ kind: 'run', document: workload.document(point) })
        if (state !== 'succeeded') throw new Error(`${workload.name} does not run: ${state} ${error ?? ''}`)
        this.#durations.set(workload, performance.now() - began)
      }
    const took = [...this.#durations].map(([{ name }, milliseconds]) => `${name} ${milliseconds.toFixed(0)} ms`)
    console.log(`  a run takes: ${took.join(', ')}`)
    this.#outputs.clear()
  }

  async point(point: number): Promise<void> {
    const random = this.#random
    const workload = random.pick(workloads)
    const which = random.pick(['engine', 'engine', 'application', 'both'] as const)
    const delay = random.next() * 1.05 * (this.#durations.get(workload) ?? 0)
    const figures = this.figures[which]
    const began = performance.now()
    if (point % POINTS_PER_TARGET === 0) this.#outputs.clear()
    figures.points++
    try {
      await this.#kill(workload, point, which, delay, figures)
    } catch (thrown) {
      figures.problem(`point ${point} (${workload.name}, after ${delay.toFixed(0)} ms): ${String(thrown)}`)
      await this.close()
      this.#outputs.clear()
    }
    figures.seconds += (performance.now() - began) / 1000
  }

  async #kill(
    workload: Workload,
    point: number,
    which: 'engine' | 'application' | 'both',
    delay: number,
    figures: Figures,
  ): Promise<void> {
    if (this.#engineKills >= ENGINE_KILLS) await this.close()
    let application = this.#application ?? (await this.#open())
    application.ask({ kind: 'run', document: workload.document(point) })
    const accepted = await application.heard('accepted', 'refused')
    if (accepted.kind === 'refused') throw new Error(`refused: ${accepted.error}`)
    const { runId, engine } = accepted
    await pause(delay)
    const hasEnded = application.answers.some(({ kind }) => kind === 'ended')
    await application.kill(which)
    const killed = performance.now()
    if (!hasEnded) figures.midway++
    let end: { readonly state?: string | undefined; readonly error?: string | undefined }
    if (which === 'engine') {
      this.#engineKills++
      end = await application.heard('ended')
    } else {
      // Until it has let go of its files, nobody may read them.
      if (which === 'both' && engine !== undefined) await gone(engine)
      if (which === 'both') await this.#outputs.checkWhole(workload, point, figures)
      const restarted = performance.now()
      application = await this.#open()
      const state = stateOf(this.#root, runId)
      end = state === 'succeeded' ? { state } : await application.toTheEnd({ kind: 'resume', runId })
      if (!hasEnded && state !== 'succeeded') figures.recoveries.push(performance.now() - restarted)
      if (engine !== undefined) await this.#waitForOrphan(engine, point, figures)
    }
    if (which === 'engine' && !hasEnded) figures.recoveries.push(performance.now() - killed)
    if (end.state !== 'succeeded') throw new Error(`${runId} did not recover: ${end.state} ${end.error ?? ''}`)
    this.#outputs.wrote(workload, point)
    await this.#outputs.check(workload, point, figures)
    checkJournal(this.#root, figures, `point ${point} (${workload.name}, ${runId}, after ${delay.toFixed(0)} ms)`)
  }

  /** An engine whose application was killed ends by itself. */
  async #waitForOrphan(pid: number, point: number, figures: Figures): Promise<void> {
    for (const began = Date.now(); Date.now() - began < ORPHAN_MILLISECONDS; await pause(20)) if (!isAlive(pid)) return
    figures.problem(`point ${point}: the engine ${pid} lives on without its application`)
    process.kill(pid, 'SIGKILL')
  }

  async #open(): Promise<ApplicationProcess> {
    this.#engineKills = 0
    this.#application = await ApplicationProcess.open(this.#root)
    return this.#application
  }

  async close(): Promise<void> {
    await this.#application?.close()
    this.#application = undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A process that was killed ends once the system has taken back what it held; who started it may not have looked after it by then. */
async function gone(pid: number): Promise<void> {
  for (const began = Date.now(); Date.now() - began < ORPHAN_MILLISECONDS; await pause(5))
    if (!isAlive(pid) || (await processStarted(pid)) === Number.POSITIVE_INFINITY) return
}
