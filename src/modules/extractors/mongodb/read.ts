import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { AbstractCursor, Document } from 'mongodb'
import { cancelledError, userError } from '../../../shared/errors.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { textPipe } from '../../connectors/kit/text-pipe.ts'
import { type Session, timeLimit, withMongodb } from '../../connectors/mongodb/client.ts'
import { mongodbError } from '../../connectors/mongodb/errors.ts'
import { areByColumns, DocumentColumns } from '../../connectors/mongodb/shapes/document-columns.ts'
import { DocumentText } from '../../connectors/mongodb/shapes/document-text.ts'
import { inferColumns } from '../../connectors/mongodb/shapes/infer.ts'
import { QUOTE } from '../../connectors/mongodb/shapes/leaves.ts'
import { columnsOf, selectText } from '../../connectors/mongodb/shapes/select.ts'
import type { ShapeColumn } from '../../connectors/mongodb/shapes/shape.ts'
import type { Discovered, ReadRequest, ReadResult, SourceRequest } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import type { MongodbExtractConfig } from './descriptor.ts'
import { matchOf, neededFields } from './match.ts'
import { projected, type Query, queryOf } from './query.ts'
import { watermarkOf } from './watermark.ts'

type Request = SourceRequest<MongodbExtractConfig>

/** @throws LogiDataError */
export const discover = (request: Request): Promise<Discovered> =>
  withMongodb(request.connection, request, (session) => discoverBy(session, request))

/** @throws LogiDataError */
export const read = (request: ReadRequest<MongodbExtractConfig>): Promise<ReadResult> =>
  withMongodb(request.connection, request, (session) => readBy(session, request))

const REJECTED = ['_id', '_field', '_reason', '_document'].map((name) => ({ name, type: 'VARCHAR' }))

async function discoverBy(session: Session, request: Request): Promise<Discovered> {
  const { config } = request
  const query = queryOf(request)
  await mustBeThere(session, config)
  const documents = await sampleOf(session, config, query)
  if (documents.length === 0 && Object.keys(config.types ?? {}).length === 0)
    throw userError('source.empty', `There is no document in “${config.collection}” to take the columns from.`, {
      field: ['collection'],
      hint: 'Check the filter, or say the fields and their types under Types.',
    })
  const shapes = inferColumns(documents, config)
  const rows = query.pipeline || config.filter !== undefined ? undefined : await knownRows(session, config)
  return {
    columns: columnsOf(shapes, config),
    rejected: REJECTED,
    facts: shapes as unknown as JsonValue,
    ...(rows === undefined ? {} : { rows }),
  }
}

/**
 * How many documents the server knows of without looking at them, for the progress. The command `count` looks at all of them in FerretDB, which
 * takes as long as to read them, and in a view.
 */
async function knownRows(session: Session, config: MongodbExtractConfig): Promise<number | undefined> {
  try {
    const collection = session.db(config.database).collection(config.collection)
    const shards = await collection.aggregate([{ $collStats: { count: {} } }], timeLimit(session.settings)).toArray()
    const counts = shards.map(({ count }) => Number(count))
    return counts.length > 0 && counts.every(Number.isSafeInteger) ? counts.reduce((a, b) => a + b) : undefined
  } catch {
    // A view has none, and not everybody may ask. What else is wrong, reading says.
    return undefined
  }
}

async function mustBeThere(session: Session, { database, collection }: MongodbExtractConfig): Promise<void> {
  const found = await session.db(database).listCollections({}, { nameOnly: true }).toArray()
  const names = found.map(({ name }) => name)
  if (names.includes(collection)) return
  throw userError(
    'source.not-found',
    `There is no collection “${collection}” in ${database ?? session.about.database}.`,
    { field: ['collection'], hint: didYouMean(collection, names).hint ?? 'Upper and lower case count.' },
  )
}

