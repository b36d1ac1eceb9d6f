import type { LoadForecast } from '../../../shared/engine/types.ts'
import type { TableDialect } from './dialect.ts'
import { historyPieces } from './history.ts'
import { mergePieces } from './merge.ts'
import { type Move, pieces } from './pieces.ts'
import { softDeletePieces } from './soft-delete.ts'

/**
 * Over the staging table and the target as it is: queries of one number each, whose sums are new, changed, deleted and unchanged rows. Each
 * names the staging table once: MySQL cannot read a temporary table twice in one statement.
 */
export function countQueries(dialect: TableDialect, move: Omit<Move, 'now'>): readonly (readonly string[])[] {
  const { config, target, staging } = move
  const { on, onParts, parted, differs, notIn, notStaged } = pieces(dialect, move)
  const staged = (where = '') => `SELECT COUNT(*) FROM ${staging} s${where && ` WHERE ${where}`}`
  const both = (where: string, also = '') =>
    `SELECT COUNT(*) FROM ${staging} s JOIN ${target} t ON ${on}${also} WHERE ${where}`
  const there = (where = '') => `SELECT COUNT(*) FROM ${target} t${where && ` WHERE ${where}`}`
  const alike = (also = '') => both(`NOT (${differs})`, also)
  switch (config.mode) {
    case 'append':
      return [[staged()], [], [], [there()]]
    case 'replace':
    case 'truncate':
      if (config.key.length === 0) return [[staged()], [], [there()], []]
      return [[staged(notIn())], [both(differs)], [there(notStaged)], [alike()]]
    case 'delete_insert': {
      const hit = `EXISTS (SELECT 1 FROM ${parted.staging} s WHERE ${onParts})`
      return [[staged()], [], [there(hit)], [there(`NOT ${hit}`)]]
    }
    case 'upsert': {
      const { updates, inserts } = mergePieces(dialect, move)
      return [inserts ? [staged(notIn())] : [], [both(updates)], [], [there(notStaged), both(`NOT (${updates})`)]]
    }
    case 'merge': {
      const { gone, removes, updates, inserts } = mergePieces(dialect, move)
      return [
        inserts ? [staged(`NOT ${gone} AND ${notIn()}`)] : [],
        [both(`NOT ${gone} AND ${updates}`)],
        [both(removes)],
        [there(notStaged), both(`NOT ${gone} AND NOT (${updates})`), both(`${gone} AND NOT (${removes})`)],
      ]
    }
    case 'soft_delete': {
      const { isDeleted } = softDeletePieces(dialect, move)
      const touched = `(${differs}) OR ${isDeleted}`
      return [
        [staged(notIn())],
        [both(touched)],
        [there(`NOT ${isDeleted} AND ${notStaged}`)],
        [there(`${isDeleted} AND ${notStaged}`), both(`NOT (${touched})`)],
      ]
    }
    case 'history': {
      const { open, begins, amends, notOpen, overlaps } = historyPieces(dialect, move)
      const current = ` AND ${open}`
      const touched = `(${begins}) OR (${amends})`
      const ended = config.vanished === 'close' ? [there(`${open} AND ${notStaged}`)] : []
      return [
        [staged(`${notOpen} AND NOT (${overlaps})`)],
        [both(touched, current)],
        ended,
        [both(`NOT (${touched})`, current), staged(`${notOpen} AND ${overlaps}`)],
      ]
    }
  }
}

/** Asks them. @param ask gives the one number of a query */
export async function countsOf(
  queries: readonly (readonly string[])[],
  ask: (query: string) => Promise<string | null | undefined>,
): Promise<LoadForecast['rows']> {
  const sums: string[] = []
  for (const some of queries) {
    let sum = 0n
    for (const query of some) sum += BigInt((await ask(query)) ?? 0)
    sums.push(String(sum))
  }
  const [fresh, changed, deleted, unchanged] = sums
  return { new: fresh, changed, deleted, unchanged }
}
