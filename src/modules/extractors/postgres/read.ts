import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { operationalError, userError } from '../../../shared/errors.ts'
import { stageFile } from '../../connectors/kit/stage-file.ts'
import { BinaryRows, isDirect } from '../../connectors/postgres/binary.ts'
import { type Login, loginOf, PostgresClient } from '../../connectors/postgres/client.ts'
import { type ColumnPlan, columnPlanSchema, typeOfPlan, valueOfText } from '../../connectors/postgres/types.ts'
import type { Discovered, ReadRequest, ReadResult, SourceRequest } from '../../kit/contract.ts'
import { type Sql, sql } from '../../kit/sql.ts'
import type { PostgresConfig } from './descriptor.ts'
import {
  bind,
  copyStatement,
  describeStatement,
  parameterNames,
  pushedConditions,
  type Statement,
} from './statement.ts'
import { shareBounds, watermarkOf } from './watermark.ts'

const factsSchema = z.object({ columns: z.array(columnPlanSchema) })

const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'

export async function discover(request: SourceRequest<PostgresConfig>): Promise<Discovered> {
  const client = await PostgresClient.open(await login(request), request.signal)
  try {
    await client.query(BEGIN)
    const statement = await describeStatement(client, request.config, request.parameters)
    if (request.config.incremental)
      await watermarkOf(client, request.config, { ...statement, from: NOTHING(statement) }, undefined)
    const rows = await estimate(client, statement)
    return {
      columns: statement.columns.map((plan) => ({ name: plan.name, type: typeOfPlan(plan) })),
      facts: { columns: [...statement.columns], version: client.version },
      ...(rows === undefined ? {} : { rows }),
    }
  } finally {
    await client.close()
  }
}

/** The same columns without rows, to check what is asked of them. */
const NOTHING = ({ from }: Statement): string => `(SELECT q.* FROM ${from} WHERE false) AS q`

async function login({ connection, files }: SourceRequest<PostgresConfig>): Promise<Login> {
  if (!connection) throw new TypeError('the step has no connection')
  return loginOf(connection, files)
}

async function estimate(client: PostgresClient, { table, conditions }: Statement): Promise<number | undefined> {
  if (table === undefined || conditions.length > 0) return undefined
  const { rows } = await client.query('SELECT reltuples FROM pg_catalog.pg_class WHERE oid = $1::regclass', [table])
  const found = Number(rows[0]?.[0])
  return found >= 0 ? found : undefined
}

/** All rows, or the first `limit`, of one state of the database. */
export async function read(request: ReadRequest<PostgresConfig>): Promise<ReadResult> {
  const { config, limit } = request
  const ending = new AbortController()
  const signal = AbortSignal.any([request.signal, ending.signal])
  const access = await login(request)
  const clients = [await PostgresClient.open(access, signal)]
  const [leader] = clients
  if (!leader) return {}
  try {
    await leader.query(BEGIN)
    const statement = await describeStatement(leader, config, request.parameters)
    requireSame(request.discovered, statement.columns)
    const unencoded = (await leader.query('SHOW server_encoding')).rows[0]?.[0] === 'SQL_ASCII'
    const pushed = pushedConditions(statement, request.pushed)
    const preview = limit !== undefined && request.state === undefined
    const mark = preview
      ? { conditions: [], state: undefined, nothing: false }
      : await watermarkOf(leader, config, statement, request.state)
    if (mark.nothing) return request.state === undefined ? {} : { state: request.state }
    // The first rows of several parts would be as many times too many.
    const whole = limit === undefined && request.pushed?.first === undefined
    const parts = whole ? await partsOf(leader, config, statement) : [[]]
    if (parts.length > 1) {
      const { rows } = await leader.query('SELECT pg_export_snapshot()')
      const snapshot = rows[0]?.[0] ?? ''
      while (clients.length < parts.length) {
        const client = await PostgresClient.open(access, signal)
        clients.push(client)
        await client.query(BEGIN)
        // A name that the server made: hexadecimal digits.
        await client.query(`SET TRANSACTION SNAPSHOT '${snapshot.replaceAll(/[^\w-]/g, '')}'`)
        await bind(client, parameterNames(config), request.parameters)
        await shareBounds(client, leader)
      }
    }
    let failed: { readonly thrown: unknown } | undefined
    await Promise.all(
      clients.map(async (client, index) => {
        const conditions = [...mark.conditions, ...pushed, ...(parts[index] ?? [])]
        const text = copyStatement(statement, { conditions, limit, pushed: request.pushed })
        await readPart(client, text, statement.columns, { ...request, unencoded }).catch((thrown: unknown) => {
          // The others end because of it.
          failed ??= { thrown }
          ending.abort()
        })
      }),
    )
    if (failed) throw (failed as { thrown: unknown }).thrown
    return mark.state === undefined ? {} : { state: mark.state }
  } finally {
    await Promise.all(clients.map((client) => client.close()))
  }
}

