import { type ChildProcess, spawn } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import { ApplicationProcess } from './application-process.ts'
import { checkJournal } from './check-journal.ts'
import { Figures } from './figures.ts'
import { newFolder } from './folders.ts'
import type { Random } from './random.ts'
import { makeProject, workloads } from './workloads.ts'

const WRITER = fileURLToPath(new URL('../../src/main/testing/write-journal.ts', import.meta.url))

/** What of the last writes reached the disk. `tail`: all that was synced, and a torn piece after it. */
const damages = ['tail', 'wal cut', 'wal garbage', 'file cut', 'file garbage'] as const
type Damage = (typeof damages)[number]

/** Power cuts at the level of files: copies of a journal that is being written, of which the last writes are dropped or torn. */
export async function tornWrites(points: number, random: Random): Promise<Figures[]> {
  const all = new Map<Damage, Figures>(damages.map((damage) => [damage, new Figures(`torn: ${damage}`)]))
  for (let point = 1; point <= points; point++) {
    const damage = damages[(point - 1) % damages.length] ?? 'tail'
    const figures = all.get(damage) ?? new Figures(damage)
    figures.points++
    try {
      await tear(point, damage, figures, random)
    } catch (thrown) {
      figures.problem(`point ${point}: ${String(thrown)}`)
    }
  }
  return [...all.values()].filter((figures) => figures.points > 0)
}

async function tear(point: number, damage: Damage, figures: Figures, random: Random): Promise<void> {
  const source = newFolder('torn-source')
  const root = newFolder('torn')
  makeProject(root)
  mkdirSync(join(root, '.logidata'))
  const writer = spawn(process.execPath, [WRITER, source], { stdio: ['ignore', 'pipe', 'inherit'] })
  const known = await stopAtRandom(writer, random)
  const [file, wal] = ['journal.db', 'journal.db-wal'].map((name) => join(root, '.logidata', name)) as [string, string]
  for (const [name, target] of [
    ['journal.db', file],
    ['journal.db-wal', wal],
  ] as const)
    if (existsSync(join(source, '.logidata', name))) copyFileSync(join(source, '.logidata', name), target)
  writer.kill('SIGKILL')
  figures.midway++

  spoil(damage, file, wal, random)
  const began = performance.now()
  const application = await ApplicationProcess.open(root)
  figures.recoveries.push(performance.now() - began)
  try {
    const open = application.answers.find(({ kind }) => kind === 'open')
    const run = await application.toTheEnd({ kind: 'run', document: workloads[0]?.document(point) as never })
    if (run.state !== 'succeeded')
      figures.problem(`point ${point}: a run afterwards ${run.state}: ${run.error ?? ''} ${JSON.stringify(open)}`)
  } finally {
    await application.close()
  }
  checkAfter(root, point, damage, known, figures)
}

/** Lets a writer write, and holds it at some moment. @returns what it had been told is safe, as `runId seq` */
async function stopAtRandom(writer: ChildProcess, random: Random): Promise<Set<string>> {
  let text = ''
  writer.stdout?.on('data', (part: Buffer) => {
    text += part.toString()
  })
  while (!text.includes('end ')) await pause(5)
  await pause(random.below(400))
  writer.kill('SIGSTOP')
  // What it had written into the pipe is read to its end.
  for (let length = -1; length !== text.length; await pause(30)) length = text.length
  const complete = text.slice(0, text.lastIndexOf('\n'))
  return new Set(complete.split('\n').flatMap((line) => (line.startsWith('event ') ? [line.slice(6)] : [])))
}

function spoil(damage: Damage, file: string, wal: string, random: Random): void {
  const size = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (damage === 'tail') appendFileSync(wal, random.bytes(1 + random.below(5_000)))
  else if (damage === 'wal cut') truncateSync(wal, random.below(size(wal)))
  else if (damage === 'file cut') truncateSync(file, random.below(size(file)))
  else {
    const path = damage === 'wal garbage' ? wal : file
    const page = random.below(Math.ceil(size(path) / 4096))
    const handle = openSync(path, 'r+')
    writeSync(handle, random.bytes(Math.min(4096, size(path) - page * 4096)), 0, undefined, page * 4096)
    closeSync(handle)
  }
}

/** Nothing that was safe is gone where nothing but the tail was torn; and of what was cut, what is left is a whole beginning. */
function checkAfter(root: string, point: number, damage: Damage, known: ReadonlySet<string>, figures: Figures): void {
  checkJournal(root, figures, `point ${point} (${damage})`, 'cut between two writes')
  if (damage !== 'tail') return
  const db = new Sqlite(join(root, '.logidata/journal.db'), { readonly: true })
  const found = new Set(db.prepare(`SELECT run_id || ' ' || seq FROM events JOIN runs ON run = number`).pluck().all())
  db.close()
  const lost = [...known].filter((event) => !found.has(event))
  figures.lost += lost.length
  if (lost.length > 0)
    figures.problem(`point ${point}: ${lost.length} events that were told of are gone: ${lost.slice(0, 3).join(', ')}`)
}
