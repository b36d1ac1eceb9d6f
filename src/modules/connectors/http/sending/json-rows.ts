import type { LoadRequest } from '../../../kit/contract.ts'
import { jsonColumns } from '../../../kit/json-decimals.ts'
import { joinSql, sql } from '../../../kit/sql.ts'

/** Each row of a load's input as one JSON object: numbers to the last digit, in the order of the rows. */
export async function* jsonRows({ input, session, signal }: LoadRequest<unknown>): AsyncGenerator<string> {
  const columns = joinSql(jsonColumns(input.columns))
  const rows = session.stream(sql`SELECT CAST(to_json(r) AS VARCHAR) FROM (SELECT ${columns} FROM ${input.name}) AS r`)
  for await (const batch of rows) {
    signal.throwIfAborted()
    for (const [text] of batch) yield text ?? 'null'
  }
}