/** Documents from both ends: the newest are those that have new fields. */
async function sampleOf(session: Session, config: MongodbExtractConfig, query: Query): Promise<Buffer[]> {
  const collection = session.db(config.database).collection(config.collection)
  const more = { raw: true, ...timeLimit(session.settings) }
  const all = async (cursor: AbstractCursor) =>
    (await cursor.toArray()).map((document) => Buffer.from(document as unknown as Uint8Array))
  if (query.pipeline) return all(collection.aggregate([...query.pipeline, { $limit: config.sample }], more))
  const projected = { ...more, ...(query.projection ? { projection: query.projection } : {}) }
  const first = await all(collection.find(query.filter, projected).limit(Math.ceil(config.sample / 2)))
  if (first.length < Math.ceil(config.sample / 2) || config.sample < 2) return first
  const last = await all(
    collection
      .find(query.filter, projected)
      .sort({ _id: -1 })
      .limit(Math.floor(config.sample / 2)),
  )
  return [...first, ...last.reverse()]
}

async function readBy(session: Session, request: ReadRequest<MongodbExtractConfig>): Promise<ReadResult> {
  const { config, sink, discovered } = request
  const query = queryOf(request)
  const shapes = discovered.facts as unknown as readonly ShapeColumn[]
  const watermark = config.incremental ? await watermarkOf(session, request, query.filter) : undefined
  const { where } = request.pushed ?? {}
  const given = watermark ? watermark.filter : query.filter
  const asked = where && matchOf(where, shapes, config)
  const filter = asked ? { $and: [given, asked] } : given
  const cursor = openCursor(session, request, { ...query, filter, asked, shown: neededFields(request.pushed, shapes) })
  const reading = { session, request, cursor }
  try {
    if (areByColumns(shapes, config)) await sink.parquet((path) => writeColumns(reading, path, shapes))
    else await writeText(reading, shapes)
  } finally {
    await cursor.close().catch(() => undefined)
  }
  return watermark === undefined ? {} : { state: watermark.state }
}

async function writeColumns(reading: Reading, path: string, shapes: readonly ShapeColumn[]): Promise<bigint> {
  const columns = new DocumentColumns(path, shapes, reading.request.config)
  try {
    await eachDocument(reading, reading.request.signal, (document) => columns.add(document))
    return columns.finish()
  } finally {
    columns.close()
  }
}

/** As lines of text, which DuckDB makes values of: what is nested, and what sends whole documents elsewhere. */
async function writeText(reading: Reading, shapes: readonly ShapeColumn[]): Promise<void> {
  const { config, sink, signal } = reading.request
  const text = new DocumentText(shapes, config)
  const side = new LongLines(() => sink.temporary('.csv'))
  try {
    await textPipe({
      sink,
      ending: '.csv',
      quote: String.fromCharCode(QUOTE),
      select: (path) => selectText(path, shapes, config, false),
      fill: (to, ending) => fill(reading, text, side, to, ending),
      signal,
    })
    if (side.path !== undefined) await sink.copy(selectText(await side.close(), shapes, config, true))
  } finally {
    await side.remove()
  }
}

const BATCH = 5000

interface Asked extends Query {
  /** Of what is left to the server: it is in `filter`, and behind the stages of a pipeline. */
  readonly asked: Document | undefined
  readonly shown: Record<string, 0 | 1> | undefined
}

