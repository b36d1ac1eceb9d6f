import {
  closeSync,
  copyFileSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

const KEPT = 3
const NAME = /^journal-(\d{6,})\.db$/
const DAY = 24 * 60 * 60 * 1000

/** Consistent copies of the journal, in `.logidata/backups`. They are numbered: a clock that is set back changes no order. */
export class Backups {
  readonly #folder: string
  /** One under way: a second at the same time would only cost. */
  #making: Promise<void> | undefined

  constructor(projectRoot: string) {
    this.#folder = join(projectRoot, '.logidata', 'backups')
  }

  /** Newest first, with their paths. */
  list(): string[] {
    let names: string[] = []
    try {
      names = readdirSync(this.#folder).filter((name) => NAME.test(name))
    } catch {
      // There is none yet.
    }
    return names.sort((a, b) => numberOf(b) - numberOf(a)).map((name) => join(this.#folder, name))
  }

  /** Whether the newest one is older than a day, or there is none. */
  get due(): boolean {
    const [newest] = this.list()
    if (newest === undefined) return true
    const made = statSync(newest, { throwIfNoEntry: false })?.mtimeMs
    return made === undefined || Math.abs(Date.now() - made) > DAY
  }

  /** At once, for before a migration. */
  make(db: Database.Database): void {
    this.#through((temporary) => db.prepare('VACUUM INTO ?').run(temporary))
  }

  /** Page by page, while the journal is written: nobody waits for it. */
  makeInBackground(db: Database.Database): Promise<void> {
    this.#making ??= this.#copy(db).finally(() => {
      this.#making = undefined
    })
    return this.#making
  }

  /** Waits for the one under way. */
  async settled(): Promise<void> {
    await this.#making?.catch(() => {})
  }

  async #copy(db: Database.Database): Promise<void> {
    mkdirSync(this.#folder, { recursive: true })
    const temporary = join(this.#folder, '.journal.tmp')
    rmSync(temporary, { force: true })
    await db.backup(temporary)
    this.#publish(temporary)
  }

  #through(write: (temporary: string) => void): void {
    mkdirSync(this.#folder, { recursive: true })
    const temporary = join(this.#folder, '.journal.tmp')
    rmSync(temporary, { force: true })
    write(temporary)
    this.#publish(temporary)
  }

  #publish(temporary: string): void {
    syncFile(temporary)
    const [newest] = this.list()
    const number = newest === undefined ? 1 : numberOf(newest) + 1
    renameSync(temporary, join(this.#folder, `journal-${String(number).padStart(6, '0')}.db`))
    for (const old of this.list().slice(KEPT)) rmSync(old, { force: true })
  }

  /** Puts the newest good one at `path`, where nothing is. @returns whether there was one */
  restore(path: string): boolean {
    const temporary = `${path}.restoring`
    for (const backup of this.list()) {
      rmSync(temporary, { force: true })
      try {
        copyFileSync(backup, temporary)
        syncFile(temporary)
        const copy = new Database(temporary, { readonly: true })
        const good = copy.pragma('integrity_check', { simple: true }) === 'ok'
        copy.close()
        if (!good) continue
        renameSync(temporary, path)
        return true
      } catch {
        // This one is damaged too.
      }
    }
    rmSync(temporary, { force: true })
    return false
  }
}

const numberOf = (path: string): number => Number(/journal-(\d+)\.db$/.exec(path)?.[1] ?? 0)

function syncFile(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
