import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Figures } from './figures.ts'
import { newFolder } from './folders.ts'
import type { Random } from './random.ts'

const PROGRAM = fileURLToPath(new URL('contender.ts', import.meta.url))
const PATIENCE_MILLISECONDS = 30_000

/** Two applications on one project, always; the owner is killed, again and again. At every moment there is one owner at most. */
export async function twoApplications(points: number, random: Random): Promise<Figures[]> {
  const figures = new Figures('two applications')
  const root = newFolder('two')
  mkdirSync(join(root, '.logidata'))
  const owners = new Set<ChildProcess>()
  const contenders = new Set<ChildProcess>()
  let since = performance.now()

  const contend = () => {
    const child = fork(PROGRAM, [root])
    contenders.add(child)
    child.on('exit', () => contenders.delete(child))
    child.on('message', (said: { readonly owns?: number }) => {
      if (said.owns === undefined) return
      owners.add(child)
      if (owners.size > 1) figures.problem(`point ${figures.points}: ${owners.size} applications own the project`)
    })
  }
  const owner = async () => {
    for (const began = Date.now(); Date.now() - began < PATIENCE_MILLISECONDS; await pause(2)) {
      const [first] = owners
      if (first) return first
    }
    throw new Error('nobody owns the project')
  }

  try {
    contend()
    contend()
    for (figures.points = 1; figures.points <= points; figures.points++) {
      const killed = await owner()
      if (figures.points > 1) figures.recoveries.push(performance.now() - since)
      await pause(random.below(150))
      if (contenders.size === 2) figures.midway++
      // First out of the list: whoever comes next may own it from the moment it is dead.
      const gone = new Promise((resolve) => killed.once('exit', resolve))
      owners.delete(killed)
      since = performance.now()
      killed.kill('SIGKILL')
      await gone
      contend()
    }
    figures.points--
  } catch (thrown) {
    figures.problem(`point ${figures.points}: ${String(thrown)}`)
  } finally {
    for (const child of contenders) child.kill('SIGKILL')
  }
  return [figures]
}
