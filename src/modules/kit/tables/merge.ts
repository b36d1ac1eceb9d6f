import type { TableDialect } from './dialect.ts'
import { GONE } from './own-columns.ts'
import { type Move, namedColumns, pieces } from './pieces.ts'

/** What `upsert` and `merge` do with rows whose key is there, as SQL over `t` and `s`. */
export function mergePieces(dialect: TableDialect, move: Omit<Move, 'now'>) {
  const { config, columns } = move
  const own = pieces(dialect, move)
  const [by] = config.newer_by === undefined ? [] : namedColumns(columns, [config.newer_by], 'newer_by')
  const named = namedColumns(columns, config.update_columns, 'update_columns')
  // What tells how new a row is goes with what it tells of.
  const wanted = own.others.filter((one) => named.length === 0 || named.includes(one) || one === by)
  const chosen = config.matched === 'nothing' ? [] : wanted
  const newer =
    by && `COALESCE(${by.value} > ${own.t(by.name)} OR (${own.t(by.name)} IS NULL AND ${by.value} IS NOT NULL), FALSE)`
  const also = newer === undefined ? '' : ` AND ${newer}`
  const gone = `COALESCE(s.${dialect.quote(GONE)}, FALSE)`
  return {
    ...own,
    set: chosen.map(({ name, value }) => [name, value] as const),
    newer,
    gone,
    removes: `${gone}${also}`,
    updates: `(${own.differing(chosen)})${also}`,
    inserts: config.not_matched === 'insert',
  }
}
