import type * as Polyglot from '@polyglot-sql/sdk'
import type { Column } from '../../shared/engine/types.ts'
import type { LineageKind } from '../../shared/lineage/kinds.ts'

/** What one table gives to the columns of a query. */
export interface QueriedTable {
  readonly table: string
  readonly columns: Record<string, { column: string; kinds: LineageKind[] }[]>
}

let loading: Promise<typeof Polyglot> | undefined
/** 22 MB of WebAssembly: only projects that ask other databases in their own SQL pay for it. */
const polyglot = (): Promise<typeof Polyglot> => {
  loading ??= import('@polyglot-sql/sdk')
  return loading
}

const USES: Readonly<Record<string, LineageKind>> = {
  join: 'join',
  filter: 'filter',
  having: 'filter',
  qualify: 'filter',
  group: 'group',
  order: 'sort',
}

/**
 * Lineage of a query in the SQL of another database, which DuckDB cannot bind: from its text alone. `undefined` where that does not
 * tell for sure which columns of which tables a column comes from.
 * @param columns what the query gives
 */
export async function queryLineage(
  query: string,
  dialect: string,
  columns: readonly Column[],
): Promise<QueriedTable[] | undefined> {
  const { analyzeQuery } = await polyglot()
  const { success, analysis } = analyzeQuery(query, { dialect } as never)
  if (!success || !analysis) return undefined
  const tables = new Map<string, QueriedTable>()
  const add = (table: string, output: string, column: string, kind: LineageKind): void => {
    const known = tables.get(table) ?? { table, columns: {} }
    tables.set(table, known)
    const list = known.columns[output] ?? []
    known.columns[output] = list
    const same = list.find((one) => one.column === column)
    if (!same) list.push({ column, kinds: [kind] })
    else if (!same.kinds.includes(kind)) same.kinds.push(kind)
  }
  const base = analysis.baseTables.map(({ table, name }) => table ?? name)
  const stars = analysis.projections.filter(({ isStar }) => isStar)
  if (stars.length > 0) {
    // One table and all of its columns, nothing else: by name. Anything more would need the table's columns.
    const [only] = base
    if (only === undefined || base.length > 1 || analysis.projections.length > 1 || analysis.ctes.length > 0)
      return undefined
    for (const { name } of columns) add(only, name, name, 'identity')
  } else {
    if (analysis.projections.length !== columns.length) return undefined
    // The kind tells of the outermost query alone: what one inside computed is not passed on as it is.
    const plain = analysis.relations.every(({ kind }) => kind === 'table') && analysis.setOperations.length === 0
    for (const [index, projection] of analysis.projections.entries()) {
      const output = columns[index]?.name ?? ''
      for (const source of projection.upstream) {
        if (source.confidence !== 'resolved' || !source.table) return undefined
        add(source.table, output, source.column, kindOf(projection.transformKind, plain))
      }
    }
  }
  for (const use of analysis.columnUses ?? []) {
    for (const source of use.references) {
      if (source.confidence !== 'resolved' || !source.table || !source.column) return undefined
      for (const { name } of columns) add(source.table, name, source.column, USES[use.context] ?? 'window')
    }
  }
  for (const table of base) if (!tables.has(table)) tables.set(table, { table, columns: {} })
  return [...tables.values()]
}

function kindOf(transform: string, plain: boolean): LineageKind {
  if (transform === 'direct') return plain ? 'identity' : 'transformation'
  return transform === 'aggregation' ? 'aggregation' : 'transformation'
}
