import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { requireService } from '../services/services.ts'
import { chain, toParquet } from './documents.ts'
import { type EngineClient, withEngine } from './engine.ts'
import { fastest, median, timed, type Workload, watchMemory } from './workload.ts'

const ROUNDS = 3

/** Mixed columns, about 135 bytes a row as CSV. */
const rows = (count: number): string => `
  SELECT i::int AS id, (i * 7919 % 1000003)::bigint AS customer, (i % 100000)::numeric(12, 2) / 7 AS amount_raw,
    ((i % 1000000) / 100.0)::numeric(12, 2) AS amount, random() AS score, i % 3 = 0 AS paid,
    date '2015-01-01' + (i % 4000)::int AS day, timestamptz '2020-01-01' + i * interval '1.000001 second' AS at,
    'customer number ' || i % 50000 AS name, CASE WHEN i % 10 = 0 THEN NULL ELSE 'note, with "quotes" ' || i END AS note
  FROM generate_series(1, ${count}::bigint) i`

function psql(env: Record<string, string>, statement: string): Promise<void> {
  const child = spawn('psql', ['-X', '-q', '-c', statement], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.resume()
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`psql ended with ${code}`))))
  })
}

/** A table of PostgreSQL into Parquet by a whole run, against `psql` that only reads it; `--rows 3000000` is the size of the goal. */
export const postgres: Workload = async ({ folder, rows: count }) => {
  const server = requireService('postgres')
  const { host, port, database, user, password } = server
  const root = join(folder, 'project')
  mkdirSync(root, { recursive: true })
  const table = `bench_${randomBytes(4).toString('hex')}`
  const client = new pg.Client({ host, port, database, user, password })
  await client.connect()
  try {
    await client.query(`CREATE UNLOGGED TABLE ${table} AS ${rows(count)}`)
    await client.query(`VACUUM ANALYZE ${table}`)
    return await withEngine(root, async (engine) => {
      const { processId } = await engine.call('status', {})
      const env = { PGHOST: host, PGPORT: String(port), PGDATABASE: database, PGUSER: user, PGPASSWORD: password }
      const connections = {
        shop: {
          name: 'shop',
          type: 'postgres',
          settings: { host, port, database, user, tls: 'off' },
          secrets: { password },
        },
      }
      const document = chain([['extract.postgres', { connection: 'shop', table }], toParquet('out/table.parquet')])
      const memory = watchMemory(processId)
      const pairs: { ours: number; theirs: number }[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const theirs = await timed(() => psql(env, `COPY ${table} TO STDOUT (FORMAT csv)`))
        const ours = await timed(() => run(engine, { projectRoot: root, document, connections }))
        pairs.push({ ours: ours.milliseconds, theirs: theirs.milliseconds })
      }
      const peak = memory.stop()
      const ratio = median(pairs.map(({ ours, theirs }) => ours / theirs))
      return [
        {
          workload: `PostgreSQL, ${count.toLocaleString('en')} rows to Parquet ÷ psql COPY`,
          ours: fastest(pairs.map(({ ours }) => ours)),
          reference: fastest(pairs.map(({ theirs }) => theirs)),
          ratio,
          ...(peak === undefined ? {} : { peakMegabytes: peak }),
          unit: 'ms',
          goal: 'ratio at most 1.20, under 500 MB',
          met: ratio <= 1.2 && peak !== undefined && peak < 500,
        },
      ]
    })
  } finally {
    await client.query(`DROP TABLE IF EXISTS ${table}`)
    await client.end()
  }
}

async function run(engine: EngineClient, request: object): Promise<void> {
  const events = engine.stream('run', { ...request, runId: crypto.randomUUID(), rowCounts: 'none' } as never)
  for await (const event of events) {
    if (event.kind === 'finished' && event.state !== 'succeeded') throw new Error(event.error?.message ?? event.state)
  }
}
