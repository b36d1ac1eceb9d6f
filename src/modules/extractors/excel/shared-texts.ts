import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { removeTemporary, temporaryPath } from '../../kit/files/temporary-names.ts'

/** The table of texts that the cells of a workbook name by their place. */
export interface SharedTexts {
  /** Nothing beyond the end. */
  at(index: number): string | undefined
}

/** For who does not look at cells: a text for every place. */
export const NO_TEXTS: SharedTexts = { at: () => 's' }

/** One page of a file, or of what is held. */
const PAGE = 1 << 20
const HELD_PAGES = 64
/** Texts that cells name again and again are decoded once in a while. */
const REMEMBERED = 4096

/**
 * Keeps texts as bytes, outside of the heap of JavaScript, which millions of texts would fill: the first 64 MB in memory, the rest in
 * a file. Besides, memory grows by eight bytes a text.
 */
export class TextStore implements SharedTexts {
  readonly #folder: string
  readonly #heldPages: number
  readonly #pages: Buffer[] = []
  /** Where each text ends, counted over all pages. */
  #ends = new Float64Array(1024)
  #count = 0
  #length = 0
  /** The page that is being filled. */
  #open = Buffer.alloc(0)
  #file: { readonly path: string; readonly handle: number; bytes: number } | undefined
  #read = { at: -1, bytes: Buffer.alloc(0) }
  readonly #places = new Int32Array(REMEMBERED).fill(-1)
  readonly #texts: string[] = []

  /** @param folder for the file, if there has to be one @param heldPages fewer for tests */
  constructor(folder: string, heldPages = HELD_PAGES) {
    this.#folder = folder
    this.#heldPages = heldPages
  }

  add(text: string): void {
    const length = Buffer.byteLength(text)
    let bytes = length > 0 ? Buffer.from(text) : this.#open.subarray(0, 0)
    while (bytes.length > 0) {
      const used = this.#length % PAGE
      if (used === 0) this.#turn()
      const part = bytes.subarray(0, PAGE - used)
      part.copy(this.#open, used)
      this.#length += part.length
      bytes = bytes.subarray(part.length)
    }
    if (this.#count === this.#ends.length) {
      const wider = new Float64Array(this.#ends.length * 2)
      wider.set(this.#ends)
      this.#ends = wider
    }
    this.#ends[this.#count++] = this.#length
  }

  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.#count) || !Number.isInteger(index)) return undefined
    const slot = index % REMEMBERED
    if (this.#places[slot] === index) return this.#texts[slot]
    const from = index === 0 ? 0 : (this.#ends[index - 1] ?? 0)
    const text = this.#slice(from, this.#ends[index] ?? from)
    this.#places[slot] = index
    this.#texts[slot] = text
    return text
  }

  async close(): Promise<void> {
    if (!this.#file) return
    closeSync(this.#file.handle)
    await removeTemporary(this.#file.path)
    this.#file = undefined
  }

  /** A page is full: it is kept, or written behind those that are written. */
  #turn(): void {
    if (this.#length > 0 && this.#pages.length >= this.#heldPages) {
      if (!this.#file) {
        const path = temporaryPath(join(this.#folder, 'texts'), 'part')
        this.#file = { path, handle: openSync(path, 'wx+', 0o600), bytes: 0 }
      }
      for (let at = 0; at < PAGE; ) at += writeSync(this.#file.handle, this.#open, at, PAGE - at)
      this.#file.bytes += PAGE
      return
    }
    if (this.#length > 0) this.#pages.push(this.#open)
    this.#open = Buffer.allocUnsafeSlow(PAGE)
  }

  #slice(from: number, to: number): string {
    const first = Math.floor(from / PAGE)
    if (to <= (first + 1) * PAGE) return this.#page(first).toString('utf8', from - first * PAGE, to - first * PAGE)
    const parts: Buffer[] = []
    for (let at = from; at < to; ) {
      const page = Math.floor(at / PAGE)
      const end = Math.min(to, (page + 1) * PAGE)
      // One page of the file is held at a time.
      parts.push(Buffer.from(this.#page(page).subarray(at - page * PAGE, end - page * PAGE)))
      at = end
    }
    return Buffer.concat(parts).toString()
  }

  #page(number: number): Buffer {
    const held = this.#pages[number]
    if (held) return held
    const place = (number - this.#pages.length) * PAGE
    if (!this.#file || place >= this.#file.bytes) return this.#open
    if (this.#read.at !== number) {
      const bytes = this.#read.bytes.length === PAGE ? this.#read.bytes : Buffer.allocUnsafeSlow(PAGE)
      for (let at = 0; at < PAGE; ) {
        const read = readSync(this.#file.handle, bytes, at, PAGE - at, place + at)
        if (read === 0) throw new TypeError('a page of texts is missing')
        at += read
      }
      this.#read = { at: number, bytes }
    }
    return this.#read.bytes
  }
}
