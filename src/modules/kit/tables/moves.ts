import type { TableLoadConfig } from './config.ts'
import type { TableDialect, Tables } from './dialect.ts'

/** Of the staging table: rows of this kind are deleted (`merge`). */
export const GONE = '_logidata_gone'

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

const NOT_GONE = `NOT COALESCE(s.${GONE}, FALSE)`

/** The parts of statements that both moving and forecasting need. */
export function pieces(dialect: TableDialect, { target, staging, columns, key, parts }: Omit<Move, 'config' | 'now'>) {
  const value = (name: string): string => columns.find((column) => column.name === name)?.value ?? ''
  const t = (name: string): string => `t.${dialect.quote(name)}`
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
    differs:
      others.length === 0
        ? '1 = 0'
        : others.map(({ name, value: own }) => `NOT (${dialect.same(t(name), own)})`).join(' OR '),
    notIn: (also = '') => `NOT EXISTS (SELECT 1 FROM ${target} t WHERE ${on}${also})`,
    notStaged: `NOT EXISTS (SELECT 1 FROM ${staging} s WHERE ${on})`,
    t,
  }
}

/** The statements that change the target, in their order, for one transaction. The staged keys are neither NULL nor twice there. */
export function movesOf(dialect: TableDialect, move: Move): string[] {
  const { config, target, staging, columns, now } = move
  const { tables, parted, others, on, onParts, differs, notIn, notStaged, t } = pieces(dialect, move)
  const set = others.map(({ name, value }) => [name, value] as const)
  const insert = (where = '', more: readonly (readonly [name: string, value: string])[] = []): string => {
    const all = [...columns.map(({ name, value }) => [name, value] as const), ...more]
    const names = all.map(([name]) => dialect.quote(name)).join(', ')
    return `INSERT INTO ${target} (${names}) SELECT ${all.map(([, value]) => value).join(', ')} FROM ${staging} s${where && ` WHERE ${where}`}`
  }
  const q = (name: string) => dialect.quote(name)
  switch (config.mode) {
    case 'append':
    case 'replace':
      return [insert()]
    case 'truncate':
      return [`DELETE FROM ${target}`, insert()]
    case 'delete_insert':
      return [dialect.remove(parted, onParts), insert()]
    case 'upsert':
      return [...(set.length > 0 ? [dialect.update(tables, on, set)] : []), insert(notIn())]
    case 'merge':
      return [
        dialect.remove(tables, on, `COALESCE(s.${GONE}, FALSE)`),
        ...(set.length > 0 ? [dialect.update(tables, on, set, NOT_GONE)] : []),
        insert(`${NOT_GONE} AND ${notIn()}`),
      ]
    case 'soft_delete': {
      const deleted = config.deleted_column
      return [
        dialect.update(tables, on, [...set, [deleted, 'NULL']], `${differs} OR ${t(deleted)} IS NOT NULL`),
        `UPDATE ${target} t SET ${q(deleted)} = ${now} WHERE ${t(deleted)} IS NULL AND ${notStaged}`,
        insert(notIn(), [[deleted, 'NULL']]),
      ]
    }
    case 'history': {
      const { from_column: from, to_column: to, current_column: current } = config
      const isCurrent = `${t(current)} = TRUE`
      const ends = [
        [to, now],
        [current, 'FALSE'],
      ] as const
      return [
        dialect.update(tables, `${on} AND ${isCurrent}`, ends, differs),
        ...(config.vanished === 'close'
          ? [`UPDATE ${target} t SET ${q(to)} = ${now}, ${q(current)} = FALSE WHERE ${isCurrent} AND ${notStaged}`]
          : []),
        insert(notIn(` AND ${isCurrent}`), [
          [from, now],
          [to, 'NULL'],
          [current, 'TRUE'],
        ]),
      ]
    }
  }
}

/** Columns that a mode keeps for itself in the target. */
export function ownColumns(
  config: TableLoadConfig,
): { readonly name: string; readonly kind: 'instant' | 'instant?' | 'boolean' }[] {
  if (config.mode === 'soft_delete') return [{ name: config.deleted_column, kind: 'instant?' }]
  if (config.mode !== 'history') return []
  return [
    { name: config.from_column, kind: 'instant' },
    { name: config.to_column, kind: 'instant?' },
    { name: config.current_column, kind: 'boolean' },
  ]
}
