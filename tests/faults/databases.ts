import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { filesOf } from '../../src/modules/connectors/kit/project-file.ts'
import { withMysql } from '../../src/modules/connectors/mysql/client.ts'
import { openPostgres } from '../../src/modules/connectors/postgres/client.ts'
import type { ResolvedConnection } from '../../src/shared/connections/connection.ts'
import { type DatabaseServer, service } from '../services/services.ts'
import { Figures } from './figures.ts'
import { newFolder } from './folders.ts'
import type { Random } from './random.ts'

const LOGIDATA = fileURLToPath(new URL('../../bin/logidata.js', import.meta.url))
const ROWS = 20_000
const OLD = 2_000

const MODES: Readonly<Record<string, object>> = {
  append: {},
  replace: { key: ['id'] },
  truncate: { key: ['id'] },
  delete_insert: { parts: ['part'] },
  upsert: { key: ['id'] },
  merge: { key: ['id'], deleted_when: 'gone' },
  soft_delete: { key: ['id'] },
  history: { key: ['id'], vanished: 'close' },
}
const OVER: Readonly<Record<string, string>> = { soft_delete: 'deleted_at IS NOT NULL', history: 'NOT is_current' }

interface Database {
  readonly type: 'postgres' | 'mysql'
  readonly name: string
  readonly connection: ResolvedConnection
  ask(query: string): Promise<readonly (readonly (string | null)[])[]>
}

/** `kill -9` of a run that loads into a database: the table is as it was or as it is to be, and once the run was resumed as without the kill. */
export async function killedLoads(points: number, random: Random): Promise<Figures[]> {
  const databases = (['postgres', 'mysql'] as const).flatMap((type) => databaseOf(type) ?? [])
  const all: Figures[] = []
  for (const database of databases) {
    const figures = new Figures(`loads into ${database.name}, killed`)
    all.push(figures)
    const root = newFolder('databases')
    makeProject(root, database)
    const durations = new Map<string, number>()
    for (let point = 1; point <= points; point++) await onePoint({ root, database, figures, random, durations }, point)
  }
  return all
}

interface Killing {
  readonly root: string
  readonly database: Database
  readonly figures: Figures
  readonly random: Random
  /** Of a run that nothing happens to, by mode. */
  readonly durations: Map<string, number>
}

async function onePoint({ root, database, figures, random, durations }: Killing, point: number): Promise<void> {
  const mode = random.pick(Object.keys(MODES))
  const table = `t_${randomBytes(5).toString('hex')}`
  const state = (name: string) => stateOf(database, name, mode)
  figures.points++
  const began = performance.now()
  try {
    for (const name of [table, `${table}_control`])
      await command(root, database, 'run', pipeline(root, database, name, mode, false))
    const before = await state(table)
    const control = performance.now()
    await command(root, database, 'run', pipeline(root, database, `${table}_control`, mode, true))
    durations.set(mode, Math.min(durations.get(mode) ?? Number.POSITIVE_INFINITY, performance.now() - control))
    const wanted = await state(`${table}_control`)

    const file = pipeline(root, database, table, mode, true)
    const child = start(root, database, 'run', file)
    // The first third is the start of the program.
    const delay = (0.3 + 0.75 * random.next()) * (durations.get(mode) ?? 0)
    await Promise.race([child.ended, pause(delay)])
    if (!child.hasEnded()) figures.midway++
    child.kill()
    await child.ended
    const found = await state(table)
    if (found !== before && found !== wanted)
      figures.problem(`point ${point}: ${mode}: neither the old rows nor the new ones`)

    const restarted = performance.now()
    const { runs } = JSON.parse(
      await command(
        root,
        database,
        'runs',
        'list',
        '--json',
        '--pipeline',
        `pipelines/${table}.pipeline.yaml`,
        '--limit',
        '1',
      ),
    )
    const [last] = runs
    if (last !== undefined && last.state !== 'succeeded') await command(root, database, 'runs', 'resume', last.runId)
    // It was killed before it was written down.
    else if (found === before) await command(root, database, 'run', file)
    figures.recoveries.push(performance.now() - restarted)
    const after = await state(table)
    if (after !== wanted)
      figures.problem(`point ${point}: ${mode}, killed after ${delay.toFixed(0)} ms: ${differences(after, wanted)}`)
  } catch (thrown) {
    figures.problem(`point ${point}: ${mode}: ${String(thrown)}`)
  } finally {
    for (const name of [table, `${table}_control`])
      await database.ask(`DROP TABLE IF EXISTS ${name}`).catch(() => undefined)
  }
  figures.seconds += (performance.now() - began) / 1000
}

