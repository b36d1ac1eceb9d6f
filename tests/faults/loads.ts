import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { processStarted } from '../../src/modules/kit/files/process-started.ts'
import type { PipelineDocument } from '../../src/shared/pipeline/document.ts'
import { ApplicationProcess } from './application-process.ts'
import { checkJournal, stateOf } from './check-journal.ts'
import { Figures } from './figures.ts'
import { newFolder } from './folders.ts'
import { LoadFigures, printLoads } from './load-figures.ts'
import type { Random } from './random.ts'
import { mongodbTarget } from './targets/documents.ts'
import { s3Target, sftpTarget } from './targets/files.ts'
import { mysqlTarget, postgresTarget } from './targets/tables.ts'
import type { LoadTarget, Mode } from './targets/target.ts'

const TARGETS = {
  postgres: postgresTarget,
  mysql: mysqlTarget,
  mongodb: mongodbTarget,
  s3: s3Target,
  sftp: sftpTarget,
}
/** Of so many points one is at a moment that the code names: before what is about to be committed is written down, after, … */
const NAMED = 4
const WIDE_CHARACTERS = 4_000
const PATIENCE_MILLISECONDS = 20_000

export interface LoadOptions {
  /** Targets, or modes, with this in their name only. */
  readonly only?: string | undefined
  /** No more points after so long. */
  readonly minutes?: number | undefined
}

/**
 * `kill -9` of application and engine in the middle of a load: the target holds what it held or what it is to hold, and once the run
 * was resumed it is as after a load that nobody killed, with nothing left beside it. Modes take turns.
 */
