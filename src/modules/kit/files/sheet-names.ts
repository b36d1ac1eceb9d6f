const LONGEST = 31
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\u0000-\u001f]/g

/** What is wrong with a name for a sheet, or undefined. Excel calls a file damaged that breaks these rules. */
export function sheetNameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'a sheet needs a name'
  if (name.length > LONGEST) return `a sheet’s name has at most ${LONGEST} characters`
  if (/[[\]:*?/\\]/.test(name)) return 'a sheet’s name cannot hold [ ] : * ? / \\'
  if (/^'|'$/.test(name)) return 'a sheet’s name cannot begin or end with an apostrophe'
  if (name.search(CONTROL) !== -1) return 'a sheet’s name cannot hold control characters'
  return name.toLowerCase() === 'history' ? 'Excel keeps the name History for itself' : undefined
}

/** Gives values names that Excel takes, each once: `a/b` is `a_b`, a second one `a_b (2)`. */
export class SheetNames {
  readonly #used: Set<string>

  /** @param reserved names that are never given */
  constructor(reserved: readonly string[] = []) {
    this.#used = new Set(reserved.map((name) => name.toLowerCase()))
  }

  take(wanted: string | null): string {
    const cleaned = (wanted ?? '')
      .replace(/[[\]:*?/\\]/g, '_')
      .replace(CONTROL, ' ')
      .replace(/^'+|'+$/g, '_')
      .trim()
    const base = cleaned === '' ? '(empty)' : cleaned.toLowerCase() === 'history' ? `${cleaned}_` : cleaned
    for (let copy = 1; ; copy++) {
      const suffix = copy === 1 ? '' : ` (${copy})`
      const name = cut(base, LONGEST - suffix.length) + suffix
      const key = name.toLowerCase()
      if (this.#used.has(key)) continue
      this.#used.add(key)
      return name
    }
  }
}

/** At most `length` UTF-16 units, and no half of a pair at the end. */
function cut(text: string, length: number): string {
  return text
    .slice(0, length)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()
}
