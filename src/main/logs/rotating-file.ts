import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** `logidata.ndjson`, then `logidata.1.ndjson`, the newest of those that were full, and so on. */
export function logFiles(path: string, kept: number): string[] {
  const older = Array.from({ length: kept }, (_, index) => path.replace(/(\.[^.]+)$/, `.${index + 1}$1`))
  return [path, ...older]
}

/** Appends lines to a file, and begins a new one when it is full. What cannot be written is dropped: a log must not become a failure. */
export class RotatingFile {
  readonly #path: string
  readonly #largest: number
  readonly #kept: number
  #file: number | undefined
  #bytes = 0

  constructor(path: string, options: { readonly largestBytes: number; readonly kept: number }) {
    this.#path = path
    this.#largest = options.largestBytes
    this.#kept = options.kept
  }

  write(line: string): void {
    try {
      const bytes = Buffer.from(line)
      if (this.#file !== undefined && this.#bytes + bytes.length > this.#largest) this.#rotate()
      this.#file ??= this.#open()
      writeSync(this.#file, bytes)
      this.#bytes += bytes.length
    } catch {
      // A full disk, a folder that was removed: the next line tries again.
      this.close()
    }
  }

  close(): void {
    if (this.#file === undefined) return
    const file = this.#file
    this.#file = undefined
    try {
      closeSync(file)
    } catch {
      // It is gone either way.
    }
  }

  #open(): number {
    mkdirSync(dirname(this.#path), { recursive: true })
    const file = openSync(this.#path, 'a')
    this.#bytes = fstatSync(file).size
    return file
  }

  #rotate(): void {
    this.close()
    const files = logFiles(this.#path, this.#kept)
    rmSync(files.at(-1) ?? '', { force: true })
    for (let index = files.length - 2; index >= 0; index--) {
      const [from, to] = [files[index], files[index + 1]]
      if (from === undefined || to === undefined) continue
      try {
        renameSync(from, to)
      } catch {
        // There are not so many yet.
      }
    }
  }
}
