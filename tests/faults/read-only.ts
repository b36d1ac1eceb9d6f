import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ApplicationOptions, ApplicationProcess } from './application-process.ts'
import { checkJournal, stateOf } from './check-journal.ts'
import { Figures } from './figures.ts'
import { newFolder } from './folders.ts'
import { Outputs } from './outputs.ts'
import type { Random } from './random.ts'
import { makeProject, workloads } from './workloads.ts'

/** Nobody. */
const UID = 65_534
const CLEAR = /^(journal|file|target|project|run|duckdb|disk|load)\.[\w-]+$/

/** A folder that may only be read: the targets', or `.logidata` itself. The run says so, and goes on once it may write. */
export async function readOnlyFolder(points: number, random: Random): Promise<Figures[]> {
  const figures = [new Figures('read-only: targets'), new Figures('read-only: .logidata')] as const
  const [ofTargets, ofState] = figures
  if (process.platform === 'win32') return []
  for (const one of figures) {
    const root = newFolder('read-only')
    makeProject(root)
    const outputs = new Outputs(root)
    const said = new Map<string, number>()
    for (let point = 1; point <= Math.ceil(points / 2); point++) {
      one.points++
      const workload = random.pick(workloads)
      const folder = join(root, one === ofTargets ? 'out' : '.logidata')
      try {
        mkdirSync(folder, { recursive: true })
        const options = own(root)
        lock(folder, 0o555, 0o444)
        const application = await ApplicationProcess.open(root, options)
        const run = await application.toTheEnd({ kind: 'run', document: workload.document(point) })
        await application.close()
        const code = run.error?.split(':')[0] ?? String(run.state)
        said.set(code, (said.get(code) ?? 0) + 1)
        if (run.state === 'succeeded')
          one.problem(`point ${point}: ${workload.name} wrote into a folder that may only be read`)
        else if (!CLEAR.test(code)) one.problem(`point ${point}: it is told as ${run.error ?? ''}`)
        one.midway++
        await outputs.checkWhole(workload, point, one)

        lock(folder, 0o755, 0o644)
        const began = performance.now()
        const again = await ApplicationProcess.open(root, options)
        const state = run.runId === '' || one === ofState ? undefined : stateOf(root, run.runId)
        const end =
          state === undefined
            ? await again.toTheEnd({ kind: 'run', document: workload.document(point) })
            : await again.toTheEnd({ kind: 'resume', runId: run.runId })
        await again.close()
        if (end.state !== 'succeeded') throw new Error(`it did not recover: ${end.state} ${end.error ?? ''}`)
        one.recoveries.push(performance.now() - began)
        outputs.wrote(workload, point)
        await outputs.check(workload, point, one)
        checkJournal(root, one, `point ${point}`)
      } catch (thrown) {
        if (existsSync(folder)) lock(folder, 0o755, 0o644)
        one.problem(`point ${point} (${workload.name}): ${String(thrown)}`)
        outputs.clear()
      }
    }
    one.notes.push(`said: ${[...said].map(([code, count]) => `${code} ${count}`).join(', ')}`)
  }
  return [...figures]
}

/** Root is stopped by no permission: the application is another user's then, and the project too. */
function own(root: string): ApplicationOptions {
  if (process.getuid?.() !== 0) return {}
  for (const path of ['', ...readdirSync(root, { recursive: true, encoding: 'utf8' })])
    chownSync(join(root, path), UID, UID)
  return { uid: UID, env: { HOME: root, XDG_CACHE_HOME: join(root, '.cache') } }
}

function lock(folder: string, ofFolders: number, ofFiles: number): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? ofFolders : ofFiles)
  chmodSync(folder, ofFolders)
}
