import type { ResolvedNode } from '../../engine/resolve-pipeline.ts'
import type { RelationModule } from '../../modules/kit/contract.ts'
import type { Column } from '../../shared/engine/types.ts'
import type { NodeLineage, NodeRead } from '../../shared/lineage/types.ts'
import { queryLineage } from './query-lineage.ts'

/** The SQL of the databases that extracts ask, as the parser names it. */
const DIALECTS: Readonly<Record<string, string>> = { 'extract.duckdb': 'duckdb', 'extract.sqlite': 'sqlite' }

interface SourceConfig {
  readonly path?: unknown
  readonly table?: unknown
  readonly query?: unknown
}

/** The data sets that a node reads and writes. */
export async function datasetsOf(
  node: ResolvedNode,
  ports: ReadonlyMap<string, readonly Column[]>,
): Promise<Pick<NodeLineage, 'reads' | 'writes'>> {
  if (node.config === undefined || !node.module) return { reads: [], writes: [] }
  if (node.module.kind === 'load') {
    const { path, mode } = node.module.target(node.config as never)
    const [file = path, table] = splitTable(path, node.config as SourceConfig)
    return { reads: [], writes: [{ path: file, ...(table === undefined ? {} : { table }), mode }] }
  }
  if (node.module.kind !== 'relation') return { reads: [], writes: [] }
  const config = node.config as SourceConfig
  const [source] = (node.module as RelationModule).sources?.(node.config as never) ?? []
  const path = typeof config.path === 'string' ? config.path : source
  if (source === undefined || path === undefined) return { reads: [], writes: [] }
  if (typeof config.query === 'string') return { reads: await queried(node, path, config.query, ports), writes: [] }
  return { reads: [{ path, ...(typeof config.table === 'string' ? { table: config.table } : {}) }], writes: [] }
}

/** A load into a database names its target `file#table`. */
function splitTable(path: string, config: SourceConfig): [string, string?] {
  return typeof config.table === 'string' && path.endsWith(`#${config.table}`)
    ? [path.slice(0, -config.table.length - 1), config.table]
    : [path]
}

async function queried(
  node: ResolvedNode,
  path: string,
  query: string,
  ports: ReadonlyMap<string, readonly Column[]>,
): Promise<NodeRead[]> {
  const dialect = DIALECTS[node.type]
  const columns = ports.get(node.outputs[0] ?? '') ?? []
  const tables = dialect === undefined ? undefined : await queryLineage(query, dialect, columns)
  // What the query reads is not known: the file as a whole.
  if (!tables) return [{ path, columns: {} }]
  return tables.map((table) => ({ path, table: table.table, columns: table.columns }))
}
