import type { JsonValue } from '../document.ts'
import { type Comments, pathKey, pathOfKey } from './comments.ts'
import {
  literalBlock,
  numberScalar,
  readsBadlyInFlow,
  type ScalarContext,
  textScalar,
  verbatimScalar,
} from './scalars.ts'
import type { Path } from './source.ts'

export const LINE_WIDTH = 120
/** Deeper collections are easier to read, and to compare, line by line. */
const FLOW_DEPTH = 2
/** YAML allows 1024 characters for a key that stands before its value on one line. */
const KEY_WIDTH = 1000

export interface EmitOptions {
  readonly comments: Comments
  /** Maps that take a line per entry however short they are. */
  readonly alwaysBlock: (path: Path) => boolean
  /** Text that is written as it is, since its reader takes it as text. */
  readonly isVerbatim: (path: Path) => boolean
}

type Data = { readonly [key: string]: JsonValue }

/** Writes plain data as YAML 1.2: always the same bytes for the same data and comments. */
export function emitYaml(data: Data, options: EmitOptions): string {
  const emitter = new Emitter(options)
  emitter.map(data, [], '')
  emitter.comment(options.comments.get(pathKey([]))?.end, '')
  return `${emitter.lines.join('\n')}\n`
}

class Emitter {
  readonly lines: string[] = []
  private readonly options: EmitOptions
  /** Paths with a comment somewhere inside: they cannot go on one line. */
  private readonly commented = new Set<string>()

  constructor(options: EmitOptions) {
    this.options = options
    for (const [key, { before, after, end }] of options.comments) {
      const path = pathOfKey(key)
      if (before.length > 0 || after !== undefined) {
        for (let length = 0; length < path.length; length++) this.commented.add(pathKey(path.slice(0, length)))
      }
      if (end.length > 0) {
        for (let length = 0; length <= path.length; length++) this.commented.add(pathKey(path.slice(0, length)))
      }
    }
  }

  comment(lines: readonly string[] | undefined, indent: string): void {
    for (const line of lines ?? []) {
      if (line !== '') this.lines.push(indent + line)
      else if (this.lines.length > 0 && this.lines.at(-1) !== '') this.lines.push('')
    }
  }

  map(data: Data, path: Path, indent: string): void {
    for (const [name, value] of Object.entries(data)) {
      const at = [...path, name]
      this.comment(this.options.comments.get(pathKey(at))?.before, indent)
      const key = textScalar(name, 'block')
      if (key.length > KEY_WIDTH) {
        this.lines.push(`${indent}? ${key}`)
        this.value(`${indent}:`, value, at, indent)
      } else this.value(`${indent}${key}:`, value, at, indent)
    }
  }

  private list(items: readonly JsonValue[], path: Path, indent: string): void {
    items.forEach((item, index) => {
      const at = [...path, index]
      const comments = this.options.comments.get(pathKey(at))
      this.comment(comments?.before, indent)
      const inline = this.inline(item, at, indent.length + 2)
      if (inline !== undefined || typeof item === 'string') {
        this.value(`${indent}-`, item, at, indent)
        return
      }
      // A block inside starts on the line of its dash, so comments on its first line move above that.
      if (comments?.after !== undefined) this.comment([comments.after], indent)
      const inner = new Emitter(this.options)
      inner.body(item, at, `${indent}  `)
      const first = inner.lines.findIndex((line) => line !== '' && !line.trimStart().startsWith('#'))
      this.comment(
        inner.lines.slice(0, first).map((line) => line.trim()),
        indent,
      )
      const [head = '', ...rest] = inner.lines.slice(first)
      this.lines.push(`${indent}- ${head.slice(indent.length + 2)}`, ...rest)
      this.comment(comments?.end, `${indent}  `)
    })
  }

  private body(value: JsonValue, path: Path, indent: string): void {
    if (Array.isArray(value)) this.list(value, path, indent)
    else this.map(value as Data, path, indent)
  }

  /** What follows `key:` or `-`. */
  private value(prefix: string, value: JsonValue, path: Path, indent: string): void {
    const comments = this.options.comments.get(pathKey(path))
    const trailing = comments?.after === undefined ? '' : ` ${comments.after}`
    const inline = this.inline(value, path, prefix.length + 1)
    if (inline !== undefined) {
      this.lines.push(`${prefix} ${inline}${trailing}`)
      this.comment(comments?.end, indent)
      return
    }
    const inner = `${indent}  `
    if (typeof value === 'string') {
      const block = literalBlock(value)
      this.lines.push(`${prefix} ${block?.header ?? ''}${trailing}`)
      for (const line of block?.lines ?? []) this.lines.push(line === '' ? '' : inner + line)
      this.comment(comments?.end, indent)
      return
    }
    this.lines.push(prefix + trailing)
    this.body(value, path, inner)
    this.comment(comments?.end, inner)
  }

  /** The value on one line, starting at `column`; undefined if it takes several. */
  private inline(value: JsonValue, path: Path, column: number): string | undefined {
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'string' && !this.options.isVerbatim(path) && literalBlock(value)) return undefined
      return this.scalar(value, path, 'block')
    }
    if (Object.keys(value).length === 0) return Array.isArray(value) ? '[]' : '{}'
    if (this.options.alwaysBlock(path) || this.commented.has(pathKey(path)) || !fitsFlow(value, FLOW_DEPTH))
      return undefined
    const text = this.flow(value, path)
    return column + text.length <= LINE_WIDTH ? text : undefined
  }

  private flow(value: JsonValue, path: Path): string {
    if (Array.isArray(value)) return `[${value.map((item, index) => this.flow(item, [...path, index])).join(', ')}]`
    if (typeof value !== 'object' || value === null) return this.scalar(value, path, 'flow')
    const entries = Object.entries(value).map(
      ([name, item]) => `${textScalar(name, 'flow')}: ${this.flow(item, [...path, name])}`,
    )
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }

  private scalar(value: string | number | boolean | null, path: Path, context: ScalarContext): string {
    if (typeof value === 'number') return numberScalar(value)
    if (typeof value !== 'string') return String(value)
    return this.options.isVerbatim(path) ? verbatimScalar(value, context) : textScalar(value, context)
  }
}

/** Whether `{ }` and `[ ]` suit a value: not too deep, and no text that would need quotes only because of them. */
function fitsFlow(value: JsonValue, depth: number): boolean {
  if (typeof value === 'string') return !readsBadlyInFlow(value) && !literalBlock(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  if (Array.isArray(value)) {
    // Several rows, measures, columns: one a line, so that a diff shows the one that changed.
    if (value.length > 1 && value.some((item) => typeof item === 'object' && item !== null)) return false
    return value.every((item) => fitsFlow(item, depth - 1))
  }
  return Object.entries(value).every(([name, item]) => !readsBadlyInFlow(name) && fitsFlow(item, depth - 1))
}
