import type { Column } from '../engine/types.ts'
import type { Datasets } from './datasets.ts'
import { composeKinds, type KindSet, kindBit, kindsOf, type LineageKind } from './kinds.ts'
import type { DocumentLineage, LineageSource } from './types.ts'

/** A column of a data set that a pipeline reads, and how what it writes depends on it. */
export interface EndSource {
  readonly dataset: string
  readonly column: string
  readonly kinds: readonly LineageKind[]
}

export interface EndToEnd {
  readonly inputs: readonly { readonly dataset: string; readonly columns: readonly Column[] }[]
  readonly outputs: readonly {
    readonly dataset: string
    readonly nodeId: string
    readonly columns: readonly Column[]
    readonly from: Readonly<Record<string, readonly EndSource[]>>
    /** What decides which rows are written. */
    readonly rows: readonly EndSource[]
  }[]
}

type Sources = ReadonlyMap<string, KindSet>
interface PortEnds {
  readonly columns: ReadonlyMap<string, Sources>
  readonly rows: Sources
}

/** What a pipeline writes by what it reads, everything between left out. */
export function endToEnd(lineage: DocumentLineage, datasets: Datasets): EndToEnd {
  const ports = new Map<string, PortEnds>()
  const inputs = new Map<string, Map<string, Column>>()
  const outputs: EndToEnd['outputs'][number][] = []
  // Nodes come after what they read.
  for (const [nodeId, node] of Object.entries(lineage.nodes)) {
    for (const [port, found] of Object.entries(node.ports)) {
      const read = (source: LineageSource): Sources => {
        const from = node.inputs[source.port]
        const above = from && ports.get(`${from.nodeId}.${from.port}`)
        if (!above) return new Map()
        const { column } = source
        const inner = column === undefined ? [...above.columns.values()] : [above.columns.get(column) ?? new Map()]
        return merged(...source.kinds.map((kind) => through(kind, merged(...inner))))
      }
      const above = Object.values(node.inputs).flatMap((from) => ports.get(`${from.nodeId}.${from.port}`)?.rows ?? [])
      const columns = new Map<string, Sources>()
      for (const { name, type } of found.columns) {
        const own = (found.from[name] ?? []).map(read)
        for (const source of node.reads) {
          const dataset = datasets.idOf(source)
          // Ports for unfit rows have columns of their own, which are in no file.
          const there = datasets.get(dataset)?.columns.includes(name) === true
          const byName = there ? [{ column: name, kinds: ['identity' as const] }] : []
          const mapped = source.columns ? (source.columns[name] ?? []) : byName
          for (const { column, kinds } of mapped) {
            own.push(...kinds.map((kind) => new Map([[keyOf(dataset, column), kindBit(kind)]])))
            known(inputs, dataset).set(column, { name: column, type })
          }
        }
        columns.set(name, merged(...own))
      }
      for (const source of node.reads) known(inputs, datasets.idOf(source))
      const ends: PortEnds = { columns, rows: merged(...above, ...found.rows.map(read)) }
      ports.set(`${nodeId}.${port}`, ends)
      for (const target of node.writes) {
        const from = Object.fromEntries([...columns].map(([name, sources]) => [name, listed(sources)]))
        outputs.push({ dataset: datasets.idOf(target), nodeId, columns: found.columns, from, rows: listed(ends.rows) })
      }
    }
  }
  return { inputs: [...inputs].map(([dataset, columns]) => ({ dataset, columns: [...columns.values()] })), outputs }
}

const keyOf = (dataset: string, column: string): string => `${dataset}\0${column}`

function known(inputs: Map<string, Map<string, Column>>, dataset: string): Map<string, Column> {
  const columns = inputs.get(dataset) ?? new Map<string, Column>()
  inputs.set(dataset, columns)
  return columns
}

function merged(...many: readonly Sources[]): Sources {
  const some = many.filter(({ size }) => size > 0)
  if (some.length <= 1) return some[0] ?? new Map()
  const result = new Map<string, KindSet>()
  for (const one of some) for (const [key, kinds] of one) result.set(key, (result.get(key) ?? 0) | kinds)
  return result
}

const through = (kind: LineageKind, inner: Sources): Sources =>
  kind === 'identity' ? inner : new Map([...inner].map(([key, kinds]) => [key, composeKinds(kind, kinds)]))

const listed = (sources: Sources): EndSource[] =>
  [...sources].map(([key, kinds]) => {
    const [dataset = '', column = ''] = key.split('\0')
    return { dataset, column, kinds: kindsOf(kinds) }
  })
