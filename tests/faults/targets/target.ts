import type { ResolvedConnection } from '../../../src/shared/connections/connection.ts'

/** One way of loading, as the harness tries it. */
export interface Mode {
  readonly name: string
  /** Of the load, besides the connection and the place. */
  readonly config: Readonly<Record<string, unknown>>
  /** Nothing is there before. */
  readonly isNew?: boolean
  /** Rows wide enough that files go in several parts. */
  readonly isWide?: boolean
  /** Rows that say with a column `gone` that they are to be deleted. */
  readonly says?: 'gone'
  /** A reader may see some old and some new rows while the change goes on: the module's documentation says so. */
  readonly goesThrough?: 'rows'
}

/** A system that loads are killed on: all in a place of its own, which `close` removes. */
export interface LoadTarget {
  readonly name: string
  readonly connection: ResolvedConnection
  /** The step that loads. */
  readonly step: string
  readonly modes: readonly Mode[]
  /** The step has no setting for them: rows are only ever added. */
  readonly hasNoModes?: boolean
  /** Names of `crashPoint`s that its loads come by. */
  readonly moments: readonly string[]
  readonly rows: { readonly old: number; readonly fresh: number; readonly changed: number }
  /** What the config says of where. */
  at(place: string): Readonly<Record<string, unknown>>
  /** Makes a place as another one is, without a run. */
  copy(from: string, to: string): Promise<void>
  /** One line for each row, sorted, without what the clock says; nothing where nothing is there. */
  state(place: string, mode: Mode): Promise<readonly string[]>
  /** Names of what loads put beside their targets: staging tables, parts of uploads, temporary files. */
  leftovers(place: string): Promise<readonly string[]>
  remove(place: string): Promise<void>
  close(): Promise<void>
}

/** All eight modes of targets with keys. */
export function keyedModes(merge: Mode, history: Readonly<Record<string, unknown>>): readonly Mode[] {
  return [
    { name: 'append', config: { mode: 'append' } },
    { name: 'append, new', config: { mode: 'append' }, isNew: true },
    { name: 'replace', config: { mode: 'replace', key: ['id'] } },
    { name: 'truncate', config: { mode: 'truncate', key: ['id'] } },
    { name: 'delete_insert', config: { mode: 'delete_insert', parts: ['part'] } },
    { name: 'upsert', config: { mode: 'upsert', key: ['id'] } },
    merge,
    { name: 'soft_delete', config: { mode: 'soft_delete', key: ['id'] } },
    { name: 'history', config: { mode: 'history', key: ['id'], ...history } },
  ]
}
