import { type LogiDataError, userError } from '../../shared/errors.ts'

/** SQL whose pieces are already quoted. Only `sql`, `identifier`, `literal`, `raw` and `joinSql` make one. */
export class Sql {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

/**
 * A template whose holes are `Sql`, or values that become literals: nothing reaches the text unquoted.
 * @example sql`SELECT ${identifier('a b')} FROM ${input.name} WHERE x = ${'it''s'}`
 */
export function sql(
  strings: TemplateStringsArray,
  ...holes: readonly (Sql | string | number | bigint | boolean | null)[]
): Sql {
  let text = strings[0] ?? ''
  holes.forEach((hole, index) => {
    text += hole instanceof Sql ? hole.text : literal(hole).text
    text += strings[index + 1] ?? ''
  })
  return new Sql(text)
}

/** A name, always quoted, so that `select`, `a b` and an emoji are columns like any other. @throws LogiDataError `sql.nul` */
export function identifier(name: string): Sql {
  if (name.includes('\0')) throw holdsNul('name', name)
  return new Sql(`"${name.replaceAll('"', '""')}"`)
}

/** Binary files that are read as text have such names; nothing that people write does. */
function holdsNul(what: 'name' | 'text', value: string): LogiDataError {
  const shown = value.slice(0, 40).replaceAll('\0', '\u2400')
  return userError('sql.nul', `The ${what} “${shown}” holds a NUL character, which has no place in SQL.`, {
    hint: 'Is the file of the format and the encoding that its settings say?',
  })
}

/** @throws LogiDataError `sql.nul` */
export function literal(value: string | number | bigint | boolean | null): Sql {
  if (value === null) return new Sql('NULL')
  if (typeof value === 'boolean') return new Sql(value ? 'TRUE' : 'FALSE')
  if (typeof value === 'bigint') return new Sql(String(value))
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return new Sql(`'${value}'::DOUBLE`)
    return new Sql(Number.isInteger(value) ? value.toFixed(0) : String(value))
  }
  if (value.includes('\0')) throw holdsNul('text', value)
  return new Sql(`'${value.replaceAll("'", "''")}'`)
}

/** Text that is SQL already. For constants of the program and for what the expression checker has accepted. */
export const raw = (text: string): Sql => new Sql(text)

export function joinSql(parts: readonly Sql[], separator = ', '): Sql {
  return new Sql(parts.map((part) => part.text).join(separator))
}
