import { quoteName } from '../../connectors/mysql/names.ts'
import type { TableDialect } from '../../kit/tables/dialect.ts'

/** How MySQL and MariaDB move rows from one table into another. */
export const mysqlDialect: TableDialect = {
  quote: quoteName,
  // The first finds them by an index; the second tells letter case and trailing spaces apart, which collations do not.
  same: (left, right) => `(${left} <=> ${right} AND CAST(${left} AS BINARY) <=> CAST(${right} AS BINARY))`,
  update: ({ target, staging }, on, set, where) =>
    `UPDATE ${target} t JOIN ${staging} s ON ${on} SET ${set.map(([name, value]) => `t.${quoteName(name)} = ${value}`).join(', ')}${where === undefined ? '' : ` WHERE ${where}`}`,
  remove: ({ target, staging }, on, where) =>
    `DELETE t FROM ${target} t JOIN ${staging} s ON ${on}${where === undefined ? '' : ` WHERE ${where}`}`,
}
