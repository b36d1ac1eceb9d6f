import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { requireService } from '../services/services.ts'
import { compare, measured, runWith } from './compare.ts'
import { chain, toParquet } from './documents.ts'
import type { Workload } from './workload.ts'

const TABLE = 'bench_orders'

/** MySQL → Parquet beside `mysql --quick`, and Parquet → MySQL beside the command line's `LOAD DATA`; `--rows 3000000` is the size of the goal. */
export const mysql: Workload = async ({ folder, rows }) => {
  const server = requireService('mariadb')
  const root = join(folder, 'project')
  mkdirSync(join(root, 'out'), { recursive: true })
  const parquet = join(root, 'rows.parquet')
  const text = join(folder, 'rows.tsv')
  await writeRows(rows, parquet, text)
  const shell = (statement: string, more: readonly string[] = []) =>
    command(
      'mariadb',
      [
        ...['-h', server.host, '-P', String(server.port), '-u', server.user, '--skip-ssl', '--local-infile=1'],
        ...more,
        ...[server.database, '-e', statement],
      ],
      server.password,
    )
  const connections = {
    shop: {
      name: 'shop',
      type: 'mysql',
      settings: { host: server.host, port: server.port, user: server.user, database: server.database, tls: 'off' },
      secrets: { password: server.password },
    },
  }
  const drop = `DROP TABLE IF EXISTS ${TABLE}, ${TABLE}_reference, _logidata_loads`
  const request = { projectRoot: root, connections }
  const load = chain([
    ['extract.parquet', { path: 'rows.parquet' }],
    ['load.mysql', { connection: 'shop', table: TABLE, mode: 'replace' }],
  ])
  const extract = chain([['extract.mysql', { connection: 'shop', table: TABLE }], toParquet('out/rows.parquet')])
  try {
    await shell(drop)
    // The reference fills a new table of the same kind each time, as ours does.
    const reference = `DROP TABLE IF EXISTS ${TABLE}_reference; CREATE TABLE ${TABLE}_reference LIKE ${TABLE};
      LOAD DATA LOCAL INFILE '${text}' INTO TABLE ${TABLE}_reference CHARACTER SET utf8mb4`
    const loaded = await compare(
      root,
      () => shell(reference),
      (engine) => runWith(engine, { ...request, document: load }),
    )
    const read = await compare(
      root,
      () => shell(`SELECT * FROM ${TABLE}`, ['--quick', '--batch', '--skip-column-names']),
      (engine) => runWith(engine, { ...request, document: extract }),
    )
    const many = rows.toLocaleString('en')
    return [
      measured(`MySQL, ${many} rows to Parquet ÷ mysql --quick`, read, 1.6),
      measured(`Parquet to MySQL, ${many} rows ÷ LOAD DATA`, loaded, 1.1),
    ]
  } finally {
    await shell(drop)
  }
}

async function writeRows(rows: number, parquet: string, text: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const select = `SELECT i::BIGINT id, (i % 1000)::INTEGER customer, DATE '2015-01-01' + (i % 3650)::INTEGER placed, (i * 7919 % 10000000 / 100)::DECIMAL(12,2) amount,
    sin(i) score, 'the ' || i % 1000 || 'th of the parcels' note, ['France', 'Brazil', 'Norway'][1 + i % 3] country, (i % 2)::TINYINT paid,
    TIMESTAMP '2020-01-01' + to_microseconds(i * 1000003) changed, CASE WHEN i % 5 > 0 THEN 'code-' || i END code FROM range(${rows}) r(i)`
  await connection.run(`COPY (${select}) TO '${parquet}' (FORMAT parquet)`)
  await connection.run(
    `COPY (FROM '${parquet}') TO '${text}' (FORMAT csv, DELIMITER '\t', HEADER false, QUOTE '', ESCAPE '', NULLSTR '\\N')`,
  )
  connection.closeSync()
  instance.closeSync()
}

function command(program: string, given: readonly string[], password: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, given, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, MYSQL_PWD: password },
    })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))))
  })
}
