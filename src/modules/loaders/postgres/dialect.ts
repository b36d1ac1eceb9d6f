import { quoteName } from '../../connectors/postgres/client.ts'
import type { TableDialect } from '../../kit/tables/dialect.ts'

/** How PostgreSQL moves rows from one table into another. */
export const postgresDialect: TableDialect = {
  quote: quoteName,
  // Some types have no equality (JSON); the texts of values of one type tell them apart.
  same: (left, right) => `(${left})::text IS NOT DISTINCT FROM (${right})::text`,
  update: ({ target, staging }, on, set, where) =>
    `UPDATE ${target} t SET ${set.map(([name, value]) => `${quoteName(name)} = ${value}`).join(', ')} FROM ${staging} s WHERE ${on}${where === undefined ? '' : ` AND (${where})`}`,
  remove: ({ target, staging }, on, where) =>
    `DELETE FROM ${target} t USING ${staging} s WHERE ${on}${where === undefined ? '' : ` AND (${where})`}`,
}
