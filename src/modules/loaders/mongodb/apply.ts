import { createHash } from 'node:crypto'
import { type AnyBulkWriteOperation, BSON, type Collection, type Db, type Document } from 'mongodb'
import { operationalError } from '../../../shared/errors.ts'
import type { Doc } from '../../connectors/mongodb/bson/parse-json.ts'
import { errorNumberOf } from '../../connectors/mongodb/errors.ts'
import { crashPoint } from '../../kit/files/replace-target.ts'
import { batchesOf, idsOf, insertAll, isSame, keysFilter, keyText, notIn, withKeys } from './documents.ts'
import { exists, markDone, type Plan } from './registry.ts'

/**
 * Makes the change of a load, from the rows that wait beside the target. Each step leads to the same however often it is made, and in
 * whatever state an earlier attempt left the target: that is what makes up for transactions.
 * @param again an earlier attempt may have begun
 */
export async function applyPlan(db: Db, plan: Plan, again: boolean): Promise<void> {
  if (plan.mode === 'replace') await swap(db, plan)
  else {
    const staging = db.collection(plan.staging)
    const target = db.collection(plan.collection)
    if (plan.mode === 'truncate') await deleteOthers(target, staging, {})
    if (plan.mode === 'delete_insert') await deleteParts(target, staging, plan)
    if (plan.mode === 'append' || plan.mode === 'truncate' || plan.mode === 'delete_insert')
      await insertStaged(db, plan, staging, again)
    else if (plan.mode === 'history') await addVersions(db, target, staging, plan)
    else await mergeStaged(db, target, staging, plan)
    if (plan.gone !== 'keep') await removeGone(target, staging, plan)
  }
  crashPoint('changed')
  await markDone(db, plan)
  crashPoint('marked')
  await db
    .collection(plan.staging)
    .drop()
    .catch(() => undefined)
}

const NOT_IMPLEMENTED = new Set([59, 72, 115, 238])

/** One command puts the new collection in the place of the old; where a server cannot, two do, and whoever comes later ends it. */
async function swap(db: Db, { staging, collection, old }: Plan): Promise<void> {
  if (await exists(db, staging)) {
    const replaced = await db
      .collection(staging)
      .rename(collection, { dropTarget: true })
      .then(
        () => true,
        (thrown: unknown) => {
          if (NOT_IMPLEMENTED.has(errorNumberOf(thrown) ?? 0)) return false
          throw thrown
        },
      )
    if (!replaced) {
      if (await exists(db, collection)) {
        if (await exists(db, old))
          throw operationalError('load.conflict', `Somebody made “${collection}” anew while it was being replaced.`, {
            hint: `Its old documents are in ${old}, the new ones in ${staging}.`,
          })
        await db.collection(collection).rename(old)
      }
      crashPoint('moved')
      await db.collection(staging).rename(collection)
    }
  }
  crashPoint('swapped')
  await db
    .collection(old)
    .drop()
    .catch(() => undefined)
}

async function insertStaged(
  db: Db,
  { collection, mode, own_ids }: Plan,
  staging: Collection,
  again: boolean,
): Promise<void> {
  // What is deleted is what no row has: documents with the `_id` of a row are still there.
  const replaces = again || (own_ids && mode !== 'append')
  const target = db.collection(collection)
  for await (const docs of batchesOf(staging)) {
    const there = replaces ? await withKeys(target, docs, ['_id']) : new Map<string, Doc>()
    const fresh = docs.filter((doc) => !there.has(keyText(doc, ['_id'])))
    const others = docs.filter((doc) => {
      const before = there.get(keyText(doc, ['_id']))
      return before && !(isSame(doc, before, [...doc.keys()]) && before.size === doc.size)
    })
    if (others.length > 0)
      await target.bulkWrite(
        others.map((doc) => ({
          replaceOne: { filter: { _id: doc.get('_id') } as Document, replacement: doc as unknown as Document },
        })),
      )
    await insertAll(db, collection, fresh)
    crashPoint('batch')
  }
}

/** Deletes what a filter finds and is not among the new documents. */
async function deleteOthers(target: Collection, staging: Collection, filter: Document): Promise<void> {
  for await (const docs of batchesOf(target, filter, [])) {
    const others = await notIn(staging, docs)
    if (others.length > 0) await target.deleteMany({ _id: { $in: idsOf(others) } } as Document)
    crashPoint('deleted')
  }
}

