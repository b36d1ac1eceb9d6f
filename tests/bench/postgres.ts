import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { requireService } from '../services/services.ts'
import { chain, toParquet } from './documents.ts'
import { type EngineClient, withEngine } from './engine.ts'
import { fastest, type Measurement, median, timed, type Workload, watchMemory } from './workload.ts'

const ROUNDS = 3

/** Mixed columns, about 135 bytes a row as CSV. */
const rows = (count: number): string => `
  SELECT i::int AS id, (i * 7919 % 1000003)::bigint AS customer, (i % 100000)::numeric(12, 2) / 7 AS amount_raw,
    ((i % 1000000) / 100.0)::numeric(12, 2) AS amount, random() AS score, i % 3 = 0 AS paid,
    date '2015-01-01' + (i % 4000)::int AS day, timestamptz '2020-01-01' + i * interval '1.000001 second' AS at,
    'customer number ' || i % 50000 AS name, CASE WHEN i % 10 = 0 THEN NULL ELSE 'note, with "quotes" ' || i END AS note
  FROM generate_series(1, ${count}::bigint) i`

/** @param commands one after the other, in one session */
function psql(env: Record<string, string>, ...commands: string[]): Promise<void> {
  const child = spawn('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', ...commands.flatMap((one) => ['-c', one])], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.resume()
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`psql ended with ${code}`))))
  })
}

/**
 * A table of PostgreSQL into Parquet by a whole run, against `psql` that only reads it, and back, against `psql` that loads the same rows from
 * CSV; `--rows 3000000` is the size of the goal.
 */
export const postgres: Workload = async ({ folder, rows: count }) => {
  const server = requireService('postgres')
  const { host, port, database, user, password } = server
  const root = join(folder, 'project')
  mkdirSync(root, { recursive: true })
  const table = `bench_${randomBytes(4).toString('hex')}`
  const loaded = `${table}_loaded`
  const csv = join(folder, 'rows.csv')
  const client = new pg.Client({ host, port, database, user, password })
  await client.connect()
  try {
    await client.query(`CREATE UNLOGGED TABLE ${table} AS ${rows(count)}`)
    await client.query(`VACUUM ANALYZE ${table}`)
    const env = { PGHOST: host, PGPORT: String(port), PGDATABASE: database, PGUSER: user, PGPASSWORD: password }
    const shop = {
      name: 'shop',
      type: 'postgres',
      settings: { host, port, database, user, tls: 'off' },
      secrets: { password },
    }
    const request = { projectRoot: root, connections: { shop } }
    const file = 'out/table.parquet'
    const extract = chain([['extract.postgres', { connection: 'shop', table }], toParquet(file)])
    const load = chain([
      ['extract.parquet', { path: file }],
      ['load.postgres', { connection: 'shop', schema: 'public', table: loaded, mode: 'replace' }],
    ])
    const read = await compare(
      root,
      () => psql(env, `COPY ${table} TO STDOUT (FORMAT csv)`),
      (engine) => run(engine, { ...request, document: extract }),
    )
    await psql(env, `\\copy ${table} to '${csv}' (format csv)`)
    const written = await compare(
      root,
      () =>
        psql(
          env,
          `DROP TABLE IF EXISTS ${loaded}`,
          'BEGIN',
          `CREATE TABLE ${loaded} (LIKE ${table})`,
          `\\copy ${loaded} from '${csv}' (format csv)`,
          'COMMIT',
        ),
      async (engine) => {
        await client.query(`DROP TABLE IF EXISTS ${loaded}`)
        await run(engine, { ...request, document: load })
      },
    )
    const many = count.toLocaleString('en')
    return [
      measured(`PostgreSQL, ${many} rows to Parquet ÷ psql COPY`, read),
      measured(`Parquet to PostgreSQL, ${many} rows ÷ psql \\copy`, written),
    ]
  } finally {
    await client.query(`DROP TABLE IF EXISTS ${table}, ${loaded}`)
    await client.end()
  }
}

interface Compared {
  readonly pairs: readonly { readonly ours: number; readonly theirs: number }[]
  readonly peak: number | undefined
}

/** Rounds of both in turns, with an engine of its own, so that the memory is that of this path. */
function compare(
  root: string,
  theirs: () => Promise<void>,
  ours: (engine: EngineClient) => Promise<void>,
): Promise<Compared> {
  return withEngine(root, async (engine) => {
    const memory = watchMemory((await engine.call('status', {})).processId)
    const pairs: { ours: number; theirs: number }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const reference = await timed(theirs)
      const own = await timed(() => ours(engine))
      pairs.push({ ours: own.milliseconds, theirs: reference.milliseconds })
    }
    return { pairs, peak: memory.stop() }
  })
}

function measured(workload: string, { pairs, peak }: Compared): Measurement {
  const ratio = median(pairs.map(({ ours, theirs }) => ours / theirs))
  return {
    workload,
    ours: fastest(pairs.map(({ ours }) => ours)),
    reference: fastest(pairs.map(({ theirs }) => theirs)),
    ratio,
    ...(peak === undefined ? {} : { peakMegabytes: peak }),
    unit: 'ms',
    goal: 'ratio at most 1.20, under 500 MB',
    met: ratio <= 1.2 && peak !== undefined && peak < 500,
  }
}

async function run(engine: EngineClient, request: object): Promise<void> {
  const events = engine.stream('run', { ...request, runId: crypto.randomUUID(), rowCounts: 'none' } as never)
  for await (const event of events) {
    if (event.kind === 'finished' && event.state !== 'succeeded') throw new Error(event.error?.message ?? event.state)
  }
}
