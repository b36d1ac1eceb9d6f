import { userError } from '../errors.ts'
import { carries, type Edge, type LineageGraph, type Vertex } from './graph.ts'
import { type KindSet, kindsOf } from './kinds.ts'
import type { Direction, LineageRef, Traced } from './project.ts'

interface Reached {
  readonly direct: boolean
  readonly distance: number
  kinds: KindSet
}

/**
 * Everything that a column (or, without one, a whole table) comes from, or goes to: first what carries its values, then what it
 * decides. Grouped by data set and port, the nearest first; the start is part of it.
 * @throws LogiDataError `lineage.unknown` when there is no such column
 */
export function trace(graph: LineageGraph, start: LineageRef, direction: Direction): Traced[] {
  const starts = startsOf(graph, start)
  const edges = (number: number): readonly Edge[] =>
    direction === 'upstream' ? graph.back(number) : graph.forward(number)
  const reached = new Map<number, Reached>()
  const rowsBelow: { number: number; distance: number }[] = []

  let front = starts
  for (const number of starts) reached.set(number, { direct: true, distance: 0, kinds: 0 })
  for (let distance = 1; front.length > 0; distance++) {
    const next: number[] = []
    for (const number of front)
      for (const { to, kinds } of edges(number)) {
        const known = reached.get(to)
        if (!carries(kinds)) rowsBelow.push({ number: to, distance })
        else if (known) known.kinds |= kinds
        else {
          reached.set(to, { direct: true, distance, kinds })
          next.push(to)
        }
      }
    front = next
  }

  // What decides: edges that carry no values, rows that follow rows, and upstream what decides the rows of the columns themselves.
  let rest = rowsBelow
  if (direction === 'upstream')
    rest.push(
      ...[...reached].flatMap(([number, { distance }]) =>
        rowsOf(graph, number).map((rows) => ({ number: rows, distance })),
      ),
    )
  while (rest.length > 0) {
    const next: typeof rest = []
    for (const { number, distance } of rest) {
      if (reached.has(number)) continue
      reached.set(number, { direct: false, distance, kinds: 0 })
      for (const { to, kinds } of edges(number)) {
        const known = reached.get(to)
        if (known) known.kinds |= kinds
        next.push({ number: to, distance: distance + 1 })
      }
      if (direction === 'upstream') for (const rows of rowsOf(graph, number)) next.push({ number: rows, distance })
    }
    rest = next
  }
  return grouped(graph, reached)
}

function startsOf(graph: LineageGraph, start: LineageRef): number[] {
  const found = graph.find(start)
  if (found === undefined) {
    const what = 'dataset' in start ? start.dataset : `${start.nodeId}.${start.port}`
    const columns = graph.columnsOf(start)
    throw userError(
      'lineage.unknown',
      start.column === undefined ? `There is no “${what}”.` : `${what} has no column “${start.column}”.`,
      columns.length > 0
        ? { hint: `Its columns: ${columns.slice(0, 12).join(', ')}${columns.length > 12 ? ', …' : ''}.` }
        : {},
    )
  }
  if (start.column !== undefined) return [found]
  const columns = graph.columnsOf(start).flatMap((column) => graph.find({ ...start, column }) ?? [])
  return [found, ...columns]
}

/** What decides about the rows that a column stands in. */
function rowsOf(graph: LineageGraph, number: number): number[] {
  const rows = graph.rowsOf(number)
  return rows === undefined ? [] : [rows]
}

interface Group {
  readonly vertex: Vertex
  distance: number
  readonly columns: Traced['columns']
  rows: boolean
}

function grouped(graph: LineageGraph, reached: ReadonlyMap<number, Reached>): Traced[] {
  const groups = new Map<string, Group>()
  for (const [number, { direct, distance, kinds }] of reached) {
    const { column, ...vertex } = graph.vertex(number)
    const key = `${vertex.dataset}\0${vertex.pipeline}\0${vertex.nodeId}\0${vertex.port}`
    const group: Group = groups.get(key) ?? { vertex, distance, columns: [], rows: false }
    groups.set(key, group)
    group.distance = Math.min(group.distance, distance)
    if (column === undefined) group.rows = true
    else group.columns.push({ name: column, direct, kinds: kindsOf(kinds) })
  }
  return [...groups.values()]
    .sort((a, b) => a.distance - b.distance)
    .map(({ vertex: { column: _column, ...vertex }, ...rest }) => ({ ...vertex, ...rest }))
}
