import { identifier, joinSql, raw, type Sql, sql } from '../../modules/kit/sql.ts'
import type { Column } from '../../shared/engine/types.ts'

/** Stands in a plan for a column of a source that is read. Whoever writes such a text has the column read. */
const mark = (source: number, column: number): string => `⟦column ${source}.${column}⟧`
const MARKS = /⟦column (\d+)\.(\d+)⟧/g

/**
 * Rows of which nothing is known but the types of their columns, each of which has a mark that stays in a plan as long as it is read.
 * @param source absent: without marks
 */
export function markedRows(columns: readonly Column[], source: number | undefined): Sql {
  const cells = columns.map(({ name, type }, index) => {
    const text = sql`${source === undefined ? '' : mark(source, index)} || place`
    return sql`CAST(${text} AS ${raw(type)}) AS ${identifier(name)}`
  })
  return sql`SELECT ${joinSql(cells)} FROM range(10) AS rows(place)`
}

/** The columns that an optimised plan reads: `source.place`. */
export const marksIn = (plan: string): ReadonlySet<string> =>
  new Set([...plan.matchAll(MARKS)].map(([, source, column]) => `${source}.${column}`))
