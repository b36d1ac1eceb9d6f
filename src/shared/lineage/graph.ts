import { Datasets } from './datasets.ts'
import { DIRECT_BITS, type KindSet, kindBit } from './kinds.ts'
import type { LineageRef, PipelineLineage } from './project.ts'
import type { LineageSource, NodeLineage, PortLineage } from './types.ts'

/** An edge between two vertices. No kinds: rows that follow rows. */
export interface Edge {
  readonly to: number
  readonly kinds: KindSet
}

/** A data set, or a port of a node. */
interface Place {
  readonly dataset?: string
  readonly pipeline?: string
  readonly nodeId?: string
  readonly port?: string
}

/** A column of a data set or port, or with no column what decides about its rows. */
export interface Vertex extends Place {
  readonly column?: string
}

/** The vertices of one place. */
interface Table {
  readonly place: Place
  readonly rows: number
  readonly columns: Map<string, number>
}

type Nodes = Readonly<Record<string, NodeLineage>>

const IDENTITY = kindBit('identity')
const UNKNOWN = kindBit('unknown')

/**
 * Where all columns of a project come from and go to, across its pipelines. Vertices and edges are made when something is first traced:
 * the overview does without.
 */
export class LineageGraph {
  readonly datasets: Datasets
  readonly pipelines: readonly PipelineLineage[]
  readonly #tables = new Map<string, Table>()
  readonly #owners: Table[] = []
  readonly #names: (string | undefined)[] = []
  readonly #forward: Edge[][] = []
  readonly #back: Edge[][] = []
  #built = false

  constructor(pipelines: readonly PipelineLineage[]) {
    this.pipelines = pipelines
    this.datasets = new Datasets(pipelines)
  }

