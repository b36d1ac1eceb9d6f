import { isCollection, isMap, isScalar, isSeq, Lexer, type Node } from 'yaml'
import { type FilePosition, keyText, type Path, parseSource } from './source.ts'

/** Comments of one entry. Lines start with `#`; an empty one is a blank line that sets the comment off. */
export interface EntryComments {
  /** On lines of their own, above. */
  readonly before: readonly string[]
  /** Behind the value, or behind the key of a block. */
  readonly after: string | undefined
  /** On lines of their own, after the last entry inside. */
  readonly end: readonly string[]
}

/** By `pathKey` of the entry that they belong to; the file's own end is at the empty path. */
export type Comments = ReadonlyMap<string, EntryComments>

export const pathKey = (path: Path): string => JSON.stringify(path)
export const pathOfKey = (key: string): Path => JSON.parse(key) as Path

interface Entry {
  readonly path: Path
  readonly parent: Entry | undefined
  readonly start: FilePosition & { readonly offset: number }
  readonly valueStart: number
  /** Of the value's end, without what follows it. */
  readonly end: FilePosition & { readonly offset: number }
  readonly scalar: boolean
  readonly flow: boolean
  /** Where the entries inside stand. */
  readonly column: number
}

interface Comment {
  readonly text: string
  readonly offset: number
  readonly position: FilePosition
  readonly ownLine: boolean
}

type Place = { readonly path: Path; readonly kind: 'before' | 'after' | 'end' }

/** Finds the comments of a file and what each belongs to. A file with syntax errors has none. */
export function readComments(text: string): Comments {
  if (!text.includes('#')) return new Map()
  const source = parseSource(text)
  if (source.problems.length > 0) return new Map()
  const lines = text.split('\n')
  const entries = source.root ? listEntries(source.root, (offset) => source.positionOf(offset)) : []
  const groups = new Map<string, Comment[]>()
  const comments = new Map<string, { before: string[]; after: string | undefined; end: string[] }>()
  const at = (path: Path) => {
    const key = pathKey(path)
    const found = comments.get(key) ?? { before: [], after: undefined, end: [] }
    comments.set(key, found)
    return found
  }

  for (const comment of listComments(text, (offset) => source.positionOf(offset))) {
    const place = placeOf(comment, entries)
    if (place.kind === 'after' && at(place.path).after === undefined) at(place.path).after = comment.text
    else {
      const key = pathKey([place.kind === 'end' ? 'end' : 'before', ...place.path])
      groups.set(key, [...(groups.get(key) ?? []), comment])
    }
  }
  for (const [key, group] of groups) {
    const [kind, ...path] = pathOfKey(key)
    at(path)[kind === 'end' ? 'end' : 'before'].push(...withBlankLines(group, lines, kind !== 'end'))
  }
  return comments
}

/** Entries in the order of the file, an outer one before those inside it. */
function listEntries(root: Node, positionOf: (offset: number) => FilePosition): Entry[] {
  const entries: Entry[] = []
  const place = (offset: number) => ({ ...positionOf(offset), offset })
  const columnOf = (node: Node | null) => positionOf(node?.range?.[0] ?? 0).column

  const add = (path: Path, parent: Entry | undefined, start: number, column: number, value: Node | null): void => {
    const valueStart = value?.range?.[0] ?? start
    const entry: Entry = {
      path,
      parent,
      start: { ...place(start), column },
      valueStart,
      end: place(value?.range?.[1] ?? start),
      scalar: !isCollection(value),
      flow: isCollection(value) && value.flow === true,
      column: columnOf(value),
    }
    entries.push(entry)
    inside(value, path, entry)
  }
  const inside = (node: Node | null, path: Path, parent: Entry | undefined): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const start = isScalar(key) ? key.range?.[0] : undefined
        const name = keyText(key)
        if (start === undefined || name === undefined) continue
        add([...path, name], parent, start, positionOf(start).column, value as Node | null)
      }
    } else if (isSeq(node)) {
      node.items.forEach((item, index) => {
        const start = (item as Node | null)?.range?.[0]
        if (start !== undefined) add([...path, index], parent, start, columnOf(node), item as Node)
      })
    }
  }
  const column = columnOf(root)
  const whole: Entry = {
    path: [],
    parent: undefined,
    start: { ...place(root.range?.[0] ?? 0), column: 1 },
    valueStart: root.range?.[0] ?? 0,
    end: place(root.range?.[1] ?? 0),
    scalar: !isCollection(root),
    flow: isCollection(root) && root.flow === true,
    column,
  }
  entries.push(whole)
  inside(root, [], whole)
  return entries
}

