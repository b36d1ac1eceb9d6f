import { isDeepEqual } from './deep-equal.ts'
import type { JsonValue, PipelineDocument } from './document.ts'
import { matchRenamedNodes } from './match-nodes.ts'
import { readPipeline } from './read-pipeline.ts'
import { type Comments, type EntryComments, pathKey, pathOfKey, readComments } from './yaml/comments.ts'
import { type Path, parseSource } from './yaml/source.ts'
import { toPlainData } from './yaml/values.ts'

/**
 * The comments of a file, at the places where what they speak of stands in the new document: a renamed node takes its comments
 * along, so does a list item that moved; the comments of what is gone go with it.
 */
export function carryComments(previousText: string, document: PipelineDocument, data: JsonValue): Comments {
  return carriedComments(previousText, data, () => {
    const previous = readPipeline(previousText).document
    return previous ? matchRenamedNodes(previous, document) : new Map()
  })
}

/** The same for any file of ours. `renamedNodes` is asked only where there are comments. */
export function carriedComments(
  previousText: string,
  data: JsonValue,
  renamedNodes: () => ReadonlyMap<string, string> = () => new Map(),
): Comments {
  const comments = readComments(previousText)
  if (comments.size === 0) return comments
  const renamed = renamedNodes()
  const before = toPlainData(parseSource(previousText), () => 'any').value
  const carried = new Map<string, EntryComments>()
  for (const [key, entry] of comments) {
    const path = follow(pathOfKey(key), before, data, renamed)
    if (path) carried.set(pathKey(path), entry)
  }
  return carried
}

function follow(
  path: Path,
  before: JsonValue | undefined,
  after: JsonValue,
  renamed: ReadonlyMap<string, string>,
): Path | undefined {
  let old: JsonValue | undefined = before
  let now: JsonValue | undefined = after
  const result: (string | number)[] = []
  for (const [depth, part] of path.entries()) {
    let next: string | number = part
    if (depth === 1 && (path[0] === 'nodes' || path[0] === 'layout') && typeof part === 'string') {
      next = renamed.get(part) ?? part
    } else if (typeof part === 'number') {
      const index = Array.isArray(old) && Array.isArray(now) ? movedItem(old, now, part) : undefined
      if (index === undefined) return undefined
      next = index
    }
    old = child(old, part)
    now = child(now, next)
    if (now === undefined) return undefined
    result.push(next)
  }
  return result
}

/** Where a list's item went: an equal one, else the one at the same place if neither has an equal. */
function movedItem(old: readonly JsonValue[], now: readonly JsonValue[], index: number): number | undefined {
  const partners = new Map<number, number>()
  const taken = new Set<number>()
  old.forEach((item, from) => {
    const to = now.findIndex((candidate, position) => !taken.has(position) && isDeepEqual(candidate, item))
    if (to === -1) return
    partners.set(from, to)
    taken.add(to)
  })
  const found = partners.get(index)
  if (found !== undefined) return found
  return index < now.length && !taken.has(index) ? index : undefined
}

function child(value: JsonValue | undefined, part: string | number): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
  return Array.isArray(value) ? value[Number(part)] : value[part]
}