function openCursor(session: Session, { config, limit, pushed }: ReadRequest<MongodbExtractConfig>, query: Asked) {
  const collection = session.db(config.database).collection(config.collection)
  // Of a preview the server shall not send more than is wanted.
  const most = Math.min(...[limit, config.limit, pushed?.first?.rows].map((rows) => rows ?? Number.POSITIVE_INFINITY))
  // To the server 0 documents are all of them.
  if (most === 0) return collection.find({ _id: { $exists: false } }, { raw: true })
  const more = { raw: true, batchSize: Math.min(BATCH, most), ...timeLimit(session.settings) }
  if (query.pipeline) {
    const stages = [
      ...query.pipeline,
      ...(query.asked ? [{ $match: query.asked }] : []),
      ...(Number.isFinite(most) ? [{ $limit: most }] : []),
      ...(query.shown ? [{ $project: query.shown }] : []),
    ]
    return collection.aggregate(stages, { ...more, allowDiskUse: true })
  }
  const projection = query.projection ?? query.shown ?? projected(config.fields)
  return collection.find(query.filter, {
    ...more,
    ...(projection ? { projection } : {}),
    ...(query.sort ? { sort: query.sort as Map<string, 1 | -1>, allowDiskUse: true } : {}),
    ...(Number.isFinite(most) ? { limit: most } : {}),
  })
}

interface Reading {
  readonly session: Session
  readonly request: ReadRequest<MongodbExtractConfig>
  readonly cursor: AbstractCursor<Document>
}

const CHUNK = 256 * 1024

async function fill(
  reading: Reading,
  text: DocumentText,
  side: LongLines,
  to: Writable,
  signal: AbortSignal,
): Promise<void> {
  const { sink } = reading.request
  const send = async () => {
    if (text.out.at > 0 && !to.write(text.take())) await drained(to, signal)
  }
  await eachDocument(
    reading,
    signal,
    (document) => {
      text.add(document)
      return text.out.at >= CHUNK || text.long.length > 0
    },
    async () => {
      if (text.out.at >= CHUNK) await send()
      if (text.long.length > 0) await side.write(text.long.splice(0))
    },
    async () => {
      if (text.rejected.length > 0) await sink.reject(text.rejected.splice(0))
    },
  )
  await send()
}

/**
 * Gives all documents. The next batch is on its way while this one is taken.
 * @param take says whether `full` shall be waited for
 */
async function eachDocument(
  { session, request: { discovered, progress }, cursor }: Reading,
  signal: AbortSignal,
  take: (document: Buffer) => boolean | void,
  full?: () => Promise<void>,
  afterBatch?: () => Promise<void>,
): Promise<void> {
  let count = 0
  try {
    let more = await cursor.hasNext()
    while (more) {
      if (signal.aborted) throw cancelledError()
      const documents = cursor.readBufferedDocuments() as unknown as Uint8Array[]
      const next = cursor.hasNext()
      // It is waited for below; until then nobody looks at what it throws.
      next.catch(() => undefined)
      for (const { buffer, byteOffset, byteLength } of documents)
        if (take(Buffer.from(buffer, byteOffset, byteLength)) === true) await full?.()
      await afterBatch?.()
      count += documents.length
      if (discovered.rows) progress?.(Math.min(1, count / discovered.rows))
      more = await next
    }
  } catch (thrown) {
    throw signal.aborted ? cancelledError() : mongodbError(thrown, session.about)
  }
}

async function drained(to: Writable, signal: AbortSignal): Promise<void> {
  if (to.destroyed) throw cancelledError()
  await once(to, 'drain', { signal })
}

/** Lines beside the pipe, for those that are too long for it. */
class LongLines {
  path: string | undefined
  readonly #temporary: () => string
  #stream: ReturnType<typeof createWriteStream> | undefined

  constructor(temporary: () => string) {
    this.#temporary = temporary
  }

  async write(lines: readonly Buffer[]): Promise<void> {
    this.path ??= this.#temporary()
    this.#stream ??= createWriteStream(this.path, { mode: 0o600 })
    const stream = this.#stream
    for (const line of lines)
      await new Promise<void>((resolve, reject) => {
        stream.write(line, (error) => (error ? reject(error) : resolve()))
      })
  }

  async close(): Promise<string> {
    this.#stream?.end()
    if (this.#stream) await finished(this.#stream)
    return this.path ?? ''
  }

  async remove(): Promise<void> {
    this.#stream?.destroy()
    if (this.path !== undefined) await rm(this.path, { force: true })
  }
}
