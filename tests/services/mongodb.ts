// FerretDB, which speaks MongoDB's protocol and keeps its documents in SQLite.
// No registry has MongoDB itself. What FerretDB lacks (transactions, change streams, some stages) is in docs/testing-connectors.md.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { type Document, MongoClient } from 'mongodb'
import { tables } from './chinook.ts'
import type { Definition, Surroundings } from './definition.ts'
import { buildGoProgram } from './go-programs.ts'
import { answers, freePort, launch, until } from './processes.ts'
import { root } from './state.ts'

const program = {
  name: 'ferretdb',
  version: 'v1.24.2',
  package: 'github.com/FerretDB/FerretDB/cmd/ferretdb',
  module: `${root}tests/services/ferretdb`,
  generated: { 'github.com/FerretDB/FerretDB/build/version/version.txt': 'v1.24.2\n' },
}

type Row = Record<string, unknown>

/** Rows as documents: dates as dates, and an invoice with its lines inside. */
function documents(folder: string): ReadonlyMap<string, Document[]> {
  const read = (table: string) => JSON.parse(readFileSync(`${folder}/json/${table}.json`, 'utf8')) as Row[]
  const lines = Map.groupBy(read('invoice_line'), (line) => line['invoice_id'])
  return new Map(
    tables
      .filter((table) => table !== 'invoice_line')
      .map((table): [string, Document[]] => [
        table,
        read(table).map((row) => {
          const document = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typed(name, value)]))
          const key = row[`${table}_id`]
          const id = key === undefined ? {} : { _id: key }
          if (table !== 'invoice') return { ...id, ...document }
          const { billing_address, billing_city, billing_state, billing_country, billing_postal_code, ...rest } =
            document
          return {
            ...id,
            ...rest,
            billing: {
              address: billing_address,
              city: billing_city,
              state: billing_state,
              country: billing_country,
              postal_code: billing_postal_code,
            },
            lines: (lines.get(key) ?? []).map(({ invoice_id: _, ...line }) => line),
          }
        }),
      ]),
  )
}

function typed(name: string, value: unknown): unknown {
  return typeof value === 'string' && name.endsWith('_date') ? new Date(`${value.replace(' ', 'T')}Z`) : value
}

async function start(surroundings: Surroundings) {
  const { folder, log, owns, chinook, certificates } = surroundings
  const ferretdb = await buildGoProgram(program, surroundings)
  const tls = await certificates()
  const user = 'logidata'
  const password = randomBytes(12).toString('base64url')
  const [port, tlsPort] = [await freePort(), await freePort()]
  mkdirSync(`${folder}/data`)
  const server = launch({
    program: ferretdb,
    args: [
      '--handler=sqlite',
      `--sqlite-url=file:${folder}/data/`,
      `--state-dir=${folder}`,
      `--listen-addr=127.0.0.1:${port}`,
      `--listen-tls=127.0.0.1:${tlsPort}`,
      `--listen-tls-cert-file=${tls.serverCertificate}`,
      `--listen-tls-key-file=${tls.serverKey}`,
      '--debug-addr=-',
      '--telemetry=disable',
      '--log-level=warn',
      '--test-enable-new-auth',
      '--setup-database=chinook',
      `--setup-username=${user}`,
      `--setup-password=${password}`,
    ],
    cwd: folder,
    log,
  })
  owns(server)
  await until(async () => (await answers(port)) && (await answers(tlsPort)), server, log)
  const files = await chinook()
  const url = `mongodb://${user}:${password}@127.0.0.1:${port}/chinook`
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 10_000 })
  let version = ''
  try {
    const database = client.db('chinook')
    for (const [name, rows] of documents(files)) await database.collection(name).insertMany(rows)
    const info: unknown = (await database.command({ buildInfo: 1 }))['ferretdbVersion']
    version = typeof info === 'string' ? info : program.version
  } finally {
    await client.close()
  }
  return {
    version: version.replace(/^v/, ''),
    details: {
      host: '127.0.0.1',
      port,
      tlsPort,
      user,
      password,
      database: 'chinook',
      url,
      ca: tls.ca,
      otherCa: tls.otherCa,
    },
  }
}

export const mongodb: Definition = {
  name: 'mongodb',
  title: 'FerretDB (for MongoDB)',
  programs: [],
  packages: [],
  start,
}
