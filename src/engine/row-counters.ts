import { identifier } from '../modules/kit/sql.ts'
import { piece, type TextPiece } from './text-pieces.ts'

/**
 * Counts rows of a port while a query runs, by the cardinality that DuckDB's profile gives for an operator: a filter on a column that
 * is always TRUE, and of which DuckDB does not know that, since the function that gives it is volatile. Its name in the operator says
 * whose it is. It is computed once per batch of rows and costs next to nothing.
 */
export interface Counter {
  readonly column: string
  /**
   * The port's own condition is tested against the column, so that neither it nor the counted rows below it can be moved: one
   * filter stays one operator. Not for what a file could filter while it is read.
   */
  readonly holds: boolean
}

export const COUNTER_PREFIX = 'ld$rows$'

/** Volatile, cheap and never negative. */
const ALWAYS = 'current_connection_id() >= 0'

/** The rows of `from` that pass `test`, or all of them, in a SELECT with an operator that counts them. */
export function withCounter(from: readonly TextPiece[], column: string, test?: readonly TextPiece[]): TextPiece[] {
  const name = identifier(column).text
  return [
    piece(`SELECT * EXCLUDE (${name}) FROM (SELECT *, ${ALWAYS} AS ${name} FROM `),
    ...from,
    piece(') WHERE '),
    ...(test ?? [piece(name)]),
  ]
}
