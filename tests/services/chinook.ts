// The Chinook database as files: CSV, JSON, newline-delimited JSON, Parquet, and one table in folders by country.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { root } from './state.ts'

export const tables = [
  'album',
  'artist',
  'customer',
  'employee',
  'genre',
  'invoice',
  'invoice_line',
  'media_type',
  'playlist',
  'playlist_track',
  'track',
] as const

/** Writes the files into `folder`: csv/, json/ (arrays), jsonl/, parquet/ and partitioned/invoice/billing_country=…/. */
export async function writeChinookFiles(folder: string): Promise<string> {
  const complete = `${folder}.complete`
  if (existsSync(complete)) return folder // running services read them
  const sql = readFileSync(`${root}tests/fixtures/chinook/Chinook_PostgreSql.sql`, 'utf8')
    .replace(/^(DROP|CREATE) DATABASE .*$/gm, '')
    .replace(/^\\c .*$/gm, '')
    .replace(/^ALTER TABLE [^;]*;/gm, '') // DuckDB adds no foreign keys later
    .replace(/^CREATE INDEX .*$/gm, '')
    .replace(/(?<=[(, ])N'/g, "'")
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    await connection.run(sql)
    for (const kind of ['csv', 'json', 'jsonl', 'parquet', 'partitioned/invoice']) {
      mkdirSync(`${folder}/${kind}`, { recursive: true })
    }
    for (const table of tables) {
      const rows = `(FROM ${table} ORDER BY ALL)`
      await connection.run(`COPY ${rows} TO '${folder}/csv/${table}.csv' (HEADER)`)
      await connection.run(`COPY ${rows} TO '${folder}/json/${table}.json' (ARRAY true)`)
      await connection.run(`COPY ${rows} TO '${folder}/jsonl/${table}.jsonl'`)
      await connection.run(`COPY ${rows} TO '${folder}/parquet/${table}.parquet'`)
    }
    const partitions = `${folder}/partitioned/invoice`
    await connection.run(
      `COPY (FROM invoice ORDER BY ALL) TO '${partitions}' (FORMAT parquet, PARTITION_BY (billing_country), OVERWRITE_OR_IGNORE)`,
    )
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
  writeFileSync(complete, '')
  return folder
}
