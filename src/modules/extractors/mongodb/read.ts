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
import { DocumentText } from '../../connectors/mongodb/shapes/document-text.ts'
import { inferColumns } from '../../connectors/mongodb/shapes/infer.ts'
import { QUOTE } from '../../connectors/mongodb/shapes/leaves.ts'
import { columnsOf, selectText } from '../../connectors/mongodb/shapes/select.ts'
import type { ShapeColumn } from '../../connectors/mongodb/shapes/shape.ts'
import type { Discovered, ReadRequest, ReadResult, SourceRequest } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import type { MongodbExtractConfig } from './descriptor.ts'
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
  const rows =
    query.pipeline || config.filter !== undefined
      ? undefined
      : Number(await session.db(config.database).collection(config.collection).estimatedDocumentCount())
  return {
    columns: columnsOf(shapes, config),
    rejected: REJECTED,
    facts: shapes as unknown as JsonValue,
    ...(rows === undefined ? {} : { rows }),
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
  const { config, sink, signal, discovered } = request
  const query = queryOf(request)
  const shapes = discovered.facts as unknown as readonly ShapeColumn[]
  const watermark = config.incremental ? await watermarkOf(session, request, query.filter) : undefined
  const cursor = openCursor(session, request, watermark ? { ...query, filter: watermark.filter } : query)
  const text = new DocumentText(shapes, config)
  const side = new LongLines(() => sink.temporary('.csv'))
  try {
    await textPipe({
      sink,
      ending: '.csv',
      quote: String.fromCharCode(QUOTE),
      select: (path) => selectText(path, shapes, config, false),
      fill: (to, ending) => fill({ session, request, cursor, text, side }, to, ending),
      signal,
    })
    if (side.path !== undefined) await sink.copy(selectText(await side.close(), shapes, config, true))
  } finally {
    await cursor.close().catch(() => undefined)
    await side.remove()
  }
  return watermark === undefined ? {} : { state: watermark.state }
}

const BATCH = 5000

function openCursor(session: Session, { config, limit }: ReadRequest<MongodbExtractConfig>, query: Query) {
  const collection = session.db(config.database).collection(config.collection)
  // Of a preview the server shall not send more than is wanted.
  const most = Math.min(limit ?? Number.POSITIVE_INFINITY, config.limit ?? Number.POSITIVE_INFINITY)
  const more = { raw: true, batchSize: Math.min(BATCH, most), ...timeLimit(session.settings) }
  if (query.pipeline) {
    const stages = [...query.pipeline, ...(Number.isFinite(most) ? [{ $limit: most }] : [])]
    return collection.aggregate(stages, { ...more, allowDiskUse: true })
  }
  const projection = query.projection ?? projected(config.fields)
  return collection.find(query.filter, {
    ...more,
    ...(projection ? { projection } : {}),
    ...(query.sort ? { sort: query.sort as Map<string, 1 | -1>, allowDiskUse: true } : {}),
    ...(Number.isFinite(most) ? { limit: most } : {}),
  })
}

interface Filling {
  readonly session: Session
  readonly request: ReadRequest<MongodbExtractConfig>
  readonly cursor: AbstractCursor<Document>
  readonly text: DocumentText
  readonly side: LongLines
}

const CHUNK = 256 * 1024

/** The next batch is on its way while this one is turned into text. */
async function fill(filling: Filling, to: Writable, signal: AbortSignal): Promise<void> {
  const { session, request, cursor, text, side } = filling
  const { discovered, progress, sink } = request
  const send = async () => {
    if (text.out.at > 0 && !to.write(text.take())) await drained(to, signal)
  }
  try {
    let more = await cursor.hasNext()
    while (more) {
      if (signal.aborted) throw cancelledError()
      const documents = cursor.readBufferedDocuments() as unknown as Uint8Array[]
      const next = cursor.hasNext()
      // It is waited for below; until then nobody looks at what it throws.
      next.catch(() => undefined)
      for (const document of documents) {
        text.add(Buffer.from(document.buffer, document.byteOffset, document.byteLength))
        if (text.out.at >= CHUNK) await send()
        if (text.long.length > 0) await side.write(text.long.splice(0))
      }
      if (text.rejected.length > 0) await sink.reject(text.rejected.splice(0))
      if (discovered.rows) progress?.(Math.min(1, text.documents / discovered.rows))
      more = await next
    }
    await send()
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
