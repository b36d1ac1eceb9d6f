import { nameKey } from '../../modules/kit/inputs.ts'
import type { FormField } from '../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { type Names, renameInSql, type SqlInputs } from './sql-names.ts'

export type Path = readonly (string | number)[]
type Values = { readonly [key: string]: JsonValue }

export interface ConfigUse {
  readonly field: (string | number)[]
  readonly before: string
  readonly after: string
}
export interface ConfigRename {
  readonly config: Record<string, JsonValue>
  readonly uses: ConfigUse[]
  /** Fields that may speak of the column in a way that nobody can rewrite safely. */
  readonly lookAt: { readonly field: (string | number)[]; readonly why: 'pattern' | 'code' | 'unreadable' }[]
}

/** A config with the columns of its inputs renamed wherever its form says that a field names columns. */
export async function renameInConfig(
  fields: readonly FormField[],
  config: Values,
  inputs: SqlInputs,
  parse: (sql: string) => Promise<string>,
): Promise<ConfigRename> {
  const uses: ConfigUse[] = []
  const lookAt: ConfigRename['lookAt'] = []
  const merged: Names = new Map([...inputs.renamed.values()].flatMap((names) => [...names]))

  const visit = async (list: readonly FormField[], values: Values, path: Path): Promise<Record<string, JsonValue>> => {
    const result: Record<string, JsonValue> = {}
    for (const [key, value] of Object.entries(values)) {
      const field = list.find(({ name }) => name === key)
      result[key] = field ? await one(field, value, [...path, key]) : value
    }
    return result
  }
  const one = async (field: FormField, value: JsonValue, here: Path): Promise<JsonValue> => {
    const names = namesOf(field, inputs, merged)
    const column = (text: JsonValue, at: Path): JsonValue => {
      const to = typeof text === 'string' ? names.get(nameKey(text)) : undefined
      if (typeof text !== 'string' || to === undefined || to === text) return text
      uses.push({ field: [...at], before: text, after: to })
      return to
    }
    switch (field.control) {
      case 'column':
        return column(value, here)
      case 'columns':
        return Array.isArray(value)
          ? Promise.all(
              value.map((item, index) =>
                isRecord(item) && field.fields
                  ? visit(field.fields, item, [...here, index])
                  : column(item, [...here, index]),
              ),
            )
          : column(value, here)
      case 'columnMap':
        if (!isRecord(value)) return value
        return Object.fromEntries(
          Object.entries(value).map(([key, item]) => [String(column(key, [...here, key])), item]),
        )
      case 'columnList':
        if (!Array.isArray(value)) return value
        return value.map((item, index) => {
          if (!isRecord(item)) return column(item, [...here, index])
          const key = ['column', 'from', 'source', 'name'].find((name) => item[name] !== undefined)
          return key === undefined ? item : { ...item, [key]: column(item[key] ?? null, [...here, index, key]) }
        })
      case 'expression':
      case 'sql': {
        if (typeof value !== 'string') return value
        const after = await renameInSql(value, field.control, inputs, parse)
        if (after === undefined) lookAt.push({ field: [...here], why: 'unreadable' })
        else if (after !== value) uses.push({ field: [...here], before: value, after })
        return after ?? value
      }
      case 'code':
        if (typeof value === 'string' && [...merged.keys()].some((name) => nameKey(value).includes(name)))
          lookAt.push({ field: [...here], why: 'code' })
        return value
      default:
        if (typeof value === 'string') {
          if (field.name === 'pattern' && patternChanges(value, merged))
            lookAt.push({ field: [...here], why: 'pattern' })
          return value
        }
        if (!field.fields) return value
        if (Array.isArray(value)) {
          const items: JsonValue[] = []
          for (const [index, item] of value.entries())
            items.push(
              isRecord(item)
                ? await visit(field.fields, item, [...here, index])
                : field.control === 'list'
                  ? column(item, [...here, index])
                  : item,
            )
          return items
        }
        return isRecord(value) ? visit(field.fields, value, here) : value
    }
  }
  return { config: await visit(fields, config, []), uses, lookAt }
}

/** Whether a pattern of names takes some columns under one of their names only. */
export function patternChanges(pattern: string, names: Names): boolean {
  try {
    const expression = new RegExp(pattern, 'iu')
    return [...names].some(([from, to]) => expression.test(from) !== expression.test(to))
  } catch {
    return true
  }
}

/** Every text of a config that is this name and nothing else. */
export function textsOf(value: JsonValue | undefined, name: string, path: Path = []): Path[] {
  if (typeof value === 'string') return nameKey(value) === nameKey(name) ? [path] : []
  if (Array.isArray(value)) return value.flatMap((one, index) => textsOf(one, name, [...path, index]))
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, one]) => textsOf(one, name, [...path, key]))
}

export function withValue(value: JsonValue, [first, ...rest]: Path, to: JsonValue): JsonValue {
  if (first === undefined) return to
  if (Array.isArray(value)) return value.map((one, index) => (index === first ? withValue(one, rest, to) : one))
  if (!isRecord(value)) return value
  return { ...value, [first]: withValue(value[first] ?? null, rest, to) }
}

function namesOf(field: FormField, { renamed }: SqlInputs, merged: Names): Names {
  const { port } = field
  if (port === undefined) return merged
  const own = [...renamed].filter(([name]) => name === port || name.startsWith(`${port}_`))
  return new Map(own.flatMap(([, names]) => [...names]))
}

const isRecord = (value: JsonValue | undefined): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
