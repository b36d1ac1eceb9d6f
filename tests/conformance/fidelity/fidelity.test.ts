import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { literal } from '../../../src/modules/kit/sql.ts'
import { TYPE_ROWS, type TypeRow } from '../../../src/modules/loaders/type-matrix.ts'
import type { Cell } from '../../../src/shared/engine/types.ts'
import { type ErrorInfo, toErrorInfo } from '../../../src/shared/errors.ts'
import type { PipelineNode } from '../../../src/shared/pipeline/document.ts'
import { runNodes } from '../../../src/workers/run/testing.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  temporaryProject,
} from '../../../src/workers/testing/temporary-project.ts'
import { service } from '../../services/services.ts'
import { OWN_TYPES, type OwnType, titleOf } from './own-types.ts'
import { type FidelityServer, newTable, SERVERS, type ServerType } from './servers.ts'

const SERVICES = { postgres: 'postgres', mysql: 'mariadb', mongodb: 'mongodb' } as const
const TYPES = Object.keys(SERVERS) as ServerType[]
const runs = TYPES.filter((type) => service(SERVICES[type]) !== undefined)
if (process.env.REQUIRE_SERVICES === '1' && runs.length < TYPES.length) throw new Error('scripts/services up')

let own: TemporaryProject
const servers = new Map<ServerType, FidelityServer>()
beforeAll(async () => {
  own = await temporaryProject()
  for (const type of runs) servers.set(type, await SERVERS[type]())
})
afterAll(async () => {
  for (const server of servers.values()) await server.close()
  await own.close()
})

function serverOf(type: ServerType): FidelityServer {
  const server = servers.get(type)
  if (!server) throw new Error(`${type} does not run`)
  return server
}
const source = (type: ServerType, table: string, config: object = {}): PipelineNode => ({
  type: `extract.${type}`,
  config: { connection: 'shop', ...serverOf(type).at(table), ...config },
})
const target = (type: ServerType, table: string): PipelineNode => ({
  type: `load.${type}`,
  inputs: { in: 'from' },
  config: { connection: 'shop', ...serverOf(type).at(table), ...serverOf(type).load },
})

/** @returns why it failed */
async function load(type: ServerType, from: PipelineNode, table: string): Promise<ErrorInfo | undefined> {
  const connections = { shop: serverOf(type).connection }
  const nodes = { from, out: target(type, table) }
  const { finished, events } = await runNodes(own, nodes, { connections, runId: randomUUID() })
  if (finished?.state === 'succeeded') return undefined
  const failed = events.flatMap((event) => (event.kind === 'node' && event.error ? [event.error] : []))
  return failed[0] ?? finished?.error ?? { code: 'none', kind: 'bug', message: 'no reason' }
}

const look = (type: ServerType, { type: step, config = {} }: PipelineNode) =>
  own.project.preview(
    {
      ...pipeline({ from: { type: step, config } }),
      connections: { shop: serverOf(type).connection },
      nodeId: 'from',
      limit: 100,
      offset: 0,
    },
    never,
  )

function refusal({ kind, code, message }: ErrorInfo): string {
  // Anything else would be a bug, or SQL that the person did not write.
  return kind === 'user' && !/Binder|LINE \d|read_|INTERNAL/.test(message)
    ? `refused: \`${code}\``
    : `UNCLEAR: ${kind} ${code} ${message}`.slice(0, 600)
}

const same = (left: readonly Cell[], right: readonly Cell[]) => JSON.stringify(left) === JSON.stringify(right)
const changed = (before: readonly Cell[], after: readonly Cell[]) =>
  `CHANGED: ${JSON.stringify([before, after])}`.slice(0, 900)

interface Copied {
  /** Of the column in the pipeline. */
  readonly held: string
  /** Of the column of the table that was made. */
  readonly made: string
  readonly verdict: string
}

/** From a table of the server into one that the load makes, compared by the server. */
async function copied(type: ServerType, given: OwnType): Promise<Copied> {
  const server = serverOf(type)
  const [table, copy] = [newTable(), newTable()]
  const missing = await server.create(table, given).catch(toErrorInfo)
  if (missing) return { held: '', made: '', verdict: 'not in this server' }
  const before = await server.show(table, given)
  const from = source(type, table, given.config)
  const failed = await load(type, from, copy)
  if (failed) return { held: '', made: '', verdict: refusal(failed) }
  const after = await server.show(copy, given, 'copy')
  const { columns } = await look(type, from)
  const held = columns.find(({ name }) => name === 'v')?.type ?? ''
  const isSame = same(before.values, after.values)
  if (given.loses !== undefined && isSame) throw new Error(`${titleOf(given)} loses nothing`)
  const verdict = isSame
    ? after.type === before.type
      ? 'exact'
      : 'the same values'
    : given.loses === undefined
      ? changed(before.values, after.values)
      : `chosen: ${given.loses}`
  return { held, made: after.type, verdict }
}

const queryOf = ({ type, values }: TypeRow): string => {
  if (values.length === 0) return `SELECT 1 AS k, CAST(NULL AS ${type}) AS v WHERE FALSE`
  const cells = [...values, 'NULL'].map((value, index) => `(${index}, CAST(${value} AS ${type}))`)
  return `SELECT k, v FROM (VALUES ${cells.join(', ')}) AS t(k, v) ORDER BY k`
}
const sql = (text: string): PipelineNode => ({ type: 'transform.sql', config: { sql: text } })

