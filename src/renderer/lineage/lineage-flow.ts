import { Graph, layout as runDagre } from '@dagrejs/dagre'
import { type Edge, type Node, Position } from '@xyflow/react'
import type { LineageKind } from '../../shared/lineage/kinds.ts'
import type { Impact, LineageOverview, Traced } from '../../shared/lineage/project.ts'
import type { Lit } from './lineage-store.ts'

export const BOX_WIDTH = 220
const HEAD = 46
const ROW = 24
const FOOT = 8
const SHOWN = 8

export interface BoxRow {
  /** Column of a data set, or key of a step. */
  readonly name: string
  readonly detail?: string
}
export interface BoxData extends Record<string, unknown> {
  readonly title: string
  readonly path: string
  readonly kind: 'file' | 'files' | 'table' | 'pipeline'
  readonly problem: string | undefined
  readonly rows: readonly BoxRow[]
  readonly hidden: number
  /** Names of the rows that are not shown. */
  readonly folded: readonly string[]
  readonly expanded: boolean
}
export type BoxNode = Node<BoxData, 'box'>
export type BoxEdge = Edge<{ readonly kind: 'read' | 'write' | 'part' }>

/** How a row of a box is lit: by values, or only as what decides. */
export interface LitRow {
  readonly direct: boolean
  readonly kinds: readonly LineageKind[]
  /** Of a step: the columns that are lit. */
  readonly columns: readonly string[]
}
export type LitBoxes = ReadonlyMap<string, ReadonlyMap<string, LitRow>>

/** The project as boxes from left to right along the data. Depends on nothing that a click changes but what is unfolded. */
export function toFlow(
  overview: LineageOverview,
  expanded: ReadonlySet<string>,
): { nodes: BoxNode[]; edges: BoxEdge[] } {
  const boxes: { id: string; data: BoxData }[] = []
  const box = (
    id: string,
    data: Pick<BoxData, 'title' | 'path' | 'kind' | 'problem'>,
    rows: readonly BoxRow[],
  ): void => {
    const open = expanded.has(id)
    const shown = open || rows.length <= SHOWN + 1 ? rows : rows.slice(0, SHOWN)
    boxes.push({
      id,
      data: {
        ...data,
        rows: shown,
        hidden: rows.length - shown.length,
        folded: rows.slice(shown.length).map(({ name }) => name),
        expanded: open,
      },
    })
  }
  for (const { id, path, table, kind, columns } of overview.datasets) {
    const title = table ?? path.slice(path.lastIndexOf('/') + 1)
    box(
      id,
      { title, path, kind, problem: undefined },
      columns.map((name) => ({ name })),
    )
  }
  for (const { path, name, problem, nodes } of overview.pipelines) {
    const own = nodes.filter(({ nodeId }) => !nodeId.includes('/'))
    const rows = own.map(({ nodeId, summary }) => ({ name: nodeId, detail: summary }))
    box(path, { title: name, path, kind: 'pipeline', problem: problem?.message }, rows)
  }
  const known = new Set(boxes.map(({ id }) => id))
  const edges = new Map<string, BoxEdge>()
  for (const { from, to, kind } of overview.links) {
    if (!known.has(from) || !known.has(to) || from === to) continue
    const id = `${from}\0${to}`
    edges.set(id, {
      id,
      source: from,
      target: to,
      data: { kind },
      className: `lineage-edge is-${kind}`,
      focusable: false,
    })
  }
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 24, ranksep: 96, marginx: 0, marginy: 0 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, data } of boxes) graph.setNode(id, { width: BOX_WIDTH, height: heightOf(data) })
  for (const { source, target } of edges.values()) graph.setEdge(source, target)
  runDagre(graph)
  const nodes = boxes.map(({ id, data }): BoxNode => {
    const { x, y } = graph.node(id) as { x: number; y: number }
    const height = heightOf(data)
    const handle = { y: HEAD / 2, width: 1, height: 1 }
    return {
      id,
      type: 'box',
      data,
      position: { x: Math.round(x - BOX_WIDTH / 2), y: Math.round(y - height / 2) },
      width: BOX_WIDTH,
      height,
      measured: { width: BOX_WIDTH, height },
      // Given, so that nothing has to be measured.
      handles: [
        { ...handle, x: 0, type: 'target', position: Position.Left },
        { ...handle, x: BOX_WIDTH, type: 'source', position: Position.Right },
      ],
      focusable: false,
      draggable: false,
      connectable: false,
    }
  })
  return { nodes, edges: [...edges.values()] }
}

export const heightOf = ({ rows, hidden, expanded }: Pick<BoxData, 'rows' | 'hidden' | 'expanded'>): number =>
  HEAD + rows.length * ROW + (hidden > 0 || expanded ? ROW : 0) + FOOT

/** What of which box is lit. */
export function litBoxes(lit: Lit, upstream: Impact | undefined, downstream: Impact | undefined): LitBoxes {
  const boxes = new Map<string, Map<string, LitRow>>()
  const add = (id: string, name: string, row: LitRow): void => {
    const rows = boxes.get(id) ?? new Map<string, LitRow>()
    boxes.set(id, rows)
    const known = rows.get(name)
    rows.set(
      name,
      known
        ? {
            direct: known.direct || row.direct,
            kinds: [...new Set([...known.kinds, ...row.kinds])],
            columns: [...new Set([...known.columns, ...row.columns])],
          }
        : row,
    )
  }
  const items: Traced[] = [
    ...(lit === 'downstream' ? [] : (upstream?.items ?? [])),
    ...(lit === 'upstream' ? [] : (downstream?.items ?? [])),
  ]
  for (const { dataset, pipeline, nodeId, columns } of items) {
    if (dataset !== undefined) {
      if (!boxes.has(dataset)) boxes.set(dataset, new Map())
      for (const { name, direct, kinds } of columns) add(dataset, name, { direct, kinds, columns: [] })
    } else if (pipeline !== undefined && nodeId !== undefined) {
      // What happens inside a sub-pipeline is shown at the step that stands for it.
      const step = nodeId.split('/', 1)[0] ?? nodeId
      const direct = columns.filter((column) => column.direct)
      const kinds = [...new Set(columns.flatMap((column) => column.kinds))]
      add(pipeline, step, { direct: direct.length > 0, kinds, columns: direct.map(({ name }) => name) })
    }
  }
  return boxes
}
