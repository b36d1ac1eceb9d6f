import { type LogiDataError, userError } from '../../../shared/errors.ts'
import type { TableDialect } from './dialect.ts'
import { AT } from './own-columns.ts'
import { insertOf, type Move, namedColumns, pieces } from './pieces.ts'

type Planned = Omit<Move, 'now'>

/** What tells versions apart, as SQL over `t` and `s`. */
export function historyPieces(dialect: TableDialect, move: Planned) {
  const { config, columns, target } = move
  const own = pieces(dialect, move)
  const { others, t, on, differing, notIn } = own
  const hash = config.hash_column
  const wanted = hash === undefined ? config.version_columns : [hash]
  const chosen = namedColumns(columns, wanted, hash === undefined ? 'version_columns' : 'hash_column')
  const tracked = chosen.length === 0 ? others : chosen
  const corrected = hash === undefined ? others.filter((one) => !tracked.includes(one)) : []
  const versioned = differing(tracked)
  const amended = `NOT (${versioned}) AND (${differing(corrected)})`
  const from = t(config.from_column)
  const to = t(config.to_column)
  const open = `${t(config.current_column)} = TRUE`
  const timed = config.effective_column !== undefined
  const at = `s.${dialect.quote(AT)}`
  const before = `${to} > ${at} OR ${from} >= ${at}`
  return {
    ...own,
    timed,
    at,
    from,
    to,
    open,
    onOpen: `${on} AND ${open}`,
    corrected,
    /** A new version begins. */
    begins: timed ? `(${versioned}) AND ${at} > ${from}` : versioned,
    /** The current one is corrected. */
    amends: timed ? `${amended} AND ${at} >= ${from}` : amended,
    /** A change from before the current version. */
    isLate: `((${versioned}) AND ${at} <= ${from}) OR ((${differing(corrected)}) AND ${at} < ${from})`,
    notOpen: notIn(` AND ${open}`),
    /** An older version goes on until after this one begins. */
    overlaps: timed ? `EXISTS (SELECT 1 FROM ${target} t WHERE ${on} AND (${before}))` : '1 = 0',
    before,
  }
}

/** Ends versions, corrects and begins them, in one transaction. */
export function historyMoves(dialect: TableDialect, move: Move): string[] {
  const { config, target, now } = move
  const { tables, timed, at, from, open, onOpen, corrected, begins, amends, notOpen, overlaps, notStaged } =
    historyPieces(dialect, move)
  const { from_column, to_column, current_column } = config
  const q = (name: string) => dialect.quote(name)
  const start = timed ? at : now
  // A version may begin after the clock of the load.
  const closed = timed ? `GREATEST(${from}, ${now})` : now
  const ends = [
    [to_column, start],
    [current_column, 'FALSE'],
  ] as const
  const set = corrected.map(({ name, value }) => [name, value] as const)
  return [
    ...(set.length > 0 ? [dialect.update(tables, onOpen, set, amends)] : []),
    dialect.update(tables, onOpen, ends, begins),
    ...(config.vanished === 'close'
      ? [
          `UPDATE ${target} t SET ${q(to_column)} = ${closed}, ${q(current_column)} = FALSE WHERE ${open} AND ${notStaged}`,
        ]
      : []),
    insertOf(dialect, move, `${notOpen} AND NOT (${overlaps})`, [
      [from_column, start],
      [to_column, 'NULL'],
      [current_column, 'TRUE'],
    ]),
  ]
}

/** A first row, as texts. */
export type Ask = (query: string) => Promise<readonly (string | null)[] | undefined>

/** @throws LogiDataError `load.value` for a row that does not say since when it holds */
export async function checkEffective(dialect: TableDialect, move: Pick<Move, 'config' | 'staging' | 'key'>, ask: Ask) {
  const { config, staging, key } = move
  const { effective_column } = config
  if (config.mode !== 'history' || effective_column === undefined) return
  const names = key.map((name) => dialect.quote(name)).join(', ')
  const found = await ask(`SELECT ${names} FROM ${staging} WHERE ${dialect.quote(AT)} IS NULL LIMIT 1`)
  if (found)
    throw userError('load.value', `The row of key ${found.join(', ')} has no value in “${effective_column}”.`, {
      field: ['effective_column'],
      hint: 'Give it one before this step, or leave the row out. The table is as it was.',
    })
}

/** Each query names the staging table once, as MySQL wants it. @throws LogiDataError `load.late` for a change from before what the table knows */
export async function checkLate(dialect: TableDialect, move: Planned, ask: Ask): Promise<void> {
  const { config, staging, target, key } = move
  if (config.mode !== 'history' || config.effective_column === undefined) return
  await checkEffective(dialect, move, ask)
  if (config.late === 'ignore') return
  const { at, from, to, on, onOpen, isLate, notOpen, before } = historyPieces(dialect, move)
  const keys = key.map((name) => `s.${dialect.quote(name)}`).join(', ')
  const current = await ask(
    `SELECT ${keys}, ${at}, ${from} FROM ${staging} s JOIN ${target} t ON ${onOpen} WHERE ${isLate} LIMIT 1`,
  )
  if (current) throw late(current, config.effective_column, 'its current version begins')
  const ended = await ask(
    `SELECT ${keys}, ${at}, ${to} FROM ${staging} s JOIN ${target} t ON ${on} WHERE (${before}) AND ${notOpen} LIMIT 1`,
  )
  if (ended) throw late(ended, config.effective_column, 'its last version ended')
}

const late = (found: readonly (string | null)[], column: string, what: string): LogiDataError =>
  userError(
    'load.late',
    `The row of key ${found.slice(0, -2).join(', ')} holds since ${found.at(-2)} (“${column}”), which is not after ${found.at(-1)}, when ${what}.`,
    {
      field: ['late'],
      hint: 'Leave such rows out before, or let the load ignore them. The table is as it was.',
    },
  )
