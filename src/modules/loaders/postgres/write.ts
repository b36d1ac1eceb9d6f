import { randomUUID } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import type { LoadForecast } from '../../../shared/engine/types.ts'
import { operationalError, toErrorInfo, userError } from '../../../shared/errors.ts'
import { queryText } from '../../connectors/kit/query-text.ts'
import { openPostgres, type PostgresClient, quoteName } from '../../connectors/postgres/client.ts'
import { sqlStateOf } from '../../connectors/postgres/errors.ts'
import type { CommittedRequest, LoadRequest, LoadResult } from '../../kit/contract.ts'
import { crashPoint } from '../../kit/files/replace-target.ts'
import { joinSql, raw, sql } from '../../kit/sql.ts'
import { refuseAbsent } from '../../kit/tables/absent.ts'
import { isKeyed } from '../../kit/tables/config.ts'
import { countQueries, countsOf } from '../../kit/tables/forecast.ts'
import { checkLate } from '../../kit/tables/history.ts'
import { movesOf } from '../../kit/tables/moves.ts'
import { GONE, steeringName } from '../../kit/tables/own-columns.ts'
import { copyValue, intoColumn, isText, mayChange, typeFor } from './columns.ts'
import type { PostgresLoadConfig } from './descriptor.ts'
import { postgresDialect } from './dialect.ts'
import { adapt, makeReplacement, makeTable, swapIn } from './tables.ts'
import { checkStagedKey, keyNames, type Pair, refuseWhatReplacingLoses, same, targetColumns } from './target.ts'

type Request = LoadRequest<PostgresLoadConfig>

const STAGING = 'pg_temp._logidata_new'
const loadsOf = ({ schema }: PostgresLoadConfig) => `${quoteName(schema)}._logidata_loads`

/** @throws LogiDataError */
export async function write(request: Request): Promise<LoadResult> {
  const client = await open(request, request.signal)
  try {
    return await writeBy(client, request)
  } finally {
    await client.close()
  }
}

/** Whether the transaction of a load was committed; one that is still at work is waited for. @throws LogiDataError */
export async function committed(request: CommittedRequest<PostgresLoadConfig>): Promise<boolean> {
  const client = await open(request, new AbortController().signal)
  try {
    await lock(client, request.key)
    const loads = loadsOf(request.config)
    const { rows } = await client.query('SELECT to_regclass($1)', [loads])
    if (rows[0]?.[0] == null) return false
    return (await client.query(`SELECT 1 FROM ${loads} WHERE load_key = $1`, [request.key])).rows.length > 0
  } finally {
    await client.close()
  }
}

function open({ connection, files }: Pick<Request, 'connection' | 'files'>, signal: AbortSignal) {
  if (!connection) throw userError('connection.missing', 'This step needs a connection.', { field: ['connection'] })
  return openPostgres(connection, { files, signal })
}

/** A process that died may have left a transaction that the server is still at. Ends with the session. */
const lock = (client: PostgresClient, key: string) =>
  client.query('SELECT pg_advisory_lock(hashtextextended($1, 7206))', [key])

async function writeBy(client: PostgresClient, request: Request): Promise<LoadResult> {
  const { config, commit } = request
  const key = commit?.key ?? randomUUID()
  await lock(client, key)
  let intended = false
  let ending = false
  try {
    await makeLoads(client, config)
    await client.query('BEGIN')
    const rows = await change(client, request)
    await client.query(`INSERT INTO ${loadsOf(config)} VALUES ($1, now(), $2)`, [key, String(rows)])
    crashPoint('written')
    const result = { rows, written: [`${config.schema}.${config.table}`] }
    await commit?.intend({ kind: 'key' }, result)
    intended = true
    crashPoint('intended')
    ending = true
    await client.query('COMMIT')
    crashPoint('published')
    return result
  } catch (thrown) {
    await client.query('ROLLBACK').catch(() => undefined)
    // Where the connection was lost during COMMIT nobody knows: `committed` will find out.
    if (intended && !(ending && isUnknown(thrown))) await commit?.withdraw()
    throw inWords(thrown)
  }
}

const isUnknown = (thrown: unknown): boolean => {
  const { code, kind } = toErrorInfo(thrown)
  return kind === 'cancelled' || kind === 'bug' || code === 'connection.lost' || code === 'connection.timeout'
}

