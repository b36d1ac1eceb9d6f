import type { FormField } from '../modules/descriptor.ts'
import type { JsonValue } from '../pipeline/document.ts'

/** A place in a config that names a column. */
export interface ConfigMention {
  readonly field: (string | number)[]
  readonly column: string
  readonly range?: { readonly start: number; readonly end: number }
}

/**
 * The fields of a config that name one of these columns: chosen columns, keys of maps, names in expressions and SQL.
 * @param port only fields that speak of this input, and those that do not say
 */
export function mentionsOf(
  fields: readonly FormField[],
  config: Readonly<Record<string, JsonValue>>,
  columns: readonly string[],
  port?: string,
): ConfigMention[] {
  const wanted = new Map(columns.map((name) => [name.toLowerCase(), name]))
  const found: ConfigMention[] = []
  const visit = (
    list: readonly FormField[],
    values: Readonly<Record<string, JsonValue>>,
    path: (string | number)[],
  ): void => {
    for (const field of list) {
      const value = values[field.name]
      if (value === undefined || value === null) continue
      if (field.port !== undefined && port !== undefined && field.port !== port && !port.startsWith(`${field.port}_`))
        continue
      const here = [...path, field.name]
      const add = (text: JsonValue, at: (string | number)[]): void => {
        const column = typeof text === 'string' ? wanted.get(text.toLowerCase()) : undefined
        if (column !== undefined) found.push({ field: at, column })
      }
      switch (field.control) {
        case 'column':
          add(value, here)
          break
        case 'columns':
          for (const [index, one] of listed(value).entries()) add(one, [...here, index])
          if (typeof value === 'string') add(value, here)
          break
        case 'columnMap':
          if (isRecord(value)) for (const key of Object.keys(value)) add(key, [...here, key])
          break
        case 'columnList':
          for (const [index, one] of listed(value).entries()) {
            if (!isRecord(one)) add(one, [...here, index])
            else
              for (const key of ['column', 'from', 'source', 'name'])
                if (one[key] !== undefined) {
                  add(one[key], [...here, index, key])
                  break
                }
          }
          break
        case 'expression':
        case 'sql':
        case 'code':
          if (typeof value === 'string')
            for (const { name, start, end } of namesIn(value)) {
              const column = wanted.get(name.toLowerCase())
              if (column !== undefined) found.push({ field: here, column, range: { start, end } })
            }
          break
        default:
          if (field.fields && isRecord(value)) visit(field.fields, value, here)
          else if (field.fields)
            for (const [index, one] of listed(value).entries())
              if (isRecord(one)) visit(field.fields, one, [...here, index])
      }
    }
  }
  visit(fields, config, [])
  return found
}

/** The names in an SQL text, quoted or not; texts in single quotes and comments are none. */
function* namesIn(text: string): Generator<{ name: string; start: number; end: number }> {
  const token = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"]|"")*)"|([\p{L}_][\p{L}\p{N}_$]*)/gu
  for (const match of text.matchAll(token)) {
    const name = match[1]?.replaceAll('""', '"') ?? match[2]
    if (name !== undefined) yield { name, start: match.index, end: match.index + match[0].length }
  }
}

const listed = (value: JsonValue): readonly JsonValue[] => (Array.isArray(value) ? value : [])
const isRecord = (value: JsonValue | undefined): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
