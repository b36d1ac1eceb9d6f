// Starts, ends and looks at the services.
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { makeCertificates } from './certificates.ts'
import { writeChinookFiles } from './chinook.ts'
import type { Definition, Surroundings } from './definition.ts'
import { answers, isAlive, type ProcessId, stop } from './processes.ts'
import { find, installPackages } from './programs.ts'
import { type Entry, home, locked, readState, removeState, root, type State, writeState } from './state.ts'

/** A folder that an unprivileged user reaches too, with a path short enough for a socket. */
function newFolder(): string {
  const mark = createHash('sha256').update(root).digest('hex').slice(0, 6)
  const folder = mkdtempSync(`${process.getuid?.() === 0 ? '/tmp' : tmpdir()}/logidata-services-${mark}-`)
  chmodSync(folder, 0o755)
  return folder
}

/** Whether a service of the file still runs and takes connections. */
export async function runs(entry: Entry | undefined): Promise<boolean> {
  if (entry?.state !== 'running' || !entry.processes.every(isAlive)) return false
  const port = entry.details['port']
  return typeof port !== 'number' || (await answers(port))
}

/** Starts those that do not run; one that fails does not stop the others. Answers with the names of those that failed. */
export async function up(definitions: readonly Definition[], say: (line: string) => void): Promise<readonly string[]> {
  const before = readState()
  const running = await Promise.all(definitions.map(async ({ name }) => await runs(before?.services[name])))
  if (running.every(Boolean)) return []
  return await locked(async () => {
    const state = readState()
    const folder = state?.folder ?? newFolder()
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    const services: Record<string, Entry> = { ...state?.services }
    const record = (name: string, entry: Entry) => {
      services[name] = entry
      writeState({ folder, services })
    }
    const logs = `${home}/logs`
    const shared = once(async () => await writeChinookFiles(`${folder}/chinook`))
    const certificates = once(async () => await makeCertificates(`${folder}/certificates`, `${logs}/certificates.log`))
    const missing = new Set<string>()
    const wanted: Definition[] = []
    for (const definition of definitions) {
      if (await runs(services[definition.name])) continue
      wanted.push(definition)
      if (definition.programs.some((program) => find(program) === undefined)) {
        for (const name of definition.packages) missing.add(name)
      }
    }
    let installation: string | undefined
    if (missing.size > 0) {
      say(`installing ${[...missing].join(' ')} …`)
      try {
        installPackages([...missing])
      } catch (error) {
        installation = messageOf(error)
      }
    }
    const failures = await Promise.all(
      wanted.map(async (definition) => {
        const { name } = definition
        const began = Date.now()
        const processes: ProcessId[] = []
        const old = services[name]
        if (old !== undefined) await end(definition, old)
        const own = `${folder}/${name}`
        rmSync(own, { recursive: true, force: true })
        mkdirSync(own, { mode: 0o755 })
        writeFileSync(`${logs}/${name}.log`, '')
        const entry = (state: Entry['state'], rest: Partial<Entry> = {}): Entry => {
          return { state, processes, details: {}, version: '', seconds: (Date.now() - began) / 1000, ...rest }
        }
        const surroundings: Surroundings = {
          folder: own,
          log: `${logs}/${name}.log`,
          chinook: shared,
          certificates,
          say,
          owns: (process_) => {
            processes.push(process_)
            record(name, entry('starting'))
          },
        }
        try {
          if (definition.programs.some((program) => find(program) === undefined)) {
            throw new Error(installation ?? `${definition.packages.join(' ')} did not bring ${definition.programs}`)
          }
          const { version, details } = await definition.start(surroundings)
          record(name, entry('running', { version, details }))
          say(`${name}: ${definition.title} ${version} runs (${((Date.now() - began) / 1000).toFixed(1)} s)`)
          return undefined
        } catch (error) {
          await end(definition, entry('failed'))
          record(name, entry('failed', { processes: [], error: messageOf(error) }))
          say(`${name}: FAILED: ${messageOf(error)}`)
          return name
        }
      }),
    )
    return failures.filter((name) => name !== undefined)
  })
}

/** Ends all services and removes their data; with names, only those. */
export async function down(definitions: readonly Definition[], all: boolean): Promise<void> {
  await locked(async () => {
    const state = readState()
    if (state === undefined) return
    await Promise.all(
      definitions.map(async (definition) => {
        const entry = state.services[definition.name]
        if (entry !== undefined) await end(definition, entry)
      }),
    )
    if (all) {
      rmSync(state.folder, { recursive: true, force: true, maxRetries: 3 })
      removeState()
      return
    }
    const services: Record<string, Entry> = { ...state.services }
    for (const { name } of definitions) {
      rmSync(`${state.folder}/${name}`, { recursive: true, force: true, maxRetries: 3 })
      delete services[name]
    }
    writeState({ ...state, services })
  })
}

/** What runs, by name. */
export async function status(definitions: readonly Definition[]): Promise<Record<string, Entry | undefined>> {
  const state: State | undefined = readState()
  const rows = await Promise.all(
    definitions.map(async ({ name }): Promise<[string, Entry | undefined]> => {
      const entry = state?.services[name]
      const died = entry?.state === 'running' && !(await runs(entry))
      return [name, died ? { ...entry, state: 'failed', error: 'it ended by itself, or does not answer' } : entry]
    }),
  )
  return Object.fromEntries(rows)
}

async function end(definition: Definition, entry: Entry): Promise<void> {
  await Promise.all(entry.processes.map(async (process_) => await stop(process_, definition.signal)))
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
