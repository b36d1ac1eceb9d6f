import type { JsonValue } from './document.ts'

/** A name behind `$`, or a text in quotes, in which a `$` is only a sign. */
const PIECE = /'(?:[^']|'')*'|\$([a-z_][a-z0-9_]*)/g
/** A value that hands a parameter on is the name alone, quotes or not. */
const ALONE = /^\$([a-z_][a-z0-9_]*)$/

/** Parameters that a config may use, of those declared. */
export function usedParameters(config: JsonValue | undefined, declared: readonly string[]): string[] {
  const found = new Set<string>()
  renameParameters(config ?? null, (name) => {
    found.add(name)
    return name
  })
  return declared.filter((name) => found.has(name))
}

/** The config with other names of parameters, wherever `$name` stands outside of quotes. */
export function renameParameters<T extends JsonValue>(config: T, rename: (name: string) => string): T {
  const change = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') {
      const alone = ALONE.exec(value)
      if (alone?.[1] !== undefined) return `$${rename(alone[1])}`
      return value.replace(PIECE, (piece, name?: string) => (name === undefined ? piece : `$${rename(name)}`))
    }
    if (Array.isArray(value)) return value.map(change)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]))
  }
  return change(config) as T
}