function inWords(thrown: unknown): unknown {
  const state = sqlStateOf(thrown)
  const said = () => toErrorInfo(thrown).message
  if (state === '23505')
    return userError('load.key', `A key comes twice: ${said()}`, {
      field: ['key'],
      hint: 'Remove the duplicates before, or use upsert. The table is as it was.',
      cause: thrown,
    })
  if (state === '2BP01')
    return userError('load.target', `Something depends on the table: ${said()}`, {
      field: ['mode'],
      hint: 'Use truncate, which keeps the table.',
      cause: thrown,
    })
  if (state?.startsWith('22') || state?.startsWith('23') || state === '42804' || state === '42846')
    return userError('load.value', `A value does not fit into the table: ${said()}`, {
      hint: 'Mend the value before this step, or change the column. The table is as it was.',
      cause: thrown,
    })
  return thrown
}

/** In a transaction of its own: two loads at once would wait for each other, or collide. */
async function makeLoads(client: PostgresClient, config: PostgresLoadConfig): Promise<void> {
  const loads = loadsOf(config)
  if ((await client.query('SELECT to_regclass($1)', [loads])).rows[0]?.[0] != null) return
  try {
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${loads} (load_key text PRIMARY KEY, loaded_at timestamptz NOT NULL, row_count bigint)`,
    )
  } catch (thrown) {
    // Somebody else was as quick.
    if (sqlStateOf(thrown) !== '23505' && sqlStateOf(thrown) !== '42P07') throw thrown
  }
}

async function change(client: PostgresClient, request: Request): Promise<bigint> {
  const { config } = request
  const staged = await stage(client, request)
  if (staged.done) return staged.rows
  const { target, pairs, rows } = staged
  if (config.mode === 'replace') {
    const fresh = await makeReplacement(client, config, target)
    for (const statement of movesOf(postgresDialect, { ...moveOf(config, fresh, pairs), now: 'now()' }))
      await client.query(statement)
    await swapIn(client, config, target, fresh)
    return rows
  }
  // Nobody adds a row of the same key between two statements; readers go on.
  if (isKeyed(config.mode)) await client.query(`LOCK TABLE ${target} IN SHARE ROW EXCLUSIVE MODE`)
  await checkLate(postgresDialect, moveOf(config, target, pairs), firstRow(client))
  // The moment after the table was had, not that of the transaction's start: versions of two loads at once follow on each other.
  const { rows: moment } = await client.query('SELECT clock_timestamp()::text')
  const now = `'${moment[0]?.[0]}'::timestamp with time zone`
  for (const statement of movesOf(postgresDialect, { ...moveOf(config, target, pairs), now }))
    await client.query(statement)
  return rows
}

interface Staged {
  readonly target: string
  readonly pairs: readonly Pair[]
  readonly rows: bigint
  /** The rows are in the table already. */
  readonly done: boolean
  readonly creates: boolean
  readonly drift: LoadForecast['columns']
}

/** Puts the rows beside the table, and changes the table's columns where that is wanted. All in the transaction that is open. */
async function stage(client: PostgresClient, request: Request, always = false): Promise<Staged> {
  const { config, input } = request
  const target = `${quoteName(config.schema)}.${quoteName(config.table)}`
  const targets = await targetColumns(client, config)
  const columns = input.columns
    .filter(({ name }) => steeringName(config, name) === undefined)
    .map((column) => intoColumn(column, targets?.find((one) => same(one.name, column.name))?.type))
  let pairs: readonly Pair[]
  let drift: LoadForecast['columns'] = []
  if (targets) {
    if (config.mode === 'replace') await refuseWhatReplacingLoses(client, config.table, target)
    const adapted = await adapt(client, config, target, columns, targets)
    pairs = adapted.pairs
    drift = adapted.drift
  } else {
    refuseAbsent(config)
    pairs = columns.map((column) => ({ column, target: { name: column.name, type: typeFor(column) } }))
    await makeTable(client, config, target, pairs)
  }
  const here = { target, pairs, creates: !targets, drift }
  // The server numbers rows as they come, where it fills columns of its own.
  const ordered = targets !== undefined && targets.length > pairs.length
  const plain = config.mode === 'append' && config.key.length === 0 && pairs.every(isExact)
  const fresh = !targets && (!isKeyed(config.mode) || config.mode === 'upsert')
  if (!always && (plain || fresh))
    return { ...here, rows: await fill(client, request, { table: target, pairs, ordered }), done: true }
  const lines = pairs.map(({ column, target: { name } }) => `${quoteName(name)} ${typeFor(column)}`)
  for (const { staged } of steeringOf(request))
    lines.push(`${staged} ${staged === GONE ? 'boolean' : 'timestamp with time zone'}`)
  await client.query(`CREATE TEMPORARY TABLE _logidata_new (${lines.join(', ')}) ON COMMIT DROP`)
  const rows = await fill(client, request, { table: STAGING, pairs, ordered })
  if (config.key.length > 0) await checkStagedKey(client, STAGING, keyNames(config.key, pairs))
  for (const pair of pairs) await checkExact(client, pair, config, pairs)
  await client.query(`ANALYZE ${STAGING}`)
  return { ...here, rows, done: false }
}

/** Columns that are staged and not written, with their names there. */
const steeringOf = ({ config, input }: Request) =>
  input.columns.flatMap((column) => {
    const staged = steeringName(config, column.name)
    return staged === undefined ? [] : [{ column, staged }]
  })

/** As the planner of loads wants it. */
const moveOf = (config: PostgresLoadConfig, target: string, pairs: readonly Pair[]) => ({
  config,
  target,
  staging: STAGING,
  columns: pairs.map((pair) => ({
    name: pair.target.name,
    value: `s.${quoteName(pair.target.name)}${isExact(pair) ? '' : `::${pair.target.type}`}`,
  })),
  key: keyNames(config.key, pairs),
  parts: config.mode === 'delete_insert' ? keyNames(config.parts, pairs) : [],
})

/** What a load would do: everything is done in a transaction that is taken back. @throws LogiDataError */
export async function forecast(request: Request): Promise<LoadForecast> {
  const client = await open(request, request.signal)
  try {
    await client.query('BEGIN')
    const { target, pairs, creates, drift } = await stage(client, request, true)
    const move = moveOf(request.config, target, pairs)
    await checkLate(postgresDialect, move, firstRow(client))
    const queries = countQueries(postgresDialect, move)
    const rows = await countsOf(queries, async (query) => (await client.query(query)).rows[0]?.[0])
    return { rows, columns: drift, creates }
  } catch (thrown) {
    throw inWords(thrown)
  } finally {
    await client.query('ROLLBACK').catch(() => undefined)
    await client.close()
  }
}

const firstRow = (client: PostgresClient) => async (query: string) => (await client.query(query)).rows[0]

const isExact = ({ column, target }: Pair) => typeFor(column) === target.type

/** @throws LogiDataError `load.value` for a value that would come out of the table as another one */
async function checkExact(
  client: PostgresClient,
  { column, target }: Pair,
  { key }: PostgresLoadConfig,
  pairs: readonly Pair[],
): Promise<void> {
  const type = typeFor(column)
  if (!mayChange(type, target.type)) return
  const name = quoteName(target.name)
  const keys = keyNames(key, pairs).map((one) => `${quoteName(one)}::text`)
  const { rows } = await client.query(
    `SELECT ${[`${name}::text`, ...keys].join(', ')} FROM ${STAGING} WHERE (${name}::${target.type})::${type}::text IS DISTINCT FROM ${name}::text LIMIT 1`,
  )
  const found = rows[0]
  if (!found) return
  const where = keys.length === 0 ? '' : ` in the row of key ${found.slice(1).join(', ')}`
  throw userError(
    'load.value',
    `The column “${target.name}” (${target.type}) cannot hold ${found[0]}${where} exactly.`,
    {
      hint: 'Round it before, or change the type of the column. The table is as it was.',
    },
  )
}

interface Filling {
  readonly table: string
  readonly pairs: readonly Pair[]
  readonly ordered: boolean
}

async function fill(client: PostgresClient, request: Request, { table, pairs, ordered }: Filling): Promise<bigint> {
  const steering = table === STAGING ? steeringOf(request) : []
  const columns = [...pairs.map(({ column }) => column), ...steering.map(({ column }) => column)]
  const names = [...pairs.map(({ target }) => quoteName(target.name)), ...steering.map(({ staged }) => staged)]
  const fields = columns.map((column, index) => sql`${copyValue(column)} AS ${raw(`c${index}`)}`)
  const texts = columns.flatMap(({ type }, index) => (isText(type) ? [raw(`c${index}`)] : []))
  let taken = 0
  const sent = await queryText(
    {
      ...request,
      ordered,
      select: sql`SELECT ${joinSql(fields)} FROM ${request.input.name}`,
      // What the server would take for NULL or the end is between quotes, where it means itself.
      options: [sql`NULLSTR '\\N'`, ...(texts.length > 0 ? [sql`FORCE_QUOTE (${joinSql(texts)})`] : [])],
    },
    async (text) => {
      const copy = client.copyIn(`COPY ${table} (${names.join(', ')}) FROM STDIN (FORMAT csv, NULL '\\N')`)
      try {
        await pipeline(text, copy)
      } catch (thrown) {
        throw client.error(thrown)
      }
      taken = copy.rowCount
    },
  )
  if (BigInt(taken) !== sent)
    throw operationalError('load.rows', `The server took ${taken} rows of ${sent}.`, { hint: 'Try again.' })
  return sent
}
