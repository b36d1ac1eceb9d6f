import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Document, Long, MongoClient } from 'mongodb'
import { requireService } from '../services/services.ts'
import { chain, type Step, toParquet } from './documents.ts'
import { type EngineClient, withEngine } from './engine.ts'
import { median, timed, type Workload, watchMemory } from './workload.ts'

const COLLECTION = 'bench_orders'
/** Of reading, by turns with the driver alone; medians. */
const ROUNDS = 3

/**
 * MongoDB → Parquet beside reading the same documents with the driver alone, and Parquet → MongoDB beside `insertMany`. The server of the
 * tests is FerretDB on SQLite, which takes most of the time of both; `--rows 3000000` is the size of the goal.
 */
export const mongodb: Workload = async ({ folder, rows }) => {
  const server = requireService('mongodb')
  const root = join(folder, 'project')
  mkdirSync(join(root, 'out'), { recursive: true })
  await writeParquet(rows, join(root, 'rows.parquet'))
  const client = new MongoClient(`mongodb://${server.host}:${server.port}/`, {
    auth: { username: server.user, password: server.password },
    authSource: server.database,
  })
  const database = `bench_${crypto.randomUUID().slice(0, 8)}`
  const connections = {
    shop: {
      name: 'shop',
      type: 'mongodb',
      settings: {
        host: server.host,
        port: server.port,
        user: server.user,
        auth_source: server.database,
        database,
        tls: 'off',
      },
      secrets: { password: server.password },
    },
  }
  try {
    // An engine each: what one leaves in memory is not the other's.
    const run = (first: Step, second: Step) =>
      withEngine(root, async (engine) => {
        const memory = watchMemory((await engine.call('status', {})).processId)
        const { milliseconds } = await timed(() => runAll(engine, root, chain([first, second]), connections))
        return { milliseconds, peak: memory.stop() }
      })
    const toMongo: Step = ['load.mongodb', { connection: 'shop', collection: COLLECTION, mode: 'replace' }]
    const loaded = await run(['extract.parquet', { path: 'rows.parquet' }], toMongo)
    const insert = await timed(() => insertAll(client.db(database), rows))
    // A larger sample asks for the last documents by _id, for which FerretDB sorts the whole collection; MongoDB has an index.
    const from: Step = ['extract.mongodb', { connection: 'shop', collection: COLLECTION, sample: 1 }]
    const all = async () => {
      let count = 0
      for await (const document of client.db(database).collection(COLLECTION).find({}, { batchSize: 5000 }))
        if ('_id' in document) count++
      if (count !== rows) throw new Error(`${count} documents instead of ${rows}`)
    }
    await all()
    const alone: number[] = []
    const reads: Awaited<ReturnType<typeof run>>[] = []
    for (let round = 0; round < ROUNDS; round++) {
      reads.push(await run(from, toParquet('out/rows.parquet')))
      alone.push((await timed(all)).milliseconds)
    }
    const read = {
      milliseconds: median(reads.map(({ milliseconds }) => milliseconds)),
      peak: Math.max(...reads.map(({ peak = 0 }) => peak)),
    }
    return [
      row(`MongoDB to Parquet, ${rows} documents of 10 fields`, read, median(alone), 1.3),
      row(`Parquet to MongoDB, ${rows} rows of 10`, loaded, insert.milliseconds, 2),
    ]
  } finally {
    await client.db(database).dropDatabase()
    await client.close()
  }
}

const row = (
  workload: string,
  ours: { milliseconds: number; peak: number | undefined },
  reference: number,
  goal: number,
) => ({
  workload,
  ours: ours.milliseconds,
  reference,
  ratio: ours.milliseconds / reference,
  ...(ours.peak !== undefined && { peakMegabytes: ours.peak }),
  unit: 'ms' as const,
  goal: `ratio ${goal} or less, peak under 500 MB`,
  met: ours.milliseconds / reference <= goal && (ours.peak ?? 0) < 500,
})

/** The same documents by the driver alone, from values that are there. */
async function insertAll(db: ReturnType<MongoClient['db']>, rows: number): Promise<void> {
  const countries = ['France', 'Brazil', 'Norway']
  for (let from = 0; from < rows; from += 1000) {
    const documents = Array.from({ length: Math.min(1000, rows - from) }, (_, index): Document => {
      const i = from + index
      return {
        id: Long.fromNumber(i),
        customer: i % 1000,
        placed: new Date(Date.UTC(2015, 0, 1 + (i % 3650))),
        amount: Long.fromNumber((i * 7919) % 10_000_000),
        score: Math.sin(i),
        note: `the ${i % 1000}th of the parcels`,
        country: countries[i % 3],
        paid: i % 2 === 1,
        changed: new Date(Date.UTC(2020, 0, 1) + i * 1000),
        code: i % 5 > 0 ? `code-${i}` : null,
      }
    })
    await db.collection(`${COLLECTION}_reference`).insertMany(documents)
  }
}

async function writeParquet(rows: number, path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  // FerretDB has no Decimal128: the amount is in cents.
  const select = `SELECT i::BIGINT id, (i % 1000)::INTEGER customer, DATE '2015-01-01' + (i % 3650)::INTEGER placed, (i * 7919 % 10000000)::BIGINT amount,
    sin(i) score, 'the ' || i % 1000 || 'th of the parcels' note, ['France', 'Brazil', 'Norway'][1 + i % 3] country, i % 2 = 1 paid,
    TIMESTAMP '2020-01-01' + to_milliseconds(i * 1000) changed, CASE WHEN i % 5 > 0 THEN 'code-' || i END code FROM range(${rows}) r(i)`
  await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
}

async function runAll(
  client: EngineClient,
  projectRoot: string,
  document: ReturnType<typeof chain>,
  connections: object,
) {
  const given = { projectRoot, document, runId: crypto.randomUUID(), rowCounts: 'none' as const, connections }
  for await (const event of client.stream('run', given as Parameters<typeof client.stream<'run'>>[1]))
    if (event.kind === 'finished' && event.state !== 'succeeded')
      throw new Error(event.error?.message ?? `the run ${event.state}`)
}
