import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** An engine whose application has gone ends by itself within this time. */
const LONGEST_MILLISECONDS = 6_000
const PAUSE_MILLISECONDS = 50

/**
 * Waits until the engine of a process that died has ended too: a load that it is just committing must not meet the same load of the
 * run's next attempt. Where the system says what a process is, it is not waited for but ended.
 */
export async function endOrphanEngine(processId: number): Promise<void> {
  const until = performance.now() + LONGEST_MILLISECONDS
  while (isAlive(processId) && performance.now() < until) {
    const command = await readFile(`/proc/${processId}/cmdline`, 'utf8').catch(() => undefined)
    // The number was given to another program since.
    if (command !== undefined && !command.includes('engine-process')) return
    if (command !== undefined) kill(processId)
    await sleep(PAUSE_MILLISECONDS)
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}

function kill(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}
