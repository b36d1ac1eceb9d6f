import type { Connection } from 'mysql2'

/** A value that goes to the server beside the text. */
export type BoundValue = string | number | bigint | null

/** Text only: numbers of any size, dates of any kind. */
export const AS_TEXT = {
  rowsAsArray: true,
  dateStrings: true,
  supportBigNumbers: true,
  bigNumberStrings: true,
} as const
/** Statements without values go as they are: not all of them can be prepared. */
export function send(connection: Connection, sql: string, values?: readonly BoundValue[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, result: unknown) => (error ? reject(error) : resolve(result))
    if (values === undefined || values.length === 0) connection.query({ sql, ...AS_TEXT }, done)
    else {
      const bound = values.map((value) => (typeof value === 'bigint' ? String(value) : value))
      connection.execute({ sql, ...AS_TEXT }, bound, done)
    }
  })
}

export const cellText = (cell: unknown): string | null =>
  cell === null || cell === undefined ? null : Buffer.isBuffer(cell) ? cell.toString('utf8') : String(cell)

export const rowsOf = (result: unknown): (string | null)[][] =>
  Array.isArray(result) ? result.map((row: unknown[]) => row.map(cellText)) : []

export const changedBy = (result: unknown): bigint =>
  typeof result === 'object' && result !== null && 'affectedRows' in result ? BigInt(Number(result.affectedRows)) : 0n
