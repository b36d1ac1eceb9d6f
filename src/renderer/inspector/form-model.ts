import type { Problem } from '../../shared/engine/types.ts'
import type { FormField } from '../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'

export type ConfigPath = readonly (string | number)[]
export type Config = Readonly<Record<string, JsonValue>>

export const isRecord = (value: unknown): value is Record<string, JsonValue> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path, or undefined where the path leads nowhere. */
export function valueAt(root: JsonValue | undefined, path: ConfigPath): JsonValue | undefined {
  let value = root
  for (const step of path) {
    if (Array.isArray(value) && typeof step === 'number') value = value[step]
    else if (isRecord(value)) value = value[String(step)]
    else return undefined
  }
  return value
}

/** A copy with one value changed, everything else shared. `undefined` removes a key. Groups on the way are made. */
export function withValueAt(root: JsonValue | undefined, path: ConfigPath, value: JsonValue | undefined): JsonValue {
  const [step, ...rest] = path
  if (step === undefined) return value ?? null
  if (typeof step === 'number') {
    const copy = Array.isArray(root) ? [...root] : []
    copy[step] = withValueAt(copy[step], rest, value)
    return copy
  }
  const copy = isRecord(root) ? { ...root } : {}
  if (rest.length === 0 && value === undefined) delete copy[step]
  else copy[step] = withValueAt(copy[step], rest, value)
  return copy
}

export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equalValues(item, b[index]))
  }
  if (!isRecord(a) || !isRecord(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equalValues(a[key], b[key]))
}

const isEmpty = (value: JsonValue | undefined): boolean =>
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0)

/**
 * The config as the file keeps it: what equals its default, and what is optional and empty, is left out. Keys that no
 * field speaks of stay, so that a form never drops what somebody wrote by hand.
 */
export function elideDefaults(config: Config, fields: readonly FormField[]): Record<string, JsonValue> {
  const kept: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries(config)) {
    const field = fields.find((each) => each.name === key)
    const elided = field ? elideInside(value, field) : value
    if (field && !field.required && isDefault(elided, value, field)) continue
    kept[key] = elided
  }
  return kept
}

function elideInside(value: JsonValue, field: FormField): JsonValue {
  if (!field.fields) return value
  if (Array.isArray(value)) {
    return value.map((item) => (isRecord(item) ? elideDefaults(item, field.fields ?? []) : item))
  }
  if (field.control === 'columnMap' && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        isRecord(item) ? elideDefaults(item, field.fields ?? []) : item,
      ]),
    )
  }
  return isRecord(value) ? elideDefaults(value, field.fields) : value
}

function isDefault(elided: JsonValue, value: JsonValue, field: FormField): boolean {
  if (field.default !== undefined) {
    return equalValues(value, field.default) || equalValues(elided, field.default) || isEmptyGroup(elided, field)
  }
  return isEmpty(elided)
}

/** A group of which every field has its default says nothing. */
const isEmptyGroup = (value: JsonValue, field: FormField) => field.control === 'group' && isEmpty(value)

/** What a control shows: the value of the config, else the field's default. */
export function shownValue(field: FormField, values: Config): JsonValue | undefined {
  return values[field.name] ?? (field.default as JsonValue | undefined)
}

/** Whether a field has a say, given the other fields of its group. */
export function isVisible(field: FormField, siblings: readonly FormField[], values: Config): boolean {
  const condition = field.visibleWhen
  if (!condition) return true
  const other = siblings.find((each) => each.name === condition.field)
  const value = other ? shownValue(other, values) : values[condition.field]
  return condition.in.some((allowed) => allowed === value)
}

/** Fields in the order of the form: those always shown, and those folded away. */
export function splitFields(
  fields: readonly FormField[],
  values: Config,
): { plain: readonly FormField[]; advanced: readonly FormField[] } {
  const visible = fields.filter((field) => isVisible(field, fields, values))
  return { plain: visible.filter((field) => !field.advanced), advanced: visible.filter((field) => field.advanced) }
}

/** Of folded fields, those to show all the same: what is set, and what is wrong. */
export const seenFolded = (
  fields: readonly FormField[],
  values: Config,
  problems: readonly Problem[],
  path: ConfigPath,
): readonly FormField[] =>
  fields.filter((field) => countSet([field], values) > 0 || problemsWithin(problems, [...path, field.name]).length > 0)

/** How many folded fields have a value of their own: a fold must not hide that something is set. */
export const countSet = (fields: readonly FormField[], values: Config): number =>
  fields.filter((field) => values[field.name] !== undefined && !equalValues(values[field.name], field.default)).length

/** A row that was just added: what must be there, with the least that a person has to correct. */
export function newItem(field: FormField): JsonValue {
  if (!field.fields || field.fields.length === 0) return field.item === 'number' ? 0 : ''
  const item: Record<string, JsonValue> = {}
  for (const each of field.fields) {
    if (!each.required || !isVisible(each, field.fields, item)) continue
    item[each.name] = (each.default as JsonValue | undefined) ?? newValue(each)
  }
  return item
}

function newValue(field: FormField): JsonValue {
  switch (field.control) {
    case 'select':
      return field.options?.[0]?.value ?? ''
    case 'number':
      return 0
    case 'switch':
      return false
    case 'columns':
    case 'list':
    case 'grid':
    case 'columnList':
      return []
    case 'group':
      return newItem(field)
    case 'columnMap':
      return {}
    default:
      return ''
  }
}

export const samePath = (a: ConfigPath, b: ConfigPath): boolean =>
  a.length === b.length && a.every((step, index) => String(step) === String(b[index]))

const startsWith = (path: ConfigPath, start: ConfigPath) =>
  start.length <= path.length && start.every((step, index) => String(step) === String(path[index]))

/** Problems of exactly this field. */
export const problemsAt = (problems: readonly Problem[], path: ConfigPath): readonly Problem[] =>
  problems.filter((problem) => problem.field && samePath(problem.field, path))

/** Problems of this field or of anything inside it. */
export const problemsWithin = (problems: readonly Problem[], path: ConfigPath): readonly Problem[] =>
  problems.filter((problem) => problem.field && startsWith(problem.field, path))

/** A copy of a list with one item elsewhere. */
export function moveItem<T>(items: readonly T[], from: number, to: number): T[] {
  const copy = [...items]
  const [item] = copy.splice(from, 1)
  if (item !== undefined) copy.splice(Math.max(0, Math.min(copy.length, to)), 0, item)
  return copy
}

/** Path in the form that a person would read: `measures 2 · column`. */
export const pathKey = (path: ConfigPath): string => path.map(String).join('.')