const MOST_REMEMBERED = 100_000

async function deleteParts(target: Collection, staging: Collection, { parts }: Plan): Promise<void> {
  const done = new Set<string>()
  for await (const docs of batchesOf(staging, {}, parts)) {
    const fresh = new Map(docs.map((doc) => [keyText(doc, parts), doc]))
    for (const text of fresh.keys()) if (done.has(text)) fresh.delete(text)
    if (fresh.size === 0) continue
    if (done.size < MOST_REMEMBERED) for (const text of fresh.keys()) done.add(text)
    await deleteOthers(target, staging, keysFilter([...fresh.values()], parts))
  }
}

/** Only what differs is written; who is there is asked for many keys at once. */
async function mergeStaged(db: Db, target: Collection, staging: Collection, plan: Plan): Promise<void> {
  const { key, fields, insert, update, mode, deleted_field } = plan
  for await (const docs of batchesOf(staging)) {
    const there = await withKeys(target, docs, key)
    const changes = docs.flatMap((doc): AnyBulkWriteOperation[] => {
      const before = there.get(keyText(doc, key))
      if (!before || !update) return []
      const marked = mode === 'soft_delete' && before.has(deleted_field)
      if (!marked && isSame(doc, before, fields)) return []
      return [{ updateOne: { filter: { _id: before.get('_id') } as Document, update: changeOf(doc, plan) } }]
    })
    if (changes.length > 0) await target.bulkWrite(changes, { ordered: true })
    if (insert)
      await insertAll(
        db,
        plan.collection,
        docs.filter((doc) => !there.has(keyText(doc, key))),
      )
    crashPoint('batch')
  }
}

function changeOf(doc: Doc, { fields, mode, deleted_field }: Plan): Document {
  const set = [...doc].filter(([name]) => name !== '_id')
  const absent = fields.filter((name) => name !== '_id' && !doc.has(name))
  const unset = [...absent, ...(mode === 'soft_delete' ? [deleted_field] : [])]
  return {
    ...(set.length > 0 ? { $set: new Map(set) } : {}),
    ...(unset.length > 0 ? { $unset: Object.fromEntries(unset.map((name) => [name, ''])) } : {}),
  }
}

/** What a version of a document is recognised by. */
function hashOf(doc: Doc): string {
  const fields = new Map([...doc].filter(([name]) => name !== '_id'))
  return createHash('sha256').update(BSON.serialize(fields)).digest('hex')
}

async function addVersions(
  db: Db,
  target: Collection,
  staging: Collection,
  { key, at, collection }: Plan,
): Promise<void> {
  for await (const docs of batchesOf(staging)) {
    const current = await withKeys(target, docs, key, { is_current: true }, [...key, 'row_hash'])
    const changed = docs.filter((doc) => current.get(keyText(doc, key))?.get('row_hash') !== hashOf(doc))
    const ended = changed.flatMap((doc) => current.get(keyText(doc, key)) ?? [])
    if (ended.length > 0) await target.updateMany({ _id: { $in: idsOf(ended) } } as Document, closing(at))
    const versions = changed.map(
      (doc): Doc =>
        new Map([...doc, ['valid_from', at], ['valid_to', null], ['is_current', true], ['row_hash', hashOf(doc)]]),
    )
    await insertAll(db, collection, versions)
    crashPoint('batch')
  }
}

const closing = (at: Date): Document => ({ $set: { valid_to: at, is_current: false } })

/** What is in the target and in no row. */
async function removeGone(
  target: Collection,
  staging: Collection,
  { key, gone, mode, at, deleted_field }: Plan,
): Promise<void> {
  const standing = mode === 'history' ? { is_current: true } : gone === 'mark' ? { [deleted_field]: null } : {}
  for await (const docs of batchesOf(target, standing, key)) {
    const there = await withKeys(staging, docs, key, {}, key)
    const missing = docs.filter((doc) => !there.has(keyText(doc, key)))
    if (missing.length === 0) continue
    const filter = { _id: { $in: idsOf(missing) } } as Document
    if (mode === 'history') await target.updateMany(filter, closing(at))
    else if (gone === 'mark') await target.updateMany(filter, { $set: { [deleted_field]: at } })
    else await target.deleteMany(filter)
    crashPoint('deleted')
  }
}
