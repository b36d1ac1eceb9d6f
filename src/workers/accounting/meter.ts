import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

const EVERY_MS = 100

export interface Peak {
  readonly peakMemoryBytes: number
  readonly spilledBytes: number
}

interface Watched {
  memory: number
  spilled: number
  /** Another query ran at the same time: whose memory it was cannot be told. */
  shared: boolean
}

/** Watches the memory of this process and what DuckDB puts on the disk while queries run. */
export class Meter {
  readonly #spill: string
  readonly #watched = new Set<Watched>()
  #timer: NodeJS.Timeout | undefined

  /** @param spill the folder of what does not fit into memory */
  constructor(spill: string) {
    this.#spill = spill
  }

  /** @returns ends the watching, and gives what was seen; undefined when other queries ran meanwhile */
  watch(): () => Promise<Peak | undefined> {
    const mine: Watched = { memory: 0, spilled: 0, shared: false }
    this.#watched.add(mine)
    if (this.#watched.size > 1) for (const one of this.#watched) one.shared = true
    this.#timer ??= setInterval(() => void this.#look(), EVERY_MS).unref()
    return async () => {
      await this.#look()
      this.#watched.delete(mine)
      if (this.#watched.size === 0) {
        clearInterval(this.#timer)
        this.#timer = undefined
      }
      return mine.shared ? undefined : { peakMemoryBytes: mine.memory, spilledBytes: mine.spilled }
    }
  }

  async #look(): Promise<void> {
    const memory = process.memoryUsage.rss()
    const spilled = await spilledBytes(this.#spill)
    for (const one of this.#watched) {
      one.memory = Math.max(one.memory, memory)
      one.spilled = Math.max(one.spilled, spilled)
    }
  }
}

async function spilledBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const sizes = await Promise.all(
    names
      .filter((name) => name.startsWith('duckdb_temp'))
      .map((name) =>
        stat(join(folder, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
