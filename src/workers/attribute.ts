import { BOOLEAN_PROBE } from '../modules/kit/condition.ts'
import { type ErrorInfo, LogiDataError } from '../shared/errors.ts'
import { QueryError } from './duckdb-errors.ts'

type Path = (string | number)[]

/** The error with the config field that it comes from and where in its text, as far as that can be told. */
export function attribute(thrown: unknown, config: unknown): unknown {
  if (!(thrown instanceof LogiDataError)) return thrown
  const info = thrown.info
  if (thrown instanceof QueryError) {
    const place = findPlace(thrown, config)
    return place ? withPlace(info, place) : thrown
  }
  if (info.range && !info.field) {
    // The expression checker knows where in the text, not which text. One candidate is certain, more are not.
    const fields = leaves(config).filter((leaf) => leaf.text.length >= (info.range?.end ?? 0))
    const quoted = /[“"](.+?)[”"]/.exec(info.message)?.[1]
    const range = info.range
    const exact = fields.filter((leaf) => quoted !== undefined && leaf.text.slice(range.start, range.end) === quoted)
    const only = exact.length === 1 ? exact[0] : fields.length === 1 ? fields[0] : undefined
    if (only) return withPlace(info, { field: only.path, range })
  }
  return thrown
}

interface Place {
  readonly field: Path
  readonly range?: { start: number; end: number }
}

function withPlace(info: ErrorInfo, place: Place): LogiDataError {
  const { code, kind, message, ...rest } = info
  return new LogiDataError(kind, code, message, { ...rest, ...place })
}

function findPlace(error: QueryError, config: unknown): Place | undefined {
  const { failure, statement } = error
  const texts = leaves(config)
  if (failure.position !== undefined) {
    const squeezed = squeeze(statement, failure.position + probeLength(statement, failure.position))
    // The longest text around the error wins: a column's name may also be a part of an expression.
    const candidates = texts.toSorted((a, b) => b.text.length - a.text.length)
    for (const leaf of candidates) {
      const wanted = squeeze(leaf.text, 0)
      if (wanted.text.length === 0) continue
      for (let at = squeezed.text.indexOf(wanted.text); at >= 0; at = squeezed.text.indexOf(wanted.text, at + 1)) {
        const inside = squeezed.position - at
        if (inside < 0 || inside >= wanted.text.length) continue
        const start = wanted.offsets[inside] ?? 0
        return { field: leaf.path, range: { start, end: tokenEnd(leaf.text, start) } }
      }
    }
  }
  const name = failure.name
  if (name === undefined) return undefined
  const named = texts.flatMap((leaf) => {
    const start = leaf.text === name ? 0 : wordAt(leaf.text, name)
    return start < 0 ? [] : [{ field: leaf.path, range: { start, end: start + name.length } }]
  })
  return named[0]
}

/** A condition that is no BOOLEAN fails in the call that checks it: the condition itself begins after this many characters. */
function probeLength(statement: string, position: number): number {
  const probe = `${BOOLEAN_PROBE}('', (`
  return statement.startsWith(probe, position) ? probe.length : 0
}

/** Text without blanks, where `position` lands in it, and where each of its characters came from. */
function squeeze(text: string, position: number): { text: string; position: number; offsets: number[] } {
  let out = ''
  const offsets: number[] = []
  let mapped = 0
  for (let index = 0; index < text.length; index++) {
    if (index === position) mapped = out.length
    const character = text.charAt(index)
    if (/\s/.test(character)) continue
    out += character
    offsets.push(index)
  }
  return { text: out, position: mapped, offsets }
}

function tokenEnd(text: string, start: number): number {
  const rest = text.slice(start)
  const token = /^(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[\p{L}_][\p{L}\p{N}_$]*|\d[\d.]*|\S)/u.exec(rest)
  return start + (token?.[0].length ?? Math.min(1, rest.length))
}

function wordAt(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text.charAt(at - 1)
    const after = text.charAt(at + word.length)
    if (!/[\p{L}\p{N}_]/u.test(before) && !/[\p{L}\p{N}_]/u.test(after)) return at
  }
  return -1
}

function leaves(value: unknown, path: Path = []): { path: Path; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]))
  return []
}