export async function killedLoads(points: number, random: Random, options: LoadOptions = {}): Promise<Figures[]> {
  const all: Figures[] = []
  const loads: LoadFigures[] = []
  const until = performance.now() + (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000
  const [wantedTarget, wantedMode] = (options.only ?? '').split(':')
  for (const [type, open] of Object.entries(TARGETS)) {
    if (wantedTarget && wantedTarget !== type) continue
    const target = await open()
    if (!target) {
      if (process.env.REQUIRE_SERVICES === '1') throw new Error(`${type} does not run: scripts/services up`)
      console.log(`  ${type} does not run: its loads are not tried`)
      continue
    }
    const killing = new KilledLoads(target, random)
    all.push(killing.figures)
    const modes = target.modes.filter(({ name }) => !wantedMode || name === wantedMode)
    // Another one first each time, so that the short form comes by all of them in the end.
    const first = random.below(modes.length)
    try {
      for (let point = 1; point <= points && performance.now() < until; point++) {
        const mode = modes[(first + point) % modes.length]
        if (mode) await killing.point(mode, point)
      }
    } finally {
      await killing.close()
      loads.push(...killing.modes.values())
    }
  }
  printLoads(loads)
  return all
}

/** What a mode starts from and comes to, when nobody kills it. */
interface Known {
  readonly before: readonly string[]
  readonly wanted: readonly string[]
  readonly template: string
  milliseconds: number
}

class KilledLoads {
  readonly figures: Figures
  readonly modes = new Map<string, LoadFigures>()
  readonly #target: LoadTarget
  readonly #random: Random
  readonly #root: string
  readonly #known = new Map<Mode, Known>()
  #application: ApplicationProcess | undefined

  constructor(target: LoadTarget, random: Random) {
    this.#target = target
    this.#random = random
    this.figures = new Figures(`loads into ${target.name}, killed`)
    this.#root = newFolder('loads')
    makeProject(this.#root, target)
  }

  async point(mode: Mode, point: number): Promise<void> {
    const target = this.#target
    const own = this.modes.get(mode.name) ?? new LoadFigures(target.name, mode.name)
    this.modes.set(mode.name, own)
    const place = newPlace()
    const random = this.#random
    const moment = random.below(NAMED) === 0 ? random.pick(target.moments) : undefined
    const share = 1.05 * random.next()
    const began = performance.now()
    let known: Known | undefined
    try {
      known = this.#known.get(mode) ?? (await this.#learn(mode))
      this.figures.points++
      own.points++
      await target.copy(known.template, place)
      const delay = share * known.milliseconds
      const when = `${mode.name}, killed ${moment === undefined ? `after ${delay.toFixed(0)} ms` : `at “${moment}”`}`
      const say = (what: string) => this.figures.problem(`point ${point}: ${when}: ${what}`)
      await this.#kill(place, mode, known, own, moment ?? delay, say)
      checkJournal(this.#root, this.figures, `point ${point} (${when})`)
    } catch (thrown) {
      this.figures.problem(`point ${point}: ${mode.name} (${moment ?? share.toFixed(3)}): ${String(thrown)}`)
      own.wrong++
      await this.#end()
    } finally {
      await target.remove(place).catch(() => undefined)
    }
    this.figures.seconds += (performance.now() - began) / 1000
  }

  async #kill(
    place: string,
    mode: Mode,
    known: Known,
    own: LoadFigures,
    when: string | number,
    say: (what: string) => void,
  ): Promise<void> {
    const target = this.#target
    if (typeof when === 'string') await this.#end()
    let application = await this.#open(typeof when === 'string' ? { LOGIDATA_TEST_CRASH_AT: when } : {})
    const document = this.#document(place, mode, true)
    application.ask({ kind: 'run', document })
    const accepted = await application.heard('accepted', 'refused')
    if (accepted.kind === 'refused') throw new Error(`refused: ${accepted.error}`)
    const { runId, engine } = accepted
    const hasEnded = () => application.answers.some(({ kind }) => kind === 'ended')
    if (typeof when === 'number') await pause(when)
    else
      for (const began = Date.now(); isAlive(engine) && !hasEnded(); await pause(2))
        if (Date.now() - began > PATIENCE_MILLISECONDS) throw new Error('the run came by no moment, nor to an end')
    const midway = !hasEnded()
    await application.kill('both')
    if (engine !== undefined) await gone(engine)
    this.#application = undefined
    if (midway) {
      this.figures.midway++
      own.midway++
    } else if (typeof when === 'number') known.milliseconds = Math.min(known.milliseconds, when)
    const found = await target.state(place, mode)
    if (same(found, known.before)) own.old++
    else if (same(found, known.wanted)) own.fresh++
    else if (mode.goesThrough && isBetween(found, known)) own.between++
    else {
      own.wrong++
      this.figures.half++
      say(`after the kill ${differences(found, known.before)}, ${differences(found, known.wanted)}`)
    }

    const restarted = performance.now()
    application = await this.#open()
    const state = stateOf(this.#root, runId)
    const end =
      state === 'succeeded'
        ? { state, error: undefined }
        : await application.toTheEnd(state === undefined ? { kind: 'run', document } : { kind: 'resume', runId })
    if (midway) {
      this.figures.recoveries.push(performance.now() - restarted)
      own.recoveries.push(performance.now() - restarted)
    }
    if (end.state !== 'succeeded') throw new Error(`${runId} did not recover: ${end.state} ${end.error ?? ''}`)
    const after = await target.state(place, mode)
    if (!same(after, known.wanted)) {
      own.wrong++
      if (after.length < known.wanted.length) this.figures.lost++
      else if (after.length > known.wanted.length) this.figures.doubled++
      say(`after the resume ${differences(after, known.wanted)}`)
    }
    const left = [...(await target.leftovers(place)), ...leftInProject(this.#root)]
    if (left.length === 0) return
    own.left++
    this.figures.half++
    say(`left over: ${left.join(', ')}`)
    for (const name of left) await target.remove(name).catch(() => undefined)
    for (const name of leftInProject(this.#root)) rmSync(join(this.#root, name), { recursive: true, force: true })
  }

  /** By runs that nobody kills. */
  async #learn(mode: Mode): Promise<Known> {
    const [template, control] = [newPlace(), newPlace()]
    const target = this.#target
    if (!mode.isNew) await this.#run(template, mode, false)
    const before = await target.state(template, mode)
    await target.copy(template, control)
    if (!same(await target.state(control, mode), before)) throw new Error('a copy is not what was copied')
    const milliseconds = await this.#run(control, mode, true)
    const wanted = await target.state(control, mode)
    if (same(before, wanted)) throw new Error('the load changes nothing')
    const left = [...(await target.leftovers(control)), ...leftInProject(this.#root)]
    if (left.length > 0) throw new Error(`an undisturbed load leaves ${left.join(', ')}`)
    await target.remove(control)
    const known = { before, wanted, template, milliseconds }
    this.#known.set(mode, known)
    return known
  }

  async #run(place: string, mode: Mode, fresh: boolean): Promise<number> {
    const application = await this.#open()
    const began = performance.now()
    const end = await application.toTheEnd({ kind: 'run', document: this.#document(place, mode, fresh) })
    if (end.state !== 'succeeded') throw new Error(`${mode.name} does not run: ${end.state} ${end.error ?? ''}`)
    return performance.now() - began
  }

  #document(place: string, mode: Mode, fresh: boolean): PipelineDocument {
    const { file, ...config } = mode.config
    const where = this.#target.at(place)
    const at = file ? { path: `${String(where.path)}rows.csv` } : where
    const isFile = typeof where.path === 'string'
    // A history begins with versions, a marked table with its mark; files have to be there, whatever is done with them then.
    const first = isFile && !fresh ? { mode: 'overwrite' } : {}
    const kind = mode.isWide ? 'wide' : mode.says === 'gone' ? 'gone' : 'plain'
    return {
      format: 'logidata/v1',
      name: 'Load',
      nodes: {
        rows: { type: 'extract.csv', config: { path: `data/${fresh ? 'new' : 'old'}-${kind}.csv` } },
        to: {
          type: this.#target.step,
          inputs: { in: 'rows' },
          config: { connection: 'shop', ...at, ...config, ...first, ...(isFile ? { format: 'csv' } : {}) },
        },
      },
    } as PipelineDocument
  }

  async #open(env: Readonly<Record<string, string>> = {}): Promise<ApplicationProcess> {
    const secrets = Object.entries(this.#target.connection.secrets).map(
      ([name, value]) => [`LOGIDATA_SECRET_SHOP_${name.toUpperCase()}`, value] as const,
    )
    this.#application ??= await ApplicationProcess.open(this.#root, { env: { ...Object.fromEntries(secrets), ...env } })
    return this.#application
  }

  async #end(): Promise<void> {
    await this.#application?.close()
    this.#application = undefined
  }

  async close(): Promise<void> {
    await this.#end()
    await this.#target.close()
  }
}

function makeProject(root: string, { rows, connection }: LoadTarget): void {
  for (const folder of ['pipelines', 'data']) mkdirSync(join(root, folder), { recursive: true })
  const old = Array.from(
    { length: rows.old },
    (_, index) => [index * 3, (index * 3) % 6, `old${(index * 3) % 900}`] as const,
  )
  const fresh = Array.from({ length: rows.fresh }, (_, id) => {
    const isOld = id >= rows.changed
    return [id, id % 6, `${isOld ? 'old' : 'new'}${id % 900}`] as const
  })
  // Unlike from row to row, so that nothing makes it smaller.
  const wide = (id: number) => `${id}-`.repeat(WIDE_CHARACTERS / (String(id).length + 1))
  const write = (name: string, lines: readonly (readonly [number, number, string])[]) => {
    const text = (head: string, line: (row: readonly [number, number, string]) => string) =>
      `${head}\n${lines.map(line).join('\n')}\n`
    writeFileSync(
      join(root, `data/${name}-plain.csv`),
      text('id,part,name', (row) => row.join(',')),
    )
    writeFileSync(
      join(root, `data/${name}-gone.csv`),
      text('id,part,name,gone', (row) => `${row.join(',')},${name === 'new' && row[0] % 10 === 0}`),
    )
    writeFileSync(
      join(root, `data/${name}-wide.csv`),
      text('id,part,name', ([id, part, own]) => `${id},${part},${own}${wide(id)}`),
    )
  }
  // Of a part, and of a key, that no new row has.
  write('old', [...old, [90_000_000, 9, 'gone']])
  write('new', fresh)
  const { type, settings } = connection
  writeFileSync(
    join(root, 'connections.yaml'),
    `format: logidata-connections/v1\nconnections:\n  shop: { type: ${type}, settings: ${JSON.stringify(settings)} }\n`,
  )
}

const newPlace = () => `t_${randomBytes(5).toString('hex')}`

/** What a load keeps in the project until it has ended; that it was committed stays known for as long as its run. */
function leftInProject(root: string): string[] {
  return ['staging', 'commits'].flatMap((name) => {
    const folder = join(root, '.logidata', name)
    const found = existsSync(folder) ? readdirSync(folder) : []
    return found.filter((entry) => !entry.endsWith('.committed.json')).map((entry) => `.logidata/${name}/${entry}`)
  })
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((line, index) => line === b[index])

/** Nothing but old and new rows, each at most as often as it should be there. */
function isBetween(found: readonly string[], { before, wanted }: Known): boolean {
  const [a, b, here] = [before, wanted, found].map(countsOf)
  return [...(here ?? [])].every(([line, count]) => count <= (a?.get(line) ?? 0) + (b?.get(line) ?? 0))
}

function countsOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}

function differences(found: readonly string[], wanted: readonly string[]): string {
  const at = found.findIndex((line, index) => line !== wanted[index])
  const first = at < 0 ? 'the end' : `${found[at]?.slice(0, 60)} instead of ${wanted[at]?.slice(0, 60)}`
  return `${found.length} rows instead of ${wanted.length}; the first that differs: ${first}`
}

function isAlive(pid: number | undefined): boolean {
  try {
    if (pid !== undefined) process.kill(pid, 0)
    return pid !== undefined
  } catch {
    return false
  }
}

/** A process that was killed ends once the system has taken back what it held; who started it may not have looked after it by then. */
async function gone(pid: number): Promise<void> {
  for (const began = Date.now(); Date.now() - began < PATIENCE_MILLISECONDS; await pause(5))
    if (!isAlive(pid) || (await processStarted(pid)) === Number.POSITIVE_INFINITY) return
}