/** From the pipeline into a table that the load makes, and back. */
async function given(type: ServerType, row: TypeRow): Promise<string> {
  const table = newTable()
  const from = sql(queryOf(row))
  const before = (await look(type, from)).rows.map((cells) => cells[1] ?? null)
  const failed = await load(type, from, table)
  if (failed) return refusal(failed)
  const back = await look(type, source(type, table)).catch(toErrorInfo)
  if ('code' in back) return refusal(back)
  const [k, v] = ['k', 'v'].map((name) => back.columns.findIndex((column) => column.name === name)) as [number, number]
  const rows = back.rows.toSorted((a, b) => Number(a[k]) - Number(b[k]))
  const after = rows.map((cells) => cells[v] ?? null)
  const made = back.columns[v]?.type ?? 'NULL'
  if (made === row.type && same(after, before)) return 'exact'
  return same(await castBack(type, after, made, row), before)
    ? `as ${made.startsWith('STRUCT') ? 'STRUCT' : made}`
    : changed(before, after)
}

async function castBack(server: ServerType, cells: readonly Cell[], made: string, { type }: TypeRow) {
  if (cells.length === 0) return []
  const nested = /[[(]/.test(type) && !/^(DECIMAL|ENUM)/.test(type)
  const list = cells.map((cell, k) => {
    const text = cell === null ? 'NULL' : literal(cell).text
    const held = nested
      ? `CAST(${text} AS JSON)`
      : `CAST(CAST(${text} AS ${made}) AS ${made === 'BLOB' ? made : 'VARCHAR'})`
    return `SELECT ${k} AS k, TRY_CAST(${held} AS ${type}) AS v`
  })
  const back = await look(server, sql(`SELECT k, v FROM (${list.join(' UNION ALL ')}) ORDER BY k`)).catch(
    () => undefined,
  )
  return back?.rows.map((cell) => cell[1] ?? null) ?? []
}

const NAMES: Readonly<Record<ServerType, string>> = { postgres: 'PostgreSQL', mysql: 'MariaDB', mongodb: 'MongoDB' }

/** What a server has no value for. FerretDB, which stands in for MongoDB here, ends the connection over a type that it lacks. */
const LOSSES: Partial<Record<ServerType, Readonly<Record<string, string>>>> = {
  mysql: { 'DOUBLE: negative zero': 'becomes 0' },
  mongodb: {
    'JSON: the value null': 'becomes NULL',
    'DOUBLE: negative zero': 'becomes 0 (FerretDB)',
    'DOUBLE: NaN and infinity': 'not in FerretDB',
    UBIGINT: 'not in FerretDB (Decimal128)',
    'DECIMAL(18,4)': 'not in FerretDB (Decimal128)',
  },
}

const INTRODUCTION = `# What databases give back

Every type there and back, with values at its limits and NULL. The tables are made by \`tests/conformance/fidelity\`, which fails when a value comes back changed, when an error is
unclear, or when this page is no longer true (with the services running, \`npx vitest run tests/conformance/fidelity -u\` writes it anew).

**Types of a server**: a table of the server is extracted and loaded into a table that the load makes; the server itself compares the two.

- **exact**: the same type, and the same values.
- **the same values**: in another type, as text or JSON where the pipeline has no type for them.
- **chosen**: what a setting of the extract, named beside the type, gives up.
- **refused**: an error of this code names the column and the value, and what to do; nothing is read or written.

**Types of the pipeline**: a table is loaded, and extracted again. *as TYPE*: a cast gives back the first.

The server for MongoDB is FerretDB, which lacks some types of MongoDB's; \`src/modules/extractors/mongodb/fidelity.test.ts\` reads all of BSON off the wire. Files behind a connection (S3, SFTP) are
written and read by the code of the project's files: [What files give back](formats.md). Web APIs give JSON, whose numbers keep all digits.`

const theirs = new Map<string, Copied>()
const ours = new Map<string, string>()

describe.each(runs)('every type of the server, there and back: %s', (type) => {
  it.concurrent.each(OWN_TYPES[type].map((own) => [titleOf(own), own] as const))('%s', async (title, row) => {
    const result = await copied(type, row)
    theirs.set(`${type} ${title}`, result)
    expect(result.verdict).not.toMatch(/^(CHANGED|UNCLEAR)/)
  })
})

describe.each(runs)('every type of the pipeline, there and back: %s', (type) => {
  it.concurrent.each(TYPE_ROWS.map((row) => [row.title, row] as const))('%s', async (title, row) => {
    const real = await given(type, row)
    const loss = LOSSES[type]?.[title]
    // A loss that is no more is to be taken off the list.
    if (loss !== undefined) expect(real).toMatch(/^CHANGED|connection.lost/)
    const result = loss ?? real
    ours.set(`${type} ${title}`, result)
    expect(result).not.toMatch(/^(CHANGED|UNCLEAR)/)
  })
})

it.skipIf(runs.length < TYPES.length)('is what docs/type-fidelity.md says', async () => {
  const own = TYPES.flatMap((type) => [
    `\n## ${NAMES[type]}: types of the server\n`,
    '| type of the server | in the pipeline | in the table that is made | |',
    '|---|---|---|---|',
    ...OWN_TYPES[type].map((row) => {
      const { held, made, verdict } = theirs.get(`${type} ${titleOf(row)}`) ?? { held: '', made: '', verdict: '' }
      return `| ${[titleOf(row), held, made, verdict].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
    }),
  ])
  const table = [
    '\n## Types of the pipeline\n',
    `| type | ${TYPES.map((type) => NAMES[type]).join(' | ')} |`,
    `|---|${TYPES.map(() => '---').join('|')}|`,
    ...TYPE_ROWS.map(
      ({ title }) => `| ${title} | ${TYPES.map((type) => ours.get(`${type} ${title}`) ?? '').join(' | ')} |`,
    ),
  ]
  await expect(`${[INTRODUCTION, ...own, ...table].join('\n')}\n`).toMatchFileSnapshot('../../../docs/type-fidelity.md')
})
