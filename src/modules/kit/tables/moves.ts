import type { TableDialect } from './dialect.ts'
import { historyMoves } from './history.ts'
import { mergePieces } from './merge.ts'
import { insertOf, type Move, pieces } from './pieces.ts'
import { softDeletePieces } from './soft-delete.ts'

/** The statements that change the target, in their order, for one transaction. The staged keys are neither NULL nor twice there. */
export function movesOf(dialect: TableDialect, move: Move): string[] {
  const { config, target, now } = move
  const { tables, parted, others, on, onParts, differs, notIn, notStaged } = pieces(dialect, move)
  const insert = (where = '', more: readonly (readonly [name: string, value: string])[] = []): string =>
    insertOf(dialect, move, where, more)
  switch (config.mode) {
    case 'append':
    case 'replace':
      return [insert()]
    case 'truncate':
      return [`DELETE FROM ${target}`, insert()]
    case 'delete_insert':
      return [dialect.remove(parted, onParts), insert()]
    case 'upsert': {
      const { set, newer, inserts } = mergePieces(dialect, move)
      return [
        ...(set.length > 0 ? [dialect.update(tables, on, set, newer)] : []),
        ...(inserts ? [insert(notIn())] : []),
      ]
    }
    case 'merge': {
      const { set, newer, inserts, gone, removes } = mergePieces(dialect, move)
      const kept = `NOT ${gone}`
      return [
        dialect.remove(tables, on, removes),
        ...(set.length > 0
          ? [dialect.update(tables, on, set, newer === undefined ? kept : `${kept} AND ${newer}`)]
          : []),
        ...(inserts ? [insert(`${kept} AND ${notIn()}`)] : []),
      ]
    }
    case 'soft_delete': {
      const { went, back, isDeleted } = softDeletePieces(dialect, move)
      const set = others.map(({ name, value }) => [name, value] as const)
      const marks = went(now).map(([name, value]) => `${dialect.quote(name)} = ${value}`)
      return [
        dialect.update(tables, on, [...set, ...back], `${differs} OR ${isDeleted}`),
        `UPDATE ${target} t SET ${marks.join(', ')} WHERE NOT ${isDeleted} AND ${notStaged}`,
        insert(notIn(), back),
      ]
    }
    case 'history':
      return historyMoves(dialect, move)
  }
}
