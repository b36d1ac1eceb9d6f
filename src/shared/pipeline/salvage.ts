import type { z } from 'zod'
import { documentSchema, type JsonValue } from './document.ts'
import type { Path } from './yaml/source.ts'

type Data = { [key: string]: JsonValue }
type Issue = z.core.$ZodIssue

/** More would help nobody, and explaining them takes time. */
const MAX_ISSUES = 200

export interface SchemaIssue {
  readonly path: Path
  readonly code: string
  readonly message: string
  readonly hint?: string
}

export interface Salvaged {
  readonly issues: SchemaIssue[]
  /** The data without what is wrong in it. */
  readonly data: Data
}

/**
 * Finds what does not fit the document's schema and takes as little as possible out: a bad label goes, its node stays; a node
 * without a type goes, the others stay.
 * @param reported paths whose absence has been explained already
 */
export function salvage(data: Data, reported: readonly Path[]): Salvaged {
  const parsed = documentSchema.safeParse(data)
  if (parsed.success) return { issues: [], data }
  const known = new Set(reported.map((path) => path.join('\0')))
  const issues: SchemaIssue[] = []
  const result = structuredClone(data)
  for (const issue of parsed.error.issues) {
    for (const path of pathsOf(issue)) {
      if (issues.length < MAX_ISSUES && !known.has(path.join('\0'))) issues.push(describe(issue, path, data))
      remove(result, removable(path))
    }
  }
  return { issues, data: completed(result) }
}

function pathsOf(issue: Issue): Path[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path]
}

/** What has to go for the rest to be valid. */
function removable(path: Path): Path {
  const [section, , field] = path
  if (section === 'parameters' || section === 'layout') return path.slice(0, 2)
  if (section !== 'nodes') return path.slice(0, 1)
  if (path.length > 2 && field === 'type') return path.slice(0, 2)
  return path.slice(0, field === 'inputs' ? 4 : 3)
}

function remove(data: Data, path: Path): void {
  let parent: JsonValue | undefined = data
  for (const part of path.slice(0, -1)) {
    if (typeof parent !== 'object' || parent === null || Array.isArray(parent)) return
    parent = Object.hasOwn(parent, part) ? parent[part] : undefined
  }
  const last = path.at(-1)
  if (typeof parent === 'object' && parent !== null && !Array.isArray(parent) && last !== undefined) delete parent[last]
}

function completed(data: Data): Data {
  return { ...data, name: data.name ?? 'Untitled', nodes: data.nodes ?? {} }
}

function describe(issue: Issue, path: Path, data: Data): SchemaIssue {
  const where = place(path)
  const last = String(path.at(-1) ?? '')
  if (issue.code === 'unrecognized_keys') {
    return { path, code: 'pipeline.unknown-key', message: `${where} is not known here.`, hint: keysHint(path) }
  }
  if (issue.code === 'invalid_key') {
    const hint = issue.issues[0]?.message
    const message = `"${last}" cannot be a name ${path[0] === 'nodes' && path.length > 2 ? 'of an input' : `in "${path[0]}"`}.`
    return { path, code: 'pipeline.name', message, ...(hint ? { hint: sentence(hint) } : {}) }
  }
  if (valueAt(data, path) === undefined) {
    return { path, code: 'pipeline.missing-key', message: `${where} is missing.`, hint: `Add "${last}".` }
  }
  const code = 'pipeline.invalid-value'
  switch (issue.code) {
    case 'invalid_type':
      return {
        path,
        code,
        message: `${where} must be ${kindName(issue.expected)}, not ${kindOf(issue.expected, valueAt(data, path))}.`,
      }
    case 'invalid_value': {
      const hint = `Use one of: ${issue.values.map(String).join(', ')}.`
      return { path, code, message: `${where} cannot be ${JSON.stringify(valueAt(data, path))}.`, hint }
    }
    case 'too_small':
      return {
        path,
        code,
        message: last === 'name' || last === 'label' ? `${where} is empty.` : `${where} is too short.`,
      }
    case 'too_big': {
      const message = `${where} is too long.`
      return { path, code, message, hint: `It may have ${String(issue.maximum)} at most.` }
    }
    default:
      return { path, code, message: `${where} is not valid.`, hint: sentence(issue.message) }
  }
}

function place(path: Path): string {
  const [section, name, ...rest] = path
  if (section === 'nodes' && name !== undefined) {
    return rest.length === 0 ? `Node "${name}"` : `"${rest.join('.')}" of node "${name}"`
  }
  if (section === 'parameters' && name !== undefined) {
    return rest.length === 0 ? `Parameter "${name}"` : `"${rest.join('.')}" of parameter "${name}"`
  }
  return `"${path.join('.')}"`
}

function keysHint(path: Path): string {
  if (path[0] === 'nodes')
    return 'A node has type, label, note, inputs, config, checks and run; settings of the module go under config.'
  if (path[0] === 'parameters') return 'A parameter has type, default and description.'
  return 'A pipeline has format, name, description, parameters, nodes and layout.'
}

function valueAt(data: Data, path: Path): JsonValue | undefined {
  let value: JsonValue | undefined = data
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Data)[part]
  }
  return value
}

const kindNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  record: 'a map',
  object: 'a map',
}
const kindName = (expected: string) => kindNames[expected] ?? expected

function kindOf(expected: string, value: JsonValue | undefined): string {
  if (expected === 'int') return String(value)
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return kindNames[typeof value] ?? typeof value
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
