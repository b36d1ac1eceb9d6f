import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'
import Sqlite from 'better-sqlite3'
import { fromBuffer } from 'yauzl'
import type { Rows, Target } from './workloads.ts'

/** Reads a target back with other programs than wrote it, where there are any. @returns nothing where there is no target */
export async function readTarget(root: string, target: Target): Promise<Rows> {
  const path = join(root, target.path)
  if (!existsSync(path)) return []
  switch (target.format) {
    case 'csv':
      return lines(path)
        .slice(1)
        .map(fromCsv(lines(path)[0] ?? ''))
    case 'text':
      return lines(path)
    case 'fixed':
      return lines(path).map((line) => line.trim().split(/ +/).join('|'))
    case 'json':
      return fromJson(path)
    case 'sqlite':
      return fromSqlite(path)
    case 'excel':
      return fromExcel(path)
    case 'arrow':
      return [...tableFromIPC(readFileSync(path))].map((row) => `${row?.id}|${row?.point}|${row?.value}`)
    case 'duckdb':
      return fromDuckDb(path)
    case 'parquet':
      return query(`SELECT ${ROW} FROM read_parquet('${path}')`)
    case 'folder':
      return query(`SELECT ${ROW} FROM read_parquet('${path}/**/*.parquet')`)
  }
}

const ROW = `concat_ws('|', id, point, value)`
const instance = await DuckDBInstance.create(':memory:')

/** @returns the rows of the statement that has some */
async function query(...statements: readonly string[]): Promise<Rows> {
  const connection = await instance.connect()
  try {
    let rows: Rows = []
    for (const statement of statements) {
      const found = (await connection.runAndReadAll(statement)).getRows()
      if (/^SELECT/.test(statement)) rows = found.map(([cell]) => String(cell))
    }
    return rows
  } finally {
    connection.closeSync()
  }
}

/** A file that was made for its first table, and has none yet, is no target. */
async function fromDuckDb(path: string): Promise<Rows> {
  await query(`ATTACH '${path}' AS other (READ_ONLY)`)
  try {
    const tables = await query(`SELECT table_name FROM duckdb_tables() WHERE database_name = 'other'`)
    return tables.includes('t') ? await query(`SELECT ${ROW} FROM other.t`) : []
  } finally {
    await query('DETACH other')
  }
}

function lines(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  if (text !== '' && !text.endsWith('\n')) throw new Error(`${path} ends in the middle of a line`)
  return text.split('\n').slice(0, -1)
}

function fromCsv(header: string): (line: string) => string {
  const names = header.split(',')
  const places = ['id', 'point', 'value'].map((name) => names.indexOf(name))
  return (line) => {
    const cells = line.split(',')
    return places.map((place) => cells[place] ?? '').join('|')
  }
}

function fromJson(path: string): Rows {
  const records: unknown = path.endsWith('.ndjson')
    ? lines(path).map((line): unknown => JSON.parse(line))
    : JSON.parse(readFileSync(path, 'utf8'))
  return (records as { id: number; point: number; value: number }[]).map(
    ({ id, point, value }) => `${id}|${point}|${value}`,
  )
}

function fromSqlite(path: string): Rows {
  const db = new Sqlite(path, { readonly: true })
  try {
    if (db.pragma('integrity_check', { simple: true }) !== 'ok') throw new Error(`${path} is damaged`)
    const there = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 't'`).get()
    return there === undefined
      ? []
      : (db.prepare(`SELECT id || '|' || point || '|' || value FROM t`).pluck().all() as string[])
  } finally {
    db.close()
  }
}

/** The first sheet of a workbook whose cells are numbers. */
async function fromExcel(path: string): Promise<Rows> {
  const xml = await entryOf(readFileSync(path), 'xl/worksheets/sheet1.xml')
  const [, ...rows] = xml.match(/<row .*?<\/row>/gs) ?? []
  // id, customer, amount, point, value
  return rows.map((row) => {
    const cells = [...row.matchAll(/<v>(.*?)<\/v>/g)].map(([, value]) => value)
    return `${cells[0]}|${cells[3]}|${cells[4]}`
  })
}

function entryOf(file: Buffer, wanted: string): Promise<string> {
  return new Promise((resolve, reject) => {
    fromBuffer(file, { lazyEntries: true }, (thrown, zip) => {
      if (thrown || !zip) return reject(thrown ?? new Error('no zip'))
      zip.on('error', reject)
      zip.on('end', () => reject(new Error(`there is no ${wanted}`)))
      zip.on('entry', (entry: { fileName: string }) => {
        if (entry.fileName !== wanted) return zip.readEntry()
        zip.openReadStream(entry as never, (failed, stream) => {
          if (failed || !stream) return reject(failed ?? new Error('no stream'))
          const parts: Buffer[] = []
          stream.on('data', (part: Buffer) => parts.push(part))
          stream.on('end', () => resolve(Buffer.concat(parts).toString()))
          stream.on('error', reject)
        })
      })
      zip.readEntry()
    })
  })
}
