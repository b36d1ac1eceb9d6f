/** So much of a source's text is read for a preview; what is smaller is read whole. */
export const PREVIEW_BYTES = 16e6
/** As many as the engine takes for a sample. */
export const PREVIEW_ROWS = 100_000

/**
 * How much may still be read where the first rows are enough. Whoever reads gives it along; the source then ends early, and `cut` says that
 * it did: what was begun and not finished (a line, an element) is no row.
 */
export class ReadBudget {
  /** There is more than what was read. */
  cut = false
  #left: number

  constructor(bytes = PREVIEW_BYTES) {
    this.#left = bytes
  }

  /** Whether a piece may still be used; the last one may go beyond. */
  take(bytes: number): boolean {
    if (this.#left <= 0) this.cut = true
    this.#left -= bytes
    return !this.cut
  }
}
