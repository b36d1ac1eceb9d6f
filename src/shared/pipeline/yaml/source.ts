import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import type { Problem } from '../../engine/types.ts'

/** Larger files are refused unread: nobody writes one by hand, and reading it would stall the window. */
export const MAX_CHARACTERS = 8 * 1024 * 1024
/** Lists and maps inside one another. */
export const MAX_DEPTH = 64

export type Path = readonly (string | number)[]

export interface FilePosition {
  readonly line: number
  readonly column: number
}

/** Where the parts of a file stand, 1-based. */
export interface Positions {
  /**
   * The value at a path such as `['nodes', 'a', 'config', 'measures', 0]`, or its key where the value starts on a later line.
   * Of a path that the file does not have: its nearest ancestor that it has. Undefined for an empty file.
   */
  at(path: Path): FilePosition | undefined
}

export interface YamlSource {
  readonly root: Node | null
  readonly positions: Positions
  readonly problems: Problem[]
  positionOf(offset: number): FilePosition
}

/** The text of a key; undefined if it is a list or a map. `2021:` and `null:` are the keys "2021" and "null". */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined
  return key.type === 'PLAIN' ? (key.source ?? '') : String(key.value)
}

/** Parses YAML 1.2 (core schema) without resolving anything that is not plain data. Never throws. */
export function parseSource(text: string): YamlSource {
  if (text.length > MAX_CHARACTERS) {
    const message = `The file has ${text.length} characters; at most ${MAX_CHARACTERS} are read as a pipeline.`
    return nothing([
      problem('pipeline.too-large', message, undefined, 'Keep data in files of its own and read it with an extract.'),
    ])
  }
  const lines = new LineCounter()
  const positionOf = (offset: number): FilePosition => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  let document: Document.Parsed
  try {
    // Duplicate keys are found while converting: the parser's own check is quadratic in the size of a map.
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: lines,
    })
  } catch (error) {
    // The parser recurses: what nests too deeply for the stack is a RangeError.
    if (error instanceof RangeError) return nothing([tooDeep(undefined)])
    throw error
  }
  if (document.errors.some((error) => error.message.startsWith('Maximum call stack')))
    return nothing([tooDeep(undefined)])
  // Most of what comes after the first error of a place is a consequence of it.
  const problems = document.errors.slice(0, 1).map((error) => {
    const several = error.code === 'MULTIPLE_DOCS'
    return problem(
      'pipeline.syntax',
      several ? 'The file holds several YAML documents.' : `The file is not valid YAML: ${withoutStop(error.message)}.`,
      positionOf(error.pos[0]),
      several ? 'Write each pipeline into a file of its own.' : 'Check indentation, quotes and brackets at this place.',
    )
  })
  const root = document.contents
  return { root, problems, positionOf, positions: { at: (path) => locate(root, path, positionOf) } }
}

export function problem(code: string, message: string, position?: FilePosition, hint?: string): Problem {
  return {
    severity: 'error',
    kind: 'user',
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(position === undefined ? {} : { position }),
  }
}

export function tooDeep(position: FilePosition | undefined): Problem {
  return problem('pipeline.too-deep', `Lists and maps are nested more than ${MAX_DEPTH} levels deep.`, position)
}

function nothing(problems: Problem[]): YamlSource {
  return { root: null, problems, positionOf: () => ({ line: 1, column: 1 }), positions: { at: () => undefined } }
}

const withoutStop = (message: string) => message.replace(/[.:\s]+$/, '')

function locate(root: Node | null, path: Path, positionOf: (offset: number) => FilePosition): FilePosition | undefined {
  if (!root?.range) return undefined
  let found = positionOf(root.range[0])
  let current: unknown = root
  for (const part of path) {
    let key: unknown
    let value: unknown
    if (isMap(current)) {
      const pair = pairsOf(current).get(String(part))
      if (!pair) break
      key = pair.key
      value = pair.value
    } else if (isCollection(current) && typeof part === 'number' && part < current.items.length) {
      value = current.items[part]
    } else break
    const keyAt = offsetOf(key)
    const valueAt = offsetOf(value)
    const keyPosition = keyAt === undefined ? undefined : positionOf(keyAt)
    const valuePosition = valueAt === undefined ? undefined : positionOf(valueAt)
    const sameLine = keyPosition === undefined || keyPosition.line === valuePosition?.line
    found = (sameLine ? valuePosition : keyPosition) ?? keyPosition ?? found
    current = value
  }
  return found
}

const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

/** A map's pairs by key; of keys given twice, the first. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = indexes.get(map)
  if (known) return known
  const pairs = new Map<string, Pair>()
  for (const pair of map.items) {
    const key = keyText(pair.key)
    if (key !== undefined && !pairs.has(key)) pairs.set(key, pair)
  }
  indexes.set(map, pairs)
  return pairs
}

function offsetOf(node: unknown): number | undefined {
  return isScalar(node) || isCollection(node) ? node.range?.[0] : undefined
}
