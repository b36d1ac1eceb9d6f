/** A name in backticks, so that every name is a name. @example quoteName('a`b') is '`a``b`' */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** @example tableName({ table: 'orders', database: 'shop' }) is '`shop`.`orders`' */
export const tableName = ({ table, database }: { readonly table: string; readonly database?: string | undefined }) =>
  database === undefined ? quoteName(table) : `${quoteName(database)}.${quoteName(table)}`
