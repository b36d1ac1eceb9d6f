import { type Token, tokenize } from '../modules/kit/tokens.ts'
import { type MergedSelect, renderSelect, selectAll, withStep } from './merge-steps.ts'
import type { Part, TypedPipeline } from './parts.ts'
import { remembered } from './remembered.ts'
import { type PortRef, portKey } from './resolve-pipeline.ts'
import { type Counter, withCounter } from './row-counters.ts'
import { rowSteps } from './row-step.ts'
import { joinPieces, piece, type Span, separated, type TextPiece } from './text-pieces.ts'

interface Built {
  readonly pieces: readonly TextPiece[]
  /** When it is a SELECT that the next step can join. */
  readonly select?: MergedSelect
}

/**
 * One query of all parts. Steps that choose rows and columns join the SELECT of the step above them; what one reader alone reads
 * stands where it is read; the rest has a name. DuckDB plans a chain of 40 such steps in a fifth of the time of 40 named queries.
 * @param keep parts that are computed once and kept
 * @param counters of the ports whose rows are counted on the way
 */
export function mergeParts(
  pipeline: TypedPipeline,
  parts: readonly Part[],
  target: PortRef,
  keep: ReadonlySet<string>,
  counters: ReadonlyMap<string, Counter>,
): { readonly text: string; readonly spans: readonly Span[] } {
  const byKey = new Map(parts.map((part) => [portKey(part.ref), part]))
  const readers = new Map<string, number>()
  for (const part of parts) for (const read of part.reads) readers.set(read, (readers.get(read) ?? 0) + 1)
  const targetKey = portKey(target)
  const isNamed = (key: string): boolean => keep.has(key) || (readers.get(key) ?? 0) > 1 || key === targetKey

  const named: TextPiece[][] = []
  const done = new Set<string>()
  const nameIt = (part: Part): TextPiece => {
    const key = portKey(part.ref)
    if (!done.has(key)) {
      done.add(key)
      const how = keep.has(key) ? 'MATERIALIZED' : 'NOT MATERIALIZED'
      named.push([piece(`${part.name.text} AS ${how} (`), ...build(part).pieces, piece(')')])
    }
    return piece(part.name.text)
  }
  const partAt = (key: string): Part => {
    const part = byKey.get(key)
    if (!part) throw new TypeError(`${key} is read, and is no part`)
    return part
  }

  const known = new Map<Part, Built>()
  const build = (part: Part): Built => {
    const built = known.get(part) ?? (counters.has(portKey(part.ref)) ? counted(part) : (merged(part) ?? opaque(part)))
    known.set(part, built)
    return built
  }

  const counted = (part: Part): Built => {
    const { column, holds } = counters.get(portKey(part.ref)) ?? {}
    const held = holds ? merged(part, column) : undefined
    if (held || column === undefined) return held ?? opaque(part)
    const plain = merged(part) ?? opaque(part)
    const pieces = withCounter([piece('('), ...plain.pieces, piece(')')], column)
    const columns = pipeline.columns.get(portKey(part.ref))
    const select = columns && selectAll([piece('('), ...pieces, piece(')')], namesOf(columns))
    return { pieces, ...(select ? { select } : {}) }
  }

  const merged = (part: Part, counter?: string): Built | undefined => {
    const node = pipeline.nodes.get(part.ref.nodeId)
    const [read, ...others] = part.reads
    if (read === undefined || others.length > 0 || node?.module?.kind !== 'relation') return undefined
    if (!node.module.keepsRows && !node.module.splitsRows) return undefined
    const columns = pipeline.columns.get(portKey(part.ref))
    const inputColumns = pipeline.columns.get(read)
    const above = partAt(read)
    const steps = columns && inputColumns && rowSteps(part.body.text, above.name.text)
    if (!steps || (counter !== undefined && steps.filter(({ where }) => where).length !== 1)) return undefined
    let select: MergedSelect | undefined
    if (isNamed(read)) select = selectAll([nameIt(above)], namesOf(inputColumns))
    else {
      const built = build(above)
      select = built.select ?? selectAll([piece('('), ...built.pieces, piece(')')], namesOf(inputColumns))
    }
    for (const step of steps) {
      if (!select) return undefined
      const join = (outer: MergedSelect) => withStep(outer, step, part.ref.nodeId, counter)
      select = join(select) ?? nested(select, join)
    }
    // What DuckDB has bound decides which columns there are: if ours are others, the step was misread.
    if (!select || !sameNames(select, namesOf(columns))) return undefined
    return { pieces: renderSelect(select), select }
  }

  const opaque = (part: Part): Built => {
    const { nodeId } = part.ref
    const body = part.body.text
    const holes: (Place & { readonly source: readonly TextPiece[] })[] = []
    for (const read of part.reads) {
      const above = partAt(read)
      const place = isNamed(read) ? undefined : onlyPlace(body, above.name.text)
      if (!place) {
        nameIt(above)
        continue
      }
      const alias = place.hasAlias ? [] : [piece(` AS ${above.name.text}`)]
      holes.push({ ...place, source: [piece('('), ...build(above).pieces, piece(')'), ...alias] })
    }
    const pieces: TextPiece[] = []
    let at = 0
    for (const { start, end, source } of holes.sort((one, other) => one.start - other.start)) {
      pieces.push(piece(body.slice(at, start), nodeId), ...source)
      at = end
    }
    return { pieces: [...pieces, piece(body.slice(at), nodeId)] }
  }

  const built = build(partAt(targetKey))
  if (named.length === 0) return joinPieces(built.pieces)
  return joinPieces([
    piece('WITH '),
    ...separated(named, ',\n'),
    piece('\nSELECT * FROM ('),
    ...built.pieces,
    piece(')'),
  ])
}

interface Place {
  readonly start: number
  readonly end: number
  readonly hasAlias: boolean
}

const namesOf = (columns: readonly { readonly name: string }[]): string[] => columns.map(({ name }) => name)

const sameNames = ({ outputs }: MergedSelect, names: readonly string[]): boolean =>
  outputs.length === names.length && outputs.every(({ name }, index) => name === names[index])

/** The step in a SELECT of its own, around the one that it cannot join. */
function nested(
  select: MergedSelect,
  step: (outer: MergedSelect) => MergedSelect | undefined,
): MergedSelect | undefined {
  const outer = selectAll([piece('('), ...renderSelect(select), piece(')')], namesOf(select.outputs))
  return outer && step(outer)
}

const NOT_AN_ALIAS = new Set('where group order limit having qualify union on'.split(' '))

/** Where a body reads an input, if a subquery can stand there: once, after FROM or JOIN, and not beside a WITH of the body's own. */
const onlyPlace = remembered((body, name): Place | undefined => {
  let tokens: Token[]
  try {
    tokens = tokenize(body)
  } catch {
    return undefined
  }
  const word = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toLowerCase() : '')
  if (tokens.some((token) => word(token) === 'with')) return undefined
  const places = tokens.flatMap((token, index) => (token.text === name ? [index] : []))
  const [at] = places
  if (at === undefined || places.length > 1 || !/^(?:from|join)$/.test(word(tokens[at - 1]))) return undefined
  const [found, next] = [tokens[at], tokens[at + 1]]
  if (!found) return undefined
  if (word(next) === 'as') return { start: found.start, end: found.end, hasAlias: true }
  const isAlone = !next || next.kind === 'close' || NOT_AN_ALIAS.has(word(next))
  return isAlone ? { start: found.start, end: found.end, hasAlias: false } : undefined
})
