import { type LogiDataError, userError } from '../../shared/errors.ts'
import type { FieldPath } from './fields.ts'
import { joinSql, literal, type Sql, sql } from './sql.ts'

/**
 * SQL that ends the query with an error of ours when a row reaches it. The message may hold values: pieces that are `Sql` are
 * evaluated, and must be text or NULL.
 * @param nodeId the node that is at fault, since a query that fuses several fails as a whole
 */
export function failure(
  code: string,
  field: FieldPath,
  message: readonly (string | Sql)[],
  hint = '',
  nodeId = '',
): Sql {
  const head = `⟦${code}|${JSON.stringify(field)}|${nodeId}|${hint}⟧`
  const [first, ...others] = message
  // As few pieces as can be: each one is planned, in every query that holds this.
  const start = typeof first === 'string' ? [literal(head + first)] : [literal(head), ...(first ? [first] : [])]
  const pieces = others.map((piece) => (typeof piece === 'string' ? literal(piece) : piece))
  return sql`error(concat(${joinSql([...start, ...pieces])}))`
}

/** Finds an error made by `failure` in what DuckDB says. */
export function failureIn(message: string): LogiDataError | undefined {
  const found = /⟦([^|⟧]*)\|((?:[^|"]|"(?:[^"\\]|\\.)*")*)\|([\w/]*)\|([^⟧]*)⟧([\s\S]*)$/.exec(message)
  if (!found) return undefined
  const [, code = '', field = '[]', nodeId = '', hint = '', text = ''] = found
  const path: unknown = JSON.parse(field)
  return userError(code, text, {
    ...(hint ? { hint } : {}),
    ...(nodeId ? { nodeId } : {}),
    ...(Array.isArray(path) && path.length > 0 ? { field: path } : {}),
  })
}
