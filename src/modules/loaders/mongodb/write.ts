import { randomUUID } from 'node:crypto'
import type { Db, Document } from 'mongodb'
import { cancelledError, userError } from '../../../shared/errors.ts'
import { loginOf, withLogin } from '../../connectors/mongodb/client.ts'
import { errorNumberOf } from '../../connectors/mongodb/errors.ts'
import type { CommittedRequest, LoadRequest, LoadResult } from '../../kit/contract.ts'
import { crashPoint } from '../../kit/files/replace-target.ts'
import { applyPlan } from './apply.ts'
import { refuseConflicts } from './conflicts.ts'
import { KEYED, type MongodbLoadConfig } from './descriptor.ts'
import { insertAll } from './documents.ts'
import { exists, loadsOf, namesOf, type Plan, planOf } from './registry.ts'
import { checkKey, documentsOf } from './rows.ts'

type Request = LoadRequest<MongodbLoadConfig>

/** @throws LogiDataError */
export async function write(request: Request): Promise<LoadResult> {
  const { config, commit } = request
  const key = commit?.key ?? randomUUID()
  const written = [`${config.database === undefined ? '' : `${config.database}.`}${config.collection}`]
  const before = await untouched(request, async (db) => {
    const done = await planOf(db, key)
    return done?.state === 'done' ? done : undefined
  })
  if (before) return { rows: BigInt(before.rows), written }
  const staged = await untouched(request, (db) => stage(db, request, key))
  crashPoint('written')
  const result = { rows: BigInt(staged.plan.rows), written }
  await commit?.intend({ kind: 'key' }, result)
  crashPoint('intended')
  await untouched(request, async (db) => {
    if (!staged.begun) {
      try {
        await loadsOf(db).replaceOne({ _id: key }, staged.plan, { upsert: true })
      } catch (thrown) {
        await commit?.withdraw()
        throw thrown
      }
    }
    crashPoint('begun')
    await applyPlan(db, staged.plan, staged.begun)
  })
  crashPoint('published')
  return result
}

/** Whether the load of a key was made; one that was begun is made to its end first. @throws LogiDataError */
export const committed = (request: CommittedRequest<MongodbLoadConfig>): Promise<boolean> =>
  untouched(request, async (db) => {
    const plan = await planOf(db, request.key)
    if (!plan) return false
    if (plan.state === 'applying') await applyPlan(db, plan, true)
    // Who made it may have died before it could clear away.
    else await dropStaging(db, request.key)
    return true
  })

/**
 * A session that a cancel does not close: it ends between two batches, so that nothing on its way to the server makes anew what is cleaned
 * up; and not at all once the change has begun, half of which would be worse than all of it.
 */
async function untouched<T>(
  { connection, files, config }: Pick<Request, 'connection' | 'files' | 'config'>,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  if (!connection) throw new TypeError('a load of MongoDB has a connection')
  return withLogin(await loginOf(connection, files), new AbortController().signal, (session) =>
    work(session.db(config.database)),
  )
}

interface Staged {
  readonly plan: Plan
  /** An earlier attempt has begun to change the target. */
  readonly begun: boolean
}

/** Writes the rows beside the target; nothing else changes. @throws LogiDataError */
async function stage(db: Db, request: Request, key: string): Promise<Staged> {
  const { config, input, signal } = request
  const found = await planOf(db, key)
  if (found) return { plan: found, begun: true }
  await finishOthers(db, config.collection)
  const isKeyed = KEYED.includes(config.mode)
  await checkKey(request, config.key)
  const target = await targetOf(db, config.collection)
  const { staging, old } = namesOf(key)
  await dropStaging(db, key)
  try {
    await makeStaging(db, staging, target, config)
    let rows = 0
    for await (const docs of documentsOf(request)) {
      if (signal.aborted) throw cancelledError()
      await insertAll(db, staging, docs)
      rows += docs.length
    }
    const plan: Plan = {
      _id: key,
      collection: config.collection,
      mode: config.mode,
      state: 'applying',
      at: new Date(),
      rows: String(rows),
      staging,
      old,
      key: config.key,
      parts: config.parts,
      fields: input.columns.map(({ name }) => name),
      insert: config.mode !== 'merge' || config.when_new === 'insert',
      update: config.mode !== 'merge' || config.when_there === 'update',
      gone: goneOf(config),
      deleted_field: config.deleted_field,
      own_ids: input.columns.some(({ name }) => name === '_id'),
    }
    if (target && !isKeyed && config.mode !== 'replace' && config.mode !== 'truncate') await refuseConflicts(db, plan)
    if (config.mode !== 'replace') await keyIndex(db, config)
    return { plan, begun: false }
  } catch (thrown) {
    await dropStaging(db, key).catch(() => undefined)
    throw thrown
  }
}