function listComments(text: string, positionOf: (offset: number) => FilePosition): Comment[] {
  const comments: Comment[] = []
  let offset = 0
  let isScalarNext = false
  for (const lexeme of new Lexer().lex(text)) {
    // Marks of the lexer (document, flow error, scalar) that are not in the text.
    if (lexeme === '\x02' || lexeme === '\x18' || lexeme === '\x1f') {
      isScalarNext = lexeme === '\x1f'
      continue
    }
    if (lexeme.startsWith('#') && !isScalarNext) {
      const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
      comments.push({
        text: lexeme.trimEnd(),
        offset,
        position: positionOf(offset),
        ownLine: before.replace('\ufeff', '').trim() === '',
      })
    }
    isScalarNext = false
    offset += lexeme.length
  }
  return comments
}

function placeOf(comment: Comment, entries: readonly Entry[]): Place {
  const following = entries.findIndex((entry) => entry.path.length > 0 && entry.start.offset > comment.offset)
  const next = following === -1 ? undefined : entries[following]
  const previous = entries.findLast((entry) => entry.start.offset <= comment.offset)
  if (!previous) return next ? { path: next.path, kind: 'before' } : { path: [], kind: 'end' }

  if (!comment.ownLine) {
    const line = comment.position.line
    if (previous.path.length > 0 && (previous.start.line === line || (previous.scalar && previous.end.line === line))) {
      let owner = previous
      while (owner.parent?.flow && owner.parent.end.offset <= comment.offset && owner.parent.path.length > 0) {
        owner = owner.parent
      }
      return { path: owner.path, kind: 'after' }
    }
    const closed = chain(previous).findLast((entry) => entry.flow && entry.end.line === line && entry.path.length > 0)
    if (closed && closed.end.offset <= comment.offset) return { path: closed.path, kind: 'after' }
  }
  // Between a key and its value on a later line.
  if (previous.scalar && previous.path.length > 0 && comment.offset < previous.valueStart) {
    return { path: previous.path, kind: 'before' }
  }
  const flow = chain(previous).find(
    (entry) => entry.flow && entry.valueStart < comment.offset && comment.offset < entry.end.offset,
  )
  if (flow) {
    const within = next && next.start.offset < flow.end.offset
    return within ? { path: next.path, kind: 'before' } : { path: flow.path, kind: 'end' }
  }
  const { column } = comment.position
  if (next && column <= next.start.column) return { path: next.path, kind: 'before' }
  // Indented deeper than what follows: it closes the block that it is in.
  const block = chain(previous).find((entry) => !entry.scalar && !entry.flow && entry.column <= column)
  const nextIsInside = next && block && isInside(next, block)
  if (nextIsInside) return { path: next.path, kind: 'before' }
  return { path: block?.path ?? [], kind: 'end' }
}

/** An entry and what it is inside of, inner first. */
function chain(entry: Entry): Entry[] {
  const result: Entry[] = []
  for (let at: Entry | undefined = entry; at; at = at.parent) result.push(at)
  return result
}

const isInside = (entry: Entry, outer: Entry): boolean => chain(entry).slice(1).includes(outer)

function withBlankLines(group: readonly Comment[], lines: readonly string[], beforeEntry: boolean): string[] {
  const isBlank = (line: number) => lines[line - 1]?.trim() === ''
  const result: string[] = []
  let last: Comment | undefined
  for (const comment of group) {
    const { line } = comment.position
    if (line > 1 && isBlank(line - 1) && (last !== undefined || hasText(lines, line - 1))) result.push('')
    result.push(comment.text)
    last = comment
  }
  if (beforeEntry && last && isBlank(last.position.line + 1)) result.push('')
  return result
}

const hasText = (lines: readonly string[], until: number) =>
  lines.slice(0, until).some((line) => line.trim() !== '' && !/^(?:---|%)/.test(line))
