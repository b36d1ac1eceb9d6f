import { isReserved } from './keywords.ts'

/** A column or table name as it must stand in an expression: quoted only where it has to be. */
export function quoteName(name: string): string {
  // DuckDB compares names without case, so capitals need no quotes.
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isReserved(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** The name that a token of an expression speaks of. */
export function unquoteName(text: string): string {
  if (!text.startsWith('"')) return text
  const inner = text.length > 1 && text.endsWith('"') ? text.slice(1, -1) : text.slice(1)
  return inner.replaceAll('""', '"')
}

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
