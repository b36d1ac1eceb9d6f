import type { TableDialect } from './dialect.ts'
import type { Move } from './pieces.ts'

/** A row that went, and how it is said that it went or came again. */
export function softDeletePieces(dialect: TableDialect, { config }: Pick<Move, 'config'>) {
  const { deleted_as, deleted_column, deleted_flag_column } = config
  const t = (name: string) => `t.${dialect.quote(name)}`
  const time = deleted_as !== 'flag'
  const flag = deleted_as !== 'time'
  const set = (moment: string, yes: string) => [
    ...(time ? [[deleted_column, moment] as const] : []),
    ...(flag ? [[deleted_flag_column, yes] as const] : []),
  ]
  const is = [
    ...(time ? [`${t(deleted_column)} IS NOT NULL`] : []),
    ...(flag ? [`COALESCE(${t(deleted_flag_column)}, FALSE) = TRUE`] : []),
  ]
  return { went: (now: string) => set(now, 'TRUE'), back: set('NULL', 'FALSE'), isDeleted: `(${is.join(' OR ')})` }
}