  vertex(number: number): Vertex {
    const column = this.#names[number]
    return { ...this.#owners[number]?.place, ...(column === undefined ? {} : { column }) }
  }

  forward(number: number): readonly Edge[] {
    return this.#forward[number] ?? []
  }

  back(number: number): readonly Edge[] {
    return this.#back[number] ?? []
  }

  /** The vertex of the rows that a column stands in; undefined for rows themselves. */
  rowsOf(number: number): number | undefined {
    return this.#names[number] === undefined ? undefined : this.#owners[number]?.rows
  }

  /** Vertices and edges there are, for figures. */
  get size(): { readonly vertices: number; readonly edges: number } {
    this.#build()
    return { vertices: this.#owners.length, edges: this.#forward.reduce((sum, list) => sum + list.length, 0) }
  }

  /** The vertex of a column, or of the rows; undefined if there is none. Names may differ in case. */
  find(ref: LineageRef): number | undefined {
    this.#build()
    const table = this.#tables.get(keyOf(ref))
    const { column } = ref
    if (!table || column === undefined) return table?.rows
    const exact = table.columns.get(column)
    if (exact !== undefined) return exact
    const name = this.columnsOf(ref).find((one) => one.toLowerCase() === column.toLowerCase())
    return name === undefined ? undefined : table.columns.get(name)
  }

  columnsOf(ref: LineageRef): readonly string[] {
    if ('dataset' in ref) return this.datasets.get(ref.dataset)?.columns ?? []
    const node = this.pipelines.find(({ path }) => path === ref.pipeline)?.lineage?.nodes[ref.nodeId]
    return node?.ports[ref.port]?.columns.map(({ name }) => name) ?? []
  }

  #build(): void {
    if (this.#built) return
    this.#built = true
    for (const { id, columns } of this.datasets.all) {
      const table = this.#table({ dataset: id })
      for (const column of columns) this.#column(table, column)
    }
    for (const [part, whole] of this.datasets.parts) {
      const [from, to] = [this.#table({ dataset: part.id }), this.#table({ dataset: whole.id })]
      this.#edge(from.rows, to.rows, 0)
      this.#byName(from, to, whole.columns)
    }
    for (const { path, lineage } of this.pipelines)
      for (const [nodeId, node] of Object.entries(lineage?.nodes ?? {}))
        this.#node(path, nodeId, node, lineage?.nodes ?? {})
  }

  #node(pipeline: string, nodeId: string, node: NodeLineage, nodes: Nodes): void {
    for (const [port, lineage] of Object.entries(node.ports)) {
      const own = this.#table({ pipeline, nodeId, port })
      const names = lineage.columns.map(({ name }) => name)
      for (const name of names) this.#column(own, name)
      this.#port(own, pipeline, node, lineage, nodes)
      for (const read of node.reads) {
        const dataset = this.#table({ dataset: this.datasets.idOf(read) })
        this.#edge(dataset.rows, own.rows, 0)
        if (!read.columns) this.#byName(dataset, own, names)
        for (const [column, sources] of Object.entries(read.columns ?? {}))
          for (const { column: source, kinds } of sources)
            this.#edge(this.#column(dataset, source), this.#column(own, column), setOf(kinds))
      }
      for (const target of node.writes) {
        const dataset = this.#table({ dataset: this.datasets.idOf(target) })
        this.#edge(own.rows, dataset.rows, 0)
        for (const name of names) this.#edge(this.#column(own, name), this.#column(dataset, name), IDENTITY)
      }
    }
  }

  #port(own: Table, pipeline: string, node: NodeLineage, lineage: PortLineage, nodes: Nodes): void {
    const above = new Map(
      Object.entries(node.inputs).map(([port, from]) => {
        const table = this.#table({ pipeline, nodeId: from.nodeId, port: from.port })
        this.#edge(table.rows, own.rows, 0)
        return [port, { table, columns: nodes[from.nodeId]?.ports[from.port]?.columns ?? [] }] as const
      }),
    )
    for (const { port, column, kinds } of lineage.rows) {
      const from = above.get(port)
      if (!from) continue
      if (column !== undefined) this.#edge(this.#column(from.table, column), own.rows, setOf(kinds))
      else for (const { name } of from.columns) this.#edge(this.#column(from.table, name), own.rows, UNKNOWN)
    }
    for (const [name, sources] of Object.entries(lineage.from)) {
      const to = this.#column(own, name)
      for (const { port, column, kinds } of sources) {
        const from = above.get(port)
        // What is only known by table is known of the rows, and so of all columns.
        if (from && column !== undefined) this.#edge(this.#column(from.table, column), to, setOf(kinds))
      }
    }
  }

  /** Columns of equal names, whatever their case, are the same. */
  #byName(from: Table, to: Table, columns: readonly string[]): void {
    const there = new Map([...from.columns].map(([name, number]) => [name.toLowerCase(), number]))
    for (const column of columns) {
      const source = there.get(column.toLowerCase())
      if (source !== undefined) this.#edge(source, this.#column(to, column), IDENTITY)
    }
  }

  #edge(from: number, to: number, kinds: KindSet): void {
    this.#forward[from]?.push({ to, kinds })
    this.#back[to]?.push({ to: from, kinds })
  }

  #table(place: Place): Table {
    const key = keyOf(place)
    const known = this.#tables.get(key)
    if (known) return known
    const table: Table = { place, rows: this.#owners.length, columns: new Map() }
    this.#tables.set(key, table)
    this.#add(table, undefined)
    return table
  }

  #column(table: Table, name: string): number {
    const known = table.columns.get(name)
    if (known !== undefined) return known
    const number = this.#add(table, name)
    table.columns.set(name, number)
    return number
  }

  #add(table: Table, name: string | undefined): number {
    this.#names.push(name)
    this.#forward.push([])
    this.#back.push([])
    return this.#owners.push(table) - 1
  }
}

/** Whether one of the kinds carries values. */
export const carries = (kinds: KindSet): boolean => (kinds & DIRECT_BITS) !== 0

function setOf(kinds: LineageSource['kinds']): KindSet {
  let set = 0
  for (const kind of kinds) set |= kindBit(kind)
  return set
}

/** No path, key or name of a port holds a zero. */
const keyOf = (place: Place | LineageRef): string => {
  const { dataset, pipeline, nodeId, port } = place as Place
  return dataset === undefined ? `${pipeline}\0${nodeId}\0${port}` : `\0${dataset}`
}
