import {
  Binary,
  BSON,
  type Collection,
  type Db,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  ObjectId,
} from 'mongodb'
import { decodeDocument } from '../../connectors/mongodb/bson/decode.ts'
import { type Doc, digitsOf } from '../../connectors/mongodb/bson/parse-json.ts'

export const BATCH = 1000

/** Documents of a collection in batches, whole or some of their fields. */
export async function* batchesOf(
  collection: Collection,
  filter: Document = {},
  fields?: readonly string[],
): AsyncGenerator<Doc[]> {
  const projection = fields && Object.fromEntries(['_id', ...fields].map((name) => [name, 1]))
  const cursor = collection.find(filter, { raw: true, batchSize: BATCH, ...(projection ? { projection } : {}) })
  try {
    while (await cursor.hasNext()) {
      const documents = cursor.readBufferedDocuments() as unknown as Uint8Array[]
      for (let from = 0; from < documents.length; from += BATCH)
        yield documents.slice(from, from + BATCH).map((one) => decodeDocument(Buffer.from(one)))
    }
  } finally {
    await cursor.close()
  }
}

/** A value as text that is the same where the server takes two values for equal: 1 and 1.0 are. */
export function valueText(value: unknown): string {
  if (value instanceof Double)
    return Number.isInteger(value.value)
      ? `n${digitsOf(String(BigInt(value.value)))}`
      : `n${digitsOf(String(value.value))}${value.value}`
  if (value instanceof Int32 || value instanceof Long) return `n${digitsOf(String(value))}`
  if (value instanceof Decimal128) {
    const text = String(value)
    const near = Number(text)
    // As a double is compared with it: by its exact value, of which short ones have a short text.
    return Number.isInteger(near) || !/^-?[\d.]+$/.test(text) ? `n${digitsOf(text)}` : `n${digitsOf(text)}${near}`
  }
  if (typeof value === 'string') return `s${value}`
  if (value instanceof ObjectId) return `o${value.toHexString()}`
  if (value instanceof Date) return `d${value.getTime()}`
  if (value instanceof Binary) return `b${value.sub_type}:${Buffer.from(value.buffer).toString('hex')}`
  if (value === null || value === undefined) return 'null'
  return `x${Buffer.from(BSON.serialize(new Map([['v', value]]))).toString('base64')}`
}

export const keyText = (doc: Doc, key: readonly string[]): string =>
  JSON.stringify(key.map((name) => valueText(doc.get(name) ?? null)))

/** Those of a collection that have one of these keys, by the text of the key. */
export async function withKeys(
  collection: Collection,
  docs: readonly Doc[],
  key: readonly string[],
  more: Document = {},
  fields?: readonly string[],
): Promise<Map<string, Doc>> {
  const found = new Map<string, Doc>()
  if (docs.length === 0) return found
  for await (const batch of batchesOf(collection, { ...more, ...keysFilter(docs, key) }, fields))
    for (const doc of batch) found.set(keyText(doc, key), doc)
  return found
}

export function keysFilter(docs: readonly Doc[], key: readonly string[]): Document {
  const [single] = key
  if (key.length === 1 && single !== undefined) return { [single]: { $in: docs.map((doc) => doc.get(single) ?? null) } }
  return { $or: docs.map((doc) => keyFilter(doc, key)) }
}

export const keyFilter = (doc: Doc, key: readonly string[]): Document =>
  Object.fromEntries(key.map((name) => [name, doc.get(name) ?? null]))

/** The `_id`s of documents as values that `$in` takes. */
export const idsOf = (docs: readonly Doc[]): unknown[] => docs.map((doc) => doc.get('_id'))

/** Those documents that are not among a collection's, by `_id`. */
export async function notIn(collection: Collection, docs: readonly Doc[]): Promise<Doc[]> {
  const there = await withKeys(collection, docs, ['_id'], {}, [])
  return docs.filter((doc) => !there.has(keyText(doc, ['_id'])))
}

/** Writes documents in their order. */
export async function insertAll(db: Db, name: string, docs: readonly Doc[]): Promise<void> {
  if (docs.length === 0) return
  // Maps keep the order of fields, whatever these are named; the driver need not add an _id.
  await db.collection(name).insertMany(docs as unknown as Document[], { ordered: true, forceServerObjectId: true })
}

/** Whether an update would leave a document as it is, types of numbers included. */
export function isSame(doc: Doc, before: Doc, fields: readonly string[]): boolean {
  return fields.every((name) => {
    if (name === '_id') return true
    if (doc.has(name) !== before.has(name)) return false
    return !doc.has(name) || bytes(doc.get(name)).equals(bytes(before.get(name)))
  })
}

const bytes = (value: unknown): Buffer => Buffer.from(BSON.serialize(new Map([['v', value]])))