async function dropStaging(db: Db, key: string): Promise<void> {
  const { staging } = namesOf(key)
  if (await exists(db, staging)) await db.collection(staging).drop()
}

function goneOf({ mode, when_gone }: MongodbLoadConfig): Plan['gone'] {
  if (mode === 'soft_delete') return 'mark'
  return mode === 'merge' || mode === 'history' ? when_gone : 'keep'
}

/** A load that was broken off in the middle of its change comes to its end before another one begins. */
async function finishOthers(db: Db, collection: string): Promise<void> {
  const others = (await loadsOf(db).find({ collection, state: 'applying' }).toArray()) as unknown as Plan[]
  for (const plan of others) await applyPlan(db, plan, true)
}

interface Target {
  readonly options: Document
  readonly indexes: readonly Document[]
}

async function targetOf(db: Db, name: string): Promise<Target | undefined> {
  const [found] = await db.listCollections({ name }).toArray()
  if (!found) return undefined
  const { type = 'collection' } = found as { type?: string }
  if (type !== 'collection')
    throw userError('load.target', `“${name}” is a ${type}, not a collection of documents.`, { field: ['collection'] })
  const options = ('options' in found ? found.options : undefined) ?? {}
  return { options, indexes: await db.collection(name).indexes() }
}

/** The rules of the target are those of the new documents: what it would refuse is refused here. */
async function makeStaging(
  db: Db,
  staging: string,
  target: Target | undefined,
  config: MongodbLoadConfig,
): Promise<void> {
  const { mode, key } = config
  if (mode === 'replace' && target?.options.capped === true)
    throw userError('load.target', `“${config.collection}” keeps only its last documents (capped).`, {
      field: ['mode'],
      hint: 'Use append.',
    })
  // Rows of these modes are parts of documents, which need not fulfil the rules of whole ones.
  const whole = !KEYED.includes(mode)
  await db.createCollection(staging, whole ? (target?.options ?? {}) : {})
  const collection = db.collection(staging)
  for (const { v: _v, ns: _ns, ...index } of whole ? (target?.indexes ?? []) : []) {
    const { key: fields, ...options } = index
    if (options.name !== '_id_' && (mode === 'replace' || options.unique === true))
      await collection.createIndex(fields as Document, options as Document)
  }
  if (key.length > 0 && key.join() !== '_id') await collection.createIndex(indexOf(key), { unique: true })
}

const indexOf = (key: readonly string[]) => Object.fromEntries(key.map((name) => [name, 1 as const]))

/** @throws LogiDataError where the target holds a key twice */
async function keyIndex(db: Db, { collection, key, mode }: MongodbLoadConfig): Promise<void> {
  if (key.length === 0 || key.join() === '_id') return
  const fields = mode === 'history' ? { ...indexOf(key), is_current: 1 as const } : indexOf(key)
  try {
    await db.collection(collection).createIndex(fields, mode === 'history' ? {} : { unique: true })
  } catch (thrown) {
    const there = await db.collection(collection).indexes()
    if (there.some((index) => JSON.stringify(index.key) === JSON.stringify(fields) && index.unique === true)) return
    // FerretDB tells it by its words only.
    if (errorNumberOf(thrown) !== 11_000 && !/UNIQUE constraint failed/.test(String(thrown))) throw thrown
    throw userError('load.key', `“${collection}” holds documents of the same key (${key.join(', ')}).`, {
      field: ['key'],
      hint: 'Remove the duplicates there, or name more columns. Nothing was changed.',
      cause: thrown,
    })
  }
}
