import type { Collection } from 'mongodb'
import type { LoadForecast } from '../../../shared/engine/types.ts'
import { withMongodb } from '../../connectors/mongodb/client.ts'
import { inferColumns } from '../../connectors/mongodb/shapes/infer.ts'
import type { LoadRequest } from '../../kit/contract.ts'
import { KEYED, type MongodbLoadConfig } from './descriptor.ts'
import { batchesOf, isSame, keysFilter, keyText, valueText, withKeys } from './documents.ts'
import { exists } from './registry.ts'
import { checkKey, documentsOf } from './rows.ts'

type Request = LoadRequest<MongodbLoadConfig>

/** What `write` would do. Only reads. @throws LogiDataError */
export const forecast = (request: Request): Promise<LoadForecast> =>
  withMongodb(request.connection, request, async (session) => {
    const { config, input } = request
    const db = session.db(config.database)
    const target = db.collection(config.collection)
    await checkKey(request, config.key)
    const creates = !(await exists(db, config.collection))
    const count = creates ? 0 : await target.countDocuments()
    return {
      rows: KEYED.includes(config.mode) ? await keyed(request, target, count) : await unkeyed(request, target, count),
      columns: creates ? [] : await drift(target, input.columns),
      creates,
    }
  })

async function unkeyed(request: Request, target: Collection, count: number): Promise<LoadForecast['rows']> {
  const { mode, parts } = request.config
  let rows = 0
  const deleted = new Set<string>()
  const known = new Set<string>()
  for await (const docs of documentsOf(request)) {
    rows += docs.length
    if (mode !== 'delete_insert') continue
    const fresh = docs.filter((doc) => !known.has(keyText(doc, parts)))
    for (const doc of fresh) known.add(keyText(doc, parts))
    if (fresh.length === 0) continue
    for await (const found of batchesOf(target, keysFilter(fresh, parts), []))
      for (const doc of found) deleted.add(valueText(doc.get('_id')))
  }
  const gone = mode === 'append' ? 0 : mode === 'delete_insert' ? deleted.size : count
  return { new: String(rows), changed: '0', deleted: String(gone), unchanged: String(count - gone) }
}

async function keyed(request: Request, target: Collection, count: number): Promise<LoadForecast['rows']> {
  const { config } = request
  const { mode, key, when_new, when_there, when_gone, deleted_field } = config
  const fields = request.input.columns.map(({ name }) => name)
  const current = mode === 'history' ? { is_current: true } : {}
  let fresh = 0
  let changed = 0
  let same = 0
  for await (const docs of documentsOf(request)) {
    const there = await withKeys(target, docs, key, current, [
      ...fields,
      ...(mode === 'soft_delete' ? [deleted_field] : []),
    ])
    for (const doc of docs) {
      const before = there.get(keyText(doc, key))
      if (!before) fresh++
      else if (isSame(doc, before, fields) && (mode !== 'soft_delete' || !before.has(deleted_field))) same++
      else changed++
    }
  }
  const standing =
    mode === 'history'
      ? await target.countDocuments({ is_current: true })
      : mode === 'soft_delete'
        ? await target.countDocuments({ [deleted_field]: null })
        : count
  const others = Math.max(0, standing - changed - same)
  const removes = mode === 'soft_delete' || ((mode === 'merge' || mode === 'history') && when_gone === 'delete')
  const skipsNew = mode === 'merge' && when_new === 'skip'
  const skipsThere = mode === 'merge' && when_there === 'skip'
  return {
    new: String(skipsNew ? 0 : fresh),
    changed: String(skipsThere ? 0 : changed),
    deleted: String(removes ? others : 0),
    unchanged: String(same + (skipsThere ? changed : 0) + (removes ? 0 : others)),
  }
}

const SAMPLE = 1000

/** Fields of the documents there and columns of the rows: a collection has no columns, so that this only tells. */
async function drift(target: Collection, columns: Request['input']['columns']): Promise<LoadForecast['columns']> {
  const sample = await target.find({}, { raw: true }).sort({ _id: -1 }).limit(SAMPLE).toArray()
  if (sample.length === 0) return []
  const documents = sample.map((document) => Buffer.from(document as unknown as Uint8Array))
  const options = { mixed: 'json', nested: 'json', decimals: 'text', decimal_scale: 0 } as const
  const there = new Set(inferColumns(documents, options).map(({ name }) => name))
  const given = new Set(columns.map(({ name }) => name))
  return [
    ...[...given]
      .filter((name) => !there.has(name))
      .map((name) => ({ name, change: 'added' as const, message: 'A new field.' })),
    ...[...there]
      .filter((name) => !given.has(name) && name !== '_id')
      .map((name) => ({ name, change: 'missing' as const, message: 'The rows do not have it.' })),
  ]
}
