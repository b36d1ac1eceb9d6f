import { Datasets } from './datasets.ts'
import { isDirect, type KindSet, kindBit, kindsOf } from './kinds.ts'
import type { LineageRef, PipelineLineage } from './project.ts'
import type { NodeLineage, PortLineage } from './types.ts'

/** An edge between two vertices. No kinds: rows that follow rows. */
export interface Edge {
  readonly to: number
  readonly kinds: KindSet
}

/** A column of a data set or port, or with no column what decides about its rows. */
export interface Vertex {
  readonly dataset?: string
  readonly pipeline?: string
  readonly nodeId?: string
  readonly port?: string
  readonly column?: string
}

const IDENTITY = kindBit('identity')
const UNKNOWN = kindBit('unknown')

/** Where all columns of a project come from and go to, across its pipelines. Built anew in some 100 ms for 100 pipelines of 40 nodes. */
export class LineageGraph {
  readonly datasets: Datasets
  readonly pipelines: readonly PipelineLineage[]
  readonly #vertices: Vertex[] = []
  readonly #numbers = new Map<string, number>()
  readonly #forward: Edge[][] = []
  readonly #back: Edge[][] = []

  constructor(pipelines: readonly PipelineLineage[]) {
    this.pipelines = pipelines
    this.datasets = new Datasets(pipelines)
    for (const { id, columns } of this.datasets.all) {
      this.#number({ dataset: id })
      for (const column of columns) this.#number({ dataset: id, column })
    }
    for (const [part, whole] of this.datasets.parts) this.#copy(part.id, part.columns, whole.id, whole.columns)
    for (const { path, lineage } of pipelines)
      for (const [nodeId, node] of Object.entries(lineage?.nodes ?? {}))
        this.#node(path, nodeId, node, lineage?.nodes ?? {})
  }

  vertex(number: number): Vertex {
    return this.#vertices[number] ?? {}
  }

  forward(number: number): readonly Edge[] {
    return this.#forward[number] ?? []
  }

  back(number: number): readonly Edge[] {
    return this.#back[number] ?? []
  }

  /** Edges there are, for figures. */
  get size(): { readonly vertices: number; readonly edges: number } {
    return { vertices: this.#vertices.length, edges: this.#forward.reduce((sum, list) => sum + list.length, 0) }
  }

  /** The vertex of a column, or of the rows; undefined if there is none. Names may differ in case. */
  find(ref: LineageRef): number | undefined {
    const exact = this.#numbers.get(keyOf(ref))
    if (exact !== undefined || ref.column === undefined) return exact
    const name = this.columnsOf(ref).find((one) => one.toLowerCase() === ref.column?.toLowerCase())
    return name === undefined ? undefined : this.#numbers.get(keyOf({ ...ref, column: name }))
  }

  columnsOf(ref: LineageRef): readonly string[] {
    if ('dataset' in ref) return this.datasets.get(ref.dataset)?.columns ?? []
    const node = this.pipelines.find(({ path }) => path === ref.pipeline)?.lineage?.nodes[ref.nodeId]
    return node?.ports[ref.port]?.columns.map(({ name }) => name) ?? []
  }

  #node(pipeline: string, nodeId: string, node: NodeLineage, nodes: Readonly<Record<string, NodeLineage>>): void {
    for (const [port, lineage] of Object.entries(node.ports)) {
      const own = { pipeline, nodeId, port }
      const rows = this.#number(own)
      for (const { name } of lineage.columns) this.#number({ ...own, column: name })
      this.#port(own, rows, node, lineage, nodes)
      for (const read of node.reads) {
        const dataset = this.datasets.idOf(read)
        this.#edge(this.#number({ dataset }), rows, 0)
        if (read.columns) {
          for (const [column, sources] of Object.entries(read.columns))
            for (const source of sources)
              for (const kind of source.kinds)
                this.#edge(
                  this.#number({ dataset, column: source.column }),
                  this.#number({ ...own, column }),
                  kindBit(kind),
                )
        } else
          this.#named(
            dataset,
            lineage.columns.map(({ name }) => name),
            own,
          )
      }
      for (const target of node.writes) {
        const dataset = this.datasets.idOf(target)
        this.#edge(rows, this.#number({ dataset }), 0)
        for (const { name } of lineage.columns)
          this.#edge(this.#number({ ...own, column: name }), this.#number({ dataset, column: name }), IDENTITY)
      }
    }
  }

  #port(
    own: { pipeline: string; nodeId: string; port: string },
    rows: number,
    node: NodeLineage,
    lineage: PortLineage,
    nodes: Readonly<Record<string, NodeLineage>>,
  ): void {
    const { pipeline } = own
    const above = (port: string) => {
      const from = node.inputs[port]
      return from && { pipeline, nodeId: from.nodeId, port: from.port }
    }
    for (const input of Object.keys(node.inputs)) {
      const from = above(input)
      if (from) this.#edge(this.#number(from), rows, 0)
    }
    for (const source of lineage.rows) {
      const from = above(source.port)
      if (!from) continue
      if (source.column !== undefined) this.#edges({ ...from, column: source.column }, rows, source.kinds)
      else
        for (const { name } of nodes[from.nodeId]?.ports[from.port]?.columns ?? [])
          this.#edge(this.#number({ ...from, column: name }), rows, UNKNOWN)
    }
    for (const [column, sources] of Object.entries(lineage.from)) {
      const to = this.#number({ ...own, column })
      for (const source of sources) {
        const from = above(source.port)
        // What is only known by table is known of the rows, and so of all columns.
        if (from && source.column !== undefined) this.#edges({ ...from, column: source.column }, to, source.kinds)
      }
    }
  }

  #named(dataset: string, columns: readonly string[], own: { pipeline: string; nodeId: string; port: string }): void {
    const there = new Map(this.columnsOf({ dataset }).map((name) => [name.toLowerCase(), name]))
    for (const column of columns) {
      const name = there.get(column.toLowerCase())
      if (name !== undefined)
        this.#edge(this.#number({ dataset, column: name }), this.#number({ ...own, column }), IDENTITY)
    }
  }

  #copy(from: string, columns: readonly string[], to: string, others: readonly string[]): void {
    this.#edge(this.#number({ dataset: from }), this.#number({ dataset: to }), 0)
    const there = new Map(others.map((name) => [name.toLowerCase(), name]))
    for (const column of columns) {
      const name = there.get(column.toLowerCase())
      if (name !== undefined)
        this.#edge(this.#number({ dataset: from, column }), this.#number({ dataset: to, column: name }), IDENTITY)
    }
  }

  #edges(from: Vertex, to: number, kinds: NodeLineage['ports'][string]['rows'][number]['kinds']): void {
    let set = 0
    for (const kind of kinds) set |= kindBit(kind)
    this.#edge(this.#number(from), to, set)
  }

  #edge(from: number, to: number, kinds: KindSet): void {
    this.#forward[from]?.push({ to, kinds })
    this.#back[to]?.push({ to: from, kinds })
  }

  #number(vertex: Vertex): number {
    const key = keyOf(vertex)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#vertices.push(vertex) - 1
    this.#numbers.set(key, number)
    this.#forward.push([])
    this.#back.push([])
    return number
  }
}

/** Whether one of the kinds carries values. */
export const carries = (kinds: KindSet): boolean => kindsOf(kinds).some((kind) => isDirect(kind) && kind !== 'unknown')

const keyOf = (vertex: Vertex | LineageRef): string => {
  const { dataset, pipeline, nodeId, port, column } = vertex as Vertex
  return JSON.stringify([dataset ?? null, pipeline ?? null, nodeId ?? null, port ?? null, column ?? null])
}
