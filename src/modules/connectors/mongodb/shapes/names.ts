/** Finds names by their bytes; the one after the last that was found is tried first, since documents are much alike. */
export class Names {
  readonly #bytes: readonly Buffer[]
  readonly #byText: ReadonlyMap<string, number>

  constructor(names: readonly string[]) {
    this.#bytes = names.map((name) => Buffer.from(name, 'utf8'))
    this.#byText = new Map(this.#bytes.map((name, index) => [name.toString('latin1'), index]))
  }

  /** @param next which one is likely @returns -1 where there is none */
  find(buffer: Buffer, from: number, to: number, next: number): number {
    const likely = this.#bytes[next]
    if (likely && likely.length === to - from) {
      let index = 0
      while (index < likely.length && likely[index] === buffer[from + index]) index++
      if (index === likely.length) return next
    }
    return this.#byText.get(buffer.toString('latin1', from, to)) ?? -1
  }
}
