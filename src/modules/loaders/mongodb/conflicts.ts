import type { Db, Document } from 'mongodb'
import { userError } from '../../../shared/errors.ts'
import type { Doc } from '../../connectors/mongodb/bson/parse-json.ts'
import { batchesOf, keyFilter, keysFilter, keyText } from './documents.ts'
import type { Plan } from './registry.ts'

/** Refuses new documents that a unique index of the target has no room for, before any is there. @throws LogiDataError `load.key` */
export async function refuseConflicts(db: Db, plan: Plan): Promise<void> {
  const target = db.collection(plan.collection)
  const staging = db.collection(plan.staging)
  const unique = (await target.indexes())
    .filter((index) => index.unique === true && index.partialFilterExpression === undefined)
    .map((index) => Object.keys(index.key as Document))
    // Paths into documents are left to the server.
    .filter((names) => names.every((name) => plan.fields.includes(name) && !name.includes('.')))
  const indexes = [...(plan.own_ids ? [['_id']] : []), ...unique]
  if (indexes.length === 0) return
  for await (const docs of batchesOf(staging))
    for (const names of indexes) {
      const whole = docs.filter((doc) => names.every((name) => (doc.get(name) ?? null) !== null))
      if (whole.length === 0) continue
      for await (const found of batchesOf(target, keysFilter(whole, names), [...names, ...plan.parts]))
        for (const doc of found) {
          if (plan.mode === 'delete_insert' && (await isReplaced(doc, plan, staging))) continue
          throw userError(
            'load.key',
            `“${plan.collection}” has a document with ${names.join(', ')} ${shown(doc, names)} already.`,
            { field: ['key'], hint: 'Use upsert, or remove it before. Nothing was changed.' },
          )
        }
    }
}

const isReplaced = async (doc: Doc, { parts }: Plan, staging: ReturnType<Db['collection']>): Promise<boolean> =>
  (await staging.findOne(keyFilter(doc, parts), { projection: { _id: 1 } })) !== null

const shown = (doc: Doc, names: readonly string[]): string =>
  names
    .map((name) => String(doc.get(name)))
    .join(', ')
    .slice(0, 100) || keyText(doc, names)
