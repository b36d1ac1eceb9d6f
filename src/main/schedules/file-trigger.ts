import { type Dirent, promises } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'

/** A file as it was when it was looked at: `size mtime`. */
type Fingerprint = string

export interface Arrival {
  /** Relative to the project, with `/`. */
  readonly path: string
  readonly fingerprint: Fingerprint
}

/** Files of a pattern that arrive or change. Watched where the system tells of changes, looked for now and then everywhere. */
export class FileTrigger {
  readonly #root: string
  readonly #pattern: string
  readonly #settleMs: number
  readonly #onActivity: () => void
  /** Files that may still be growing: since when they look the same, in milliseconds of `now`. */
  readonly #settling = new Map<string, { fingerprint: Fingerprint; since: number }>()
  #watcher: { close(): Promise<void> } | undefined
  #closed = false

  constructor(root: string, pattern: string, settleMs: number, onActivity: () => void) {
    this.#root = root
    this.#pattern = posix.normalize(pattern.replaceAll('\\', '/'))
    this.#settleMs = settleMs
    this.#onActivity = onActivity
  }

  async watch(): Promise<void> {
    const { watch } = await import('chokidar')
    if (this.#closed) return
    const base = join(this.#root, basePath(this.#pattern))
    const watcher = watch(base, { ignoreInitial: true, ignored: (path) => isHidden(relative(this.#root, path)) })
    watcher.on('all', () => this.#onActivity())
    // A folder that cannot be watched is looked at now and then.
    watcher.on('error', () => {})
    this.#watcher = watcher
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#watcher?.close()
  }

  /** What is there now. A folder that is not there has no files. */
  async list(): Promise<Arrival[]> {
    const found: Arrival[] = []
    try {
      for await (const entry of promises.glob(this.#pattern, { cwd: this.#root, withFileTypes: true })) {
        const path = pathOf(this.#root, entry)
        if (isHidden(path) || path.startsWith('..')) continue
        const info = await promises.stat(join(this.#root, path)).catch(() => undefined)
        if (info?.isFile()) found.push({ path, fingerprint: `${info.size} ${info.mtimeMs}` })
      }
    } catch {
      // Unreadable today; what is in it is found when it can be read again.
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /**
   * Files that are not among `seen` as they are now, and have not changed for the time to settle.
   * @returns also when to look again, in milliseconds, if some are settling still
   */
  async arrived(
    seen: Readonly<Record<string, Fingerprint>>,
    now: number,
  ): Promise<{ files: Arrival[]; again?: number }> {
    const present = await this.list()
    const files: Arrival[] = []
    let again: number | undefined
    for (const arrival of present) {
      if (seen[arrival.path] === arrival.fingerprint) continue
      const known = this.#settling.get(arrival.path)
      const since = known?.fingerprint === arrival.fingerprint ? known.since : now
      this.#settling.set(arrival.path, { fingerprint: arrival.fingerprint, since })
      const left = since + this.#settleMs - now
      if (left <= 0) files.push(arrival)
      else again = Math.min(again ?? left, left)
    }
    const paths = new Set(present.map(({ path }) => path))
    for (const path of this.#settling.keys()) if (!paths.has(path)) this.#settling.delete(path)
    return { files, ...(again === undefined ? {} : { again }) }
  }
}

/** The folder above the first part with a wildcard. */
function basePath(pattern: string): string {
  const parts = pattern.split('/')
  const wild = parts.findIndex((part) => /[*?[\]{}!()]/.test(part))
  return (wild < 0 ? parts.slice(0, -1) : parts.slice(0, wild)).join('/')
}

const isHidden = (path: string) => path.split(/[/\\]/).some((part) => part === '.logidata' || part.endsWith('.tmp'))

const pathOf = (root: string, entry: Dirent) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')
