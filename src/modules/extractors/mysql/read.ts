import { userError } from '../../../shared/errors.ts'
import { stageFile } from '../../connectors/kit/stage-file.ts'
import { type MysqlClient, withMysql } from '../../connectors/mysql/client.ts'
import type { WireColumn } from '../../connectors/mysql/driver.ts'
import { errorNumberOf } from '../../connectors/mysql/errors.ts'
import { RowFile } from '../../connectors/mysql/row-file.ts'
import { columnsOf, type ReadColumn, readColumn } from '../../connectors/mysql/types.ts'
import type { Discovered, ReadRequest, ReadResult, SourceRequest } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { isNeeded } from '../../kit/pushdown.ts'
import type { MysqlExtractConfig } from './descriptor.ts'
import { hasTies, kindOfWire } from './pushdown.ts'
import { baseStatement, readingStatement } from './statement.ts'
import { boundOf, checkWatermark, watermarkOf } from './watermark.ts'

type Request = SourceRequest<MysqlExtractConfig>

/** @throws LogiDataError */
export const discover = (request: Request): Promise<Discovered> =>
  withMysql(request.connection, request, (client) => discoverBy(client, request))

/** @throws LogiDataError */
export const read = (request: ReadRequest<MysqlExtractConfig>): Promise<ReadResult> =>
  withMysql(request.connection, request, (client) => readBy(client, request))

async function discoverBy(client: MysqlClient, request: Request): Promise<Discovered> {
  const wires = await describe(client, request)
  const { incremental, table, database } = request.config
  if (incremental) checkWatermark(incremental.column, await columnsOfTable(client, request))
  const columns = wires.map((wire) => readColumn(wire, request.config))
  const rows = table === undefined ? undefined : await estimate(client, table, database)
  const kinds = wires.map((wire, index) => kindOfWire(wire, columns[index]?.type ?? ''))
  return {
    columns: columnsOf(columns),
    facts: { pushable: kinds, ties: hasTies(client) },
    ...(rows === undefined ? {} : { rows }),
  }
}

async function readBy(client: MysqlClient, request: ReadRequest<MysqlExtractConfig>): Promise<ReadResult> {
  const { config, parameters, limit, signal, sink, discovered } = request
  await client.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ')
  await client.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
  const wires = await describe(client, request)
  const columns = wires.map((wire) => readColumn(wire, config))
  sameAs(discovered, columns)
  const watermark = config.incremental ? await watermarkOf(client, request) : undefined
  const { text, values } = readingStatement(config, parameters, columns, watermark, limit, request.pushed)
  if (limit !== undefined) await client.query(`SET SESSION sql_select_limit = ${limit}`)
  const running = await client.prepare(text, values)
  const check = (given: readonly WireColumn[]) => sameRows(given, columns, request)
  const write = async (path: string): Promise<bigint> => {
    const rows = new RowFile(path, columns, limit)
    try {
      await client.stream(running, rows, { check, signal })
      rows.finish()
      return BigInt(rows.rows)
    } finally {
      rows.close()
    }
  }
  await stageFile(
    sink,
    write,
    columns.map(({ convert }) => convert),
  )
  return watermark === undefined ? {} : { state: boundOf(config, watermark) }
}

async function describe(client: MysqlClient, request: Request): Promise<readonly WireColumn[]> {
  const { config, parameters } = request
  const { text, values } = baseStatement(config, parameters)
  let wires: readonly WireColumn[]
  try {
    wires = await client.describe(text, values)
  } catch (thrown) {
    throw (await absent(client, thrown, config)) ?? thrown
  }
  if (wires.length === 0)
    throw userError('source.query', 'The query gives no rows.', { field: ['query'], hint: 'Write a SELECT.' })
  return wires
}

async function columnsOfTable(client: MysqlClient, { config }: Request) {
  return client.describe(baseStatement({ ...config, columns: undefined, filter: undefined }, new Map()).text)
}

/** What was meant by a table or column that there is not. */
async function absent(client: MysqlClient, thrown: unknown, { table, database, columns }: MysqlExtractConfig) {
  const number = errorNumberOf(thrown)
  if (table === undefined) return undefined
  const known = async (what: string, more = '', value: readonly string[] = []) =>
    (
      await client.query(
        `SELECT ${what}_NAME FROM information_schema.${what}S WHERE TABLE_SCHEMA = ${database === undefined ? 'DATABASE()' : '?'}${more}`,
        [...(database === undefined ? [] : [database]), ...value],
      )
    ).map(([name]) => name ?? '')
  if (number === 1146 || number === 1109)
    return userError('source.not-found', `There is no table or view “${table}”${database ? ` in ${database}` : ''}.`, {
      field: ['table'],
      hint: 'Upper and lower case count on most servers.',
      ...didYouMean(table, await known('TABLE')),
      cause: thrown,
    })
  if (number !== 1054 || !columns) return undefined
  const there = await known('COLUMN', ' AND TABLE_NAME = ?', [table])
  const missing = columns.find((name) => !there.some((one) => one.toLowerCase() === name.toLowerCase()))
  if (missing === undefined) return undefined
  return userError('column.not-found', `“${table}” has no column “${missing}”.`, {
    field: ['columns'],
    ...didYouMean(missing, there),
    cause: thrown,
  })
}

async function estimate(client: MysqlClient, table: string, database: string | undefined) {
  const rows = await client.query(
    `SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_NAME = ? AND TABLE_SCHEMA = ${database === undefined ? 'DATABASE()' : '?'}`,
    database === undefined ? [table] : [table, database],
  )
  const count = rows[0]?.[0]
  return count === null || count === undefined ? undefined : Number(count)
}

/** The columns may have changed since they were asked for. */
function sameAs(discovered: Discovered, columns: readonly ReadColumn[]): void {
  const types = (list: readonly { readonly type: string }[]) => list.map(({ type }) => type).join()
  if (types(discovered.columns) === types(columns)) return
  throw changed('The columns are no longer those that were found when they were last asked for.')
}

function sameRows(
  given: readonly WireColumn[],
  columns: readonly ReadColumn[],
  { config, pushed }: ReadRequest<MysqlExtractConfig>,
): void {
  const differs = given.length !== columns.length
  const other = given.findIndex((wire, index) => {
    const column = columns[index]
    // Singles come as doubles, and what nobody needs as NULL.
    return column && !column.asDouble && isNeeded(pushed, index) && readColumn(wire, config).type !== column.type
  })
  if (!differs && other < 0) return
  throw changed(
    `The column “${columns[Math.max(0, other)]?.name}” is of another type when the query runs than the server said before.`,
  )
}

const changed = (message: string) =>
  userError('source.changed', message, {
    hint: 'Refresh the source. In a query, say the type of what depends on a parameter: CAST($a AS SIGNED).',
  })