async function readPart(
  client: PostgresClient,
  text: string,
  plans: readonly ColumnPlan[],
  { config, sink, unencoded }: ReadRequest<PostgresConfig> & { readonly unencoded: boolean },
): Promise<void> {
  const { max_row_megabytes, infinity, not_a_number } = config
  const options = { max_row_megabytes, infinity, not_a_number, unencoded }
  const write = async (path: string): Promise<bigint> => {
    const rows = new BinaryRows(path, plans, options)
    try {
      const sent = await client.copyOut(text, rows)
      if (rows.rows !== sent)
        throw operationalError('source.miscounted', `The server sent ${sent} rows, of which ${rows.rows} arrived.`, {
          hint: 'Nothing of them is kept. Please report this.',
        })
      rows.finish()
      return rows.rows
    } finally {
      rows.close()
    }
  }
  const values = plans.map((plan) => {
    if (isDirect(plan, options)) return undefined
    return (cell: Sql) => valueOfText(plan, unencoded ? sql`decode(${cell})` : cell, config)
  })
  await stageFile(sink, write, values)
}

/** The columns are still those that were seen before. @throws LogiDataError `source.changed` */
function requireSame({ facts }: Discovered, columns: readonly ColumnPlan[]): void {
  const known = factsSchema.safeParse(facts).data?.columns
  const shape = (plans: readonly ColumnPlan[]) => plans.map((plan) => [plan.name, plan.given, typeOfPlan(plan)])
  if (known && JSON.stringify(shape(known)) === JSON.stringify(shape(columns))) return
  throw userError('source.changed', 'The columns of the source are no longer those that were seen before.', {
    hint: 'Refresh the step, and look at what has changed.',
  })
}

/** Below that one connection is as fast. */
const PART_BYTES = 24 * 2 ** 20

/** Conditions by which several connections share a table: ranges of its pages. */
async function partsOf(
  client: PostgresClient,
  config: PostgresConfig,
  { table, order }: Statement,
): Promise<string[][]> {
  // Before 14 each range would read the whole table.
  if (table === undefined || order !== '' || client.version < 140_000 || config.parallel === 1) return [[]]
  const { rows } = await client.query(
    `SELECT c.relkind IN ('r', 'm', 'p'), (SELECT max(pg_relation_size(oid)) FROM (
       SELECT c.oid UNION ALL SELECT relid FROM pg_partition_tree(c.oid)) t), current_setting('block_size'),
       pg_is_in_recovery(), c.relam = 0 OR a.amname = 'heap'
     FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam WHERE c.oid = $1::regclass`,
    [table],
  )
  const [kind, size, block, recovering, heap] = rows[0] ?? []
  if (kind !== 't' || recovering === 't' || heap !== 't') return [[]]
  const pages = Math.ceil(Number(size) / Number(block))
  const bySize = Math.min(Math.floor(Number(size) / PART_BYTES), Math.max(2, Math.min(4, availableParallelism())))
  const count = Math.max(1, Math.min(config.parallel ?? bySize, pages))
  if (count === 1) return [[]]
  const bounds = Array.from({ length: count - 1 }, (_, at) => Math.round((pages * (at + 1)) / count))
  // The last part has no end: what has grown since is in it too.
  return Array.from({ length: count }, (_, at) => [
    ...(at === 0 ? [] : [`q.ctid >= '(${bounds[at - 1]},0)'::tid`]),
    ...(at === count - 1 ? [] : [`q.ctid < '(${bounds[at]},0)'::tid`]),
  ])
}
