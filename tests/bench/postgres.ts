import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { requireService } from '../services/services.ts'
import { compare, measured, runWith } from './compare.ts'
import { chain, toParquet } from './documents.ts'
import type { Workload } from './workload.ts'

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
      (engine) => runWith(engine, { ...request, document: extract }),
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
        await runWith(engine, { ...request, document: load })
      },
    )
    const many = count.toLocaleString('en')
    return [
      measured(`PostgreSQL, ${many} rows to Parquet ÷ psql COPY`, read, 1.2),
      measured(`Parquet to PostgreSQL, ${many} rows ÷ psql \\copy`, written, 1.2),
    ]
  } finally {
    await client.query(`DROP TABLE IF EXISTS ${table}, ${loaded}`)
    await client.end()
  }
}
