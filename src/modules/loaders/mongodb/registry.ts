import { createHash } from 'node:crypto'
import type { Collection, Db, Document } from 'mongodb'
import type { MongodbLoadConfig } from './descriptor.ts'

export const LOADS = '_logidata_loads'

/** All that finishing a load takes, whoever does it: it stands in the table of loads before the target changes. */
export interface Plan {
  readonly _id: string
  readonly collection: string
  readonly mode: MongodbLoadConfig['mode']
  readonly state: 'applying' | 'done'
  readonly at: Date
  /** Digits. */
  readonly rows: string
  readonly staging: string
  /** Where the old collection waits, of servers that cannot replace one in one step. */
  readonly old: string
  readonly key: readonly string[]
  readonly parts: readonly string[]
  readonly insert: boolean
  readonly update: boolean
  readonly gone: 'keep' | 'delete' | 'mark'
  readonly deleted_field: string
  /** Of the rows, `_id` aside where they bring none. */
  readonly fields: readonly string[]
  /** The rows bring `_id`s of their own. */
  readonly own_ids: boolean
}

/** Names beside the target that one load uses; the same for whoever tries it again. */
export function namesOf(key: string): { readonly staging: string; readonly old: string } {
  const own = createHash('sha256').update(key).digest('hex').slice(0, 24)
  return { staging: `_logidata_new_${own}`, old: `_logidata_old_${own}` }
}

export const loadsOf = (db: Db): Collection<Plan & Document> => db.collection<Plan & Document>(LOADS)

export const planOf = (db: Db, key: string): Promise<Plan | null> =>
  loadsOf(db).findOne({ _id: key }) as Promise<Plan | null>

export const markDone = (db: Db, { _id }: Plan): Promise<unknown> =>
  loadsOf(db).updateOne({ _id }, { $set: { state: 'done' } })

export async function exists(db: Db, name: string): Promise<boolean> {
  return (await db.listCollections({ name }, { nameOnly: true }).toArray()).length > 0
}
