import { userError } from '../../../shared/errors.ts'
import type { TableLoadConfig } from './config.ts'
import type { TableDialect, Tables } from './dialect.ts'

export interface Move extends Tables {
  readonly config: TableLoadConfig
  /** In the order of the insert: the name in the target, and the value as SQL over `s`. */
  readonly columns: readonly { readonly name: string; readonly value: string }[]
  /** Their names in the target. */
  readonly key: readonly string[]
  readonly parts: readonly string[]
  /** The moment of the load, as SQL. */
  readonly now: string
}

/** The parts of statements that both moving and forecasting need. */
export function pieces(dialect: TableDialect, { target, staging, columns, key, parts }: Omit<Move, 'config' | 'now'>) {
  const value = (name: string): string => columns.find((column) => column.name === name)?.value ?? ''
  const t = (name: string): string => `t.${dialect.quote(name)}`
  const differing = (some: Move['columns']): string =>
    some.length === 0 ? '1 = 0' : some.map(({ name, value: own }) => `NOT (${dialect.same(t(name), own)})`).join(' OR ')
  const others = columns.filter(({ name }) => !key.includes(name))
  const on = key.map((name) => `${t(name)} = ${value(name)}`).join(' AND ')
  return {
    tables: { target, staging },
    others,
    on,
    /** Each part once, however many rows it has. */
    parted: {
      target,
      staging: `(SELECT DISTINCT ${parts.map((name) => dialect.quote(name)).join(', ')} FROM ${staging})`,
    },
    onParts: parts.map((name) => dialect.same(t(name), value(name))).join(' AND '),
    /** Some value besides the key is another one. */
    differs: differing(others),
    differing,
    notIn: (also = '') => `NOT EXISTS (SELECT 1 FROM ${target} t WHERE ${on}${also})`,
    notStaged: `NOT EXISTS (SELECT 1 FROM ${staging} s WHERE ${on})`,
    t,
  }
}

/** Columns that an option names, as the table has them. @throws LogiDataError `load.drift` */
export const namedColumns = (columns: Move['columns'], wanted: readonly string[], field: string): Move['columns'] =>
  wanted.map((name, at) => {
    const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
    if (found) return found
    throw userError('load.drift', `The table has no column “${name}”.`, {
      field: field.endsWith('s') ? [field, at] : [field],
      hint: 'Let the table be adapted (on_drift), or name another column.',
    })
  })

export function insertOf(
  dialect: TableDialect,
  { columns, target, staging }: Move,
  where = '',
  more: readonly (readonly [name: string, value: string])[] = [],
): string {
  const all = [...columns.map(({ name, value }) => [name, value] as const), ...more]
  const names = all.map(([name]) => dialect.quote(name)).join(', ')
  return `INSERT INTO ${target} (${names}) SELECT ${all.map(([, value]) => value).join(', ')} FROM ${staging} s${where && ` WHERE ${where}`}`
}
