import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ApplicationProcess } from './application-process.ts'
import { checkJournal, stateOf } from './check-journal.ts'
import { Figures } from './figures.ts'
import { newFolder } from './folders.ts'
import { Outputs } from './outputs.ts'
import type { Random } from './random.ts'
import { makeProject, type Workload, workloads } from './workloads.ts'

const KINDS = ['staged results', 'commit records', 'journal pages', 'owner.db'] as const
type Kind = (typeof KINDS)[number]
const COMMIT_DAMAGED = 'load.commit-damaged'

/** Files of `.logidata` are cut off or have bits turned over after a kill in the middle of a run. */
export async function damagedFiles(points: number, random: Random): Promise<Figures[]> {
  const all = new Map<Kind, Figures>(KINDS.map((kind) => [kind, new Figures(`damaged: ${kind}`)]))
  for (let point = 1; point <= points; point++) {
    const kind = KINDS[(point - 1) % KINDS.length] ?? 'staged results'
    const figures = all.get(kind) ?? new Figures(kind)
    const workload = random.pick(workloads)
    figures.points++
    try {
      await damage(kind, point, workload, figures, random)
    } catch (thrown) {
      figures.problem(`point ${point} (${workload.name}): ${String(thrown)}`)
    }
  }
  return [...all.values()].filter((figures) => figures.points > 0)
}

async function damage(kind: Kind, point: number, workload: Workload, figures: Figures, random: Random): Promise<void> {
  const root = newFolder('damage')
  makeProject(root)
  const outputs = new Outputs(root)
  const first = await ApplicationProcess.open(root)
  first.ask({ kind: 'run', document: workload.document(point) })
  const { runId } = await first.heard('accepted')
  await untilThere(join(root, '.logidata'), kind, 400 + random.below(600))
  await first.kill('both')
  await outputs.checkWhole(workload, point, figures)
  const files = filesOf(join(root, '.logidata'), kind)
  for (const path of files) spoil(path, random)
  if (files.length > 0) figures.midway++

  const began = performance.now()
  let application = await ApplicationProcess.open(root)
  const known = safeState(root, runId)
  // A journal that was begun anew does not know the run; then it is run again.
  let end =
    known === undefined
      ? await application.toTheEnd({ kind: 'run', document: workload.document(point) })
      : known === 'succeeded'
        ? { state: known, error: undefined }
        : await application.toTheEnd({ kind: 'resume', runId })
  if (end.error?.startsWith(COMMIT_DAMAGED)) {
    // A person looks: nothing is doubled as long as nobody has decided.
    await outputs.checkWhole(workload, point, figures)
    figures.notes.push(`point ${point}: it said that nobody knows whether a load was committed`)
    await application.close()
    outputs.clear()
    for (const path of filesOf(join(root, '.logidata'), 'commit records')) rmSync(path)
    application = await ApplicationProcess.open(root)
    end = await application.toTheEnd({ kind: 'run', document: workload.document(point) })
  }
  await application.close()
  if (end.state !== 'succeeded') throw new Error(`it did not recover: ${end.state} ${end.error ?? ''}`)
  figures.recoveries.push(performance.now() - began)
  // Without its journal a run cannot be taken up: what it had added is added once more, by a run that somebody starts.
  if (known !== undefined || end.error !== undefined) outputs.wrote(workload, point)
  if (known !== undefined) await outputs.check(workload, point, figures)
  checkJournal(root, figures, `point ${point}`)
}

function filesOf(state: string, kind: Kind): string[] {
  const below = (folder: string, ending: string) =>
    existsSync(join(state, folder))
      ? readdirSync(join(state, folder), { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith(ending))
          .map((name) => join(state, folder, name))
      : []
  if (kind === 'staged results') return [...below('staging/runs', '.parquet'), ...below('staging/runs', 'staged.json')]
  if (kind === 'commit records') return below('commits', '.json')
  const name = kind === 'owner.db' ? 'owner.db' : 'journal.db'
  return existsSync(join(state, name)) ? [join(state, name)] : []
}

/** A moment in which there is something to damage. */
async function untilThere(state: string, kind: Kind, milliseconds: number): Promise<void> {
  const began = performance.now()
  if (kind === 'staged results' || kind === 'commit records')
    while (filesOf(state, kind).length === 0 && performance.now() - began < 5_000) await pause(3)
  else await pause(milliseconds)
}

function spoil(path: string, random: Random): void {
  const { size } = statSync(path)
  if (size === 0) return
  if (random.below(2) === 0) {
    truncateSync(path, random.below(size))
    return
  }
  const handle = openSync(path, 'r+')
  const at = random.below(size)
  const byte = Buffer.alloc(1)
  readSync(handle, byte, 0, 1, at)
  byte[0] = (byte[0] ?? 0) ^ (1 << random.below(8))
  writeSync(handle, byte, 0, 1, at)
  closeSync(handle)
}

function safeState(root: string, runId: string): string | undefined {
  try {
    return stateOf(root, runId)
  } catch {
    return undefined
  }
}