/** All rows as one text, without what the clock says. */
async function stateOf(database: Database, table: string, mode: string): Promise<string> {
  const rows = await database.ask(
    `SELECT id, part, name, CASE WHEN ${OVER[mode] ?? '1 = 0'} THEN 1 ELSE 0 END AS is_over FROM ${table} ORDER BY id, name, is_over`,
  )
  return rows.map((row) => row.join('|')).join('\n')
}

function differences(found: string, wanted: string): string {
  const [a, b] = [found.split('\n'), wanted.split('\n')]
  return `${a.length} rows instead of ${b.length}; the first that differs: ${a.find((row, index) => row !== b[index]) ?? 'none'}`
}

function makeProject(root: string, { type, connection }: Database): void {
  for (const folder of ['pipelines', 'data']) mkdirSync(join(root, folder), { recursive: true })
  const line = (id: number, name: string, gone: boolean) => `${id},${id % 7},${name}${id % 900},${gone}`
  const old = Array.from({ length: OLD }, (_, index) => line(index * 3, 'old', false))
  const fresh = Array.from({ length: ROWS }, (_, id) => line(id, id % 6 === 0 ? 'old' : 'new', id % 10 === 0))
  const head = 'id,part,name,gone\n'
  writeFileSync(join(root, 'data/old.csv'), `${head}${old.join('\n')}\n90000000,1,gone,false\n`)
  writeFileSync(join(root, 'data/new.csv'), `${head}${fresh.join('\n')}\n`)
  const settings = JSON.stringify(connection.settings)
  writeFileSync(
    join(root, 'connections.yaml'),
    `format: logidata-connections/v1\nconnections:\n  shop: { type: ${type}, settings: ${settings} }\n`,
  )
}

function pipeline(root: string, { type }: Database, table: string, mode: string, fresh: boolean): string {
  const path = join(root, `pipelines/${table}.pipeline.yaml`)
  const config = { connection: 'shop', table, mode, ...MODES[mode] }
  const from = mode === 'merge' ? 'rows' : 'chosen'
  writeFileSync(
    path,
    `format: logidata/v1
name: Load
nodes:
  rows: { type: extract.csv, config: { path: data/${fresh ? 'new' : 'old'}.csv } }
  chosen: { type: transform.select, inputs: { in: rows }, config: { columns: [{ column: id }, { column: part }, { column: name }] } }
  to: { type: load.${type}, inputs: { in: ${from} }, config: ${JSON.stringify(config)} }
`,
  )
  return path
}

/** The program in a group of its own, so that all of its processes can be killed at once. */
function start(root: string, { connection }: Database, ...args: readonly string[]) {
  const child = spawn(process.execPath, [LOGIDATA, ...args, ...(args[0] === 'run' ? [] : ['--project', root])], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      LOGIDATA_HOME: join(root, 'home'),
      LOGIDATA_SECRET_SHOP_PASSWORD: connection.secrets.password ?? '',
    },
  })
  let out = ''
  let told = ''
  let ended = false
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    told += data.toString()
  })
  return {
    ended: new Promise<number | null>((resolve) =>
      child.on('close', (code) => {
        ended = true
        resolve(code)
      }),
    ),
    hasEnded: () => ended,
    out: () => out,
    told: () => told,
    kill() {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL')
      } catch {
        // It had ended.
      }
    },
  }
}

async function command(root: string, database: Database, ...args: readonly string[]): Promise<string> {
  const child = start(root, database, ...args)
  const code = await child.ended
  if (code !== 0) throw new Error(`${args.slice(0, 2).join(' ')} ended with ${code}: ${child.told().slice(-400)}`)
  return child.out()
}

function databaseOf(type: 'postgres' | 'mysql'): Database | undefined {
  const server: DatabaseServer | undefined = type === 'postgres' ? service('postgres') : service('mariadb')
  if (!server) {
    if (process.env.REQUIRE_SERVICES === '1') throw new Error(`${type} does not run: scripts/services up`)
    console.log(`  ${type} does not run: its loads are not tried`)
    return undefined
  }
  const { host, port, database, user, password } = server
  const connection: ResolvedConnection = {
    name: 'shop',
    type,
    settings: { host, port, database, user, tls: 'off' },
    secrets: { password },
  }
  const context = { files: filesOf('/'), signal: new AbortController().signal }
  if (type === 'mysql')
    return {
      type,
      name: 'MariaDB',
      connection,
      ask: (query) =>
        withMysql(
          connection,
          context,
          async (client) => {
            if (query.startsWith('SELECT')) return client.query(query)
            await client.execute(query)
            return []
          },
          { loads: true },
        ),
    }
  return {
    type,
    name: 'PostgreSQL',
    connection,
    async ask(query) {
      const client = await openPostgres(connection, context)
      try {
        return (await client.query(query)).rows
      } finally {
        await client.close()
      }
    },
  }
}
