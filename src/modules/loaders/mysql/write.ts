import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { LoadForecast } from '../../../shared/engine/types.ts'
import { type LogiDataError, operationalError, toErrorInfo, userError } from '../../../shared/errors.ts'
import { queryText } from '../../connectors/kit/query-text.ts'
import { type MysqlClient, withMysql } from '../../connectors/mysql/client.ts'
import { errorNumberOf } from '../../connectors/mysql/errors.ts'
import { quoteName } from '../../connectors/mysql/names.ts'
import type { CommittedRequest, LoadRequest, LoadResult } from '../../kit/contract.ts'
import { crashPoint } from '../../kit/files/replace-target.ts'
import { identifier, joinSql, raw, sql } from '../../kit/sql.ts'
import { countQueries, countsOf } from '../../kit/tables/forecast.ts'
import { checkEffective, checkLate } from '../../kit/tables/history.ts'
import { movesOf } from '../../kit/tables/moves.ts'
import { AT, GONE } from '../../kit/tables/own-columns.ts'
import type { LoadedColumn } from './columns.ts'
import type { MysqlLoadConfig } from './descriptor.ts'
import { mysqlDialect } from './dialect.ts'
import { alone, aloneInTable, sweepDead } from './locks.ts'
import { addColumns, dropAdded, finishTable, makeStaging, type Plan, planOf } from './tables.ts'
import { checkStagedKey, type Names, namesOf, refuseWhatRenamingLoses } from './target.ts'

type Request = LoadRequest<MysqlLoadConfig>

/** @throws LogiDataError */
export const write = (request: Request): Promise<LoadResult> =>
  withMysql(request.connection, request, (client) => writeBy(client, request), { loads: true })

/** Whether the load of a key was made: by the table of loads, or by what the renaming left. @throws LogiDataError */
export const committed = (request: CommittedRequest<MysqlLoadConfig>): Promise<boolean> =>
  withMysql(request.connection, { files: request.files, signal: new AbortController().signal }, async (client) => {
    const names = namesOf(request.config, request.key)
    await alone(client, names.lock)
    if (await isThere(client, names.done)) {
      await settle(client, names, request.key, null)
      return true
    }
    if (!(await isThere(client, names.loads))) return false
    const found = await client.query(`SELECT 1 FROM ${names.loads} WHERE load_key = ?`, [request.key])
    if (found.length > 0) await sweep(client, names)
    return found.length > 0
  })

/** What a load needs no more, or another attempt at it left. `done` stays: it is the proof of a load that nobody could tell of. */
const sweep = (client: MysqlClient, { staging, marker }: Names) =>
  client.execute(`DROP TABLE IF EXISTS ${staging}, ${marker}`)

async function isThere(client: MysqlClient, table: string): Promise<boolean> {
  try {
    await client.query(`SELECT 1 FROM ${table} LIMIT 0`)
    return true
  } catch (thrown) {
    if (errorNumberOf(thrown) === 1146) return false
    throw thrown
  }
}

async function writeBy(client: MysqlClient, request: Request): Promise<LoadResult> {
  const { config, commit } = request
  const key = commit?.key ?? randomUUID()
  const names = namesOf(config, key)
  const now = await instantOf(client)
  const plan = await planOf(client, request)
  const renames = !plan.exists || config.mode === 'replace'
  if (plan.exists && renames) await refuseWhatRenamingLoses(client, config)
  await alone(client, names.lock)
  await sweep(client, names)
  await sweepDead(client, config)
  try {
    await makeStaging(client, request, names, plan, { renames, now })
    const rows = await fill(client, request, names.staging, plan)
    if (config.key.length > 0) await checkStagedKey(client, names.staging, config.key)
    await checkEffective(mysqlDialect, moveOf(config, names, plan), firstRow(client))
    if (!plan.exists) await finishTable(client, request, names)
    crashPoint('written')
    await client.execute(
      `CREATE TABLE IF NOT EXISTS ${names.loads} (load_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY, loaded_at DATETIME(6) NOT NULL, row_count BIGINT NULL) ENGINE = InnoDB`,
    )
    await aloneInTable(client, config)
    if (plan.exists) await checkLate(mysqlDialect, moveOf(config, names, plan), firstRow(client))
    if (renames) await client.execute(`CREATE TABLE ${names.marker} (x INT)`)
    else await addColumns(client, names.target, plan)
    const result = { rows, written: [`${config.database === undefined ? '' : `${config.database}.`}${config.table}`] }
    await commit?.intend({ kind: 'key' }, result)
    crashPoint('intended')
    try {
      if (renames) await swap(client, names, plan.exists)
      else await change(client, names, movesOf(mysqlDialect, { ...moveOf(config, names, plan), now }), key, rows)
    } catch (thrown) {
      // Where the connection was lost nobody knows: `committed` will find out.
      if (isUnknown(thrown)) throw thrown
      await commit?.withdraw()
      if (!renames) await dropAdded(client, names.target, plan).catch(() => undefined)
      throw thrown
    }
    crashPoint('published')
    if (renames) await settle(client, names, key, rows)
    return result
  } finally {
    await sweep(client, names).catch(() => sweepAnew(request, names))
  }
}

const SWEEP_MS = 5000

/** A cancel has ended the session: what it left is removed by another one, as soon as the server has noticed. */
const sweepAnew = ({ connection, files }: Request, names: Names): Promise<void> =>
  withMysql(connection, { files, signal: AbortSignal.timeout(SWEEP_MS) }, async (client) => {
    await client.execute(`SET SESSION lock_wait_timeout = ${SWEEP_MS / 1000}`)
    await sweep(client, names)
  }).catch(() => undefined)

/** What a load would do: rows are staged in a table that only this session sees. @throws LogiDataError */
export const forecast = (request: Request): Promise<LoadForecast> =>
  withMysql(request.connection, request, (client) => forecastBy(client, request), { loads: true })

async function forecastBy(client: MysqlClient, request: Request): Promise<LoadForecast> {
  const { config, input, session } = request
  const plan = await planOf(client, request)
  if (!plan.exists) {
    const gone = plan.loaded.some(({ name }) => name === GONE) ? identifier(config.deleted_when ?? '') : undefined
    const where = gone ? sql` WHERE ${gone} IS NOT TRUE` : raw('')
    const { rows } = await session.query(sql`SELECT count(*) FROM ${input.name}${where}`)
    const counts = { new: rows[0]?.[0] ?? '0', changed: '0', deleted: '0', unchanged: '0' }
    return { rows: counts, columns: [], creates: true }
  }
  if (config.mode === 'replace') await refuseWhatRenamingLoses(client, config)
  const names = namesOf(config, randomUUID())
  await makeStaging(client, request, names, plan, { renames: false, temporary: true, now: await instantOf(client) })
  await fill(client, request, names.staging, plan)
  if (config.key.length > 0) await checkStagedKey(client, names.staging, config.key)
  const move = moveOf(config, names, plan)
  await checkLate(mysqlDialect, move, firstRow(client))
  const queries = countQueries(mysqlDialect, move)
  const rows = await countsOf(queries, async (query) => (await client.query(query))[0]?.[0])
  const columns = plan.added.map(({ name, type }) => ({
    name,
    change: 'added' as const,
    message: `The column “${name}” (${type}) is added.`,
  }))
  return { rows, columns, creates: false }
}

/** The moment of a load, the same in all of its statements. */
async function instantOf(client: MysqlClient): Promise<string> {
  const [row] = await client.query('SELECT UTC_TIMESTAMP(6)')
  return `'${row?.[0] ?? ''}'`
}

const firstRow = (client: MysqlClient) => async (query: string) => (await client.query(query))[0]

/** As the planner of loads wants it. */
const moveOf = (config: MysqlLoadConfig, { target, staging }: Names, { loaded }: Plan) => ({
  config,
  target,
  staging,
  columns: loaded
    .filter(({ name }) => name !== GONE && name !== AT)
    .map(({ name }) => ({ name, value: `s.${quoteName(name)}` })),
  key: config.key.map((name) => nameOf(loaded, name)),
  parts: config.mode === 'delete_insert' ? config.parts.map((name) => nameOf(loaded, name)) : [],
})

const nameOf = (loaded: readonly LoadedColumn[], wanted: string): string =>
  loaded.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())?.name ?? wanted

const isUnknown = (thrown: unknown): boolean => {
  const { code, kind } = toErrorInfo(thrown)
  return kind === 'cancelled' || kind === 'bug' || code === 'connection.lost' || code === 'connection.timeout'
}

/** Moves all rows into the staging table. @returns how many @throws LogiDataError for what the server would have changed */
async function fill(
  client: MysqlClient,
  request: Request,
  staging: string,
  { loaded: columns, ordered }: Plan,
): Promise<bigint> {
  const names = columns.map(({ name, made }, index) => (made ? `@logidata_${index}` : quoteName(name)))
  const made = columns.flatMap(({ name, made: make }, index) =>
    make ? [`${quoteName(name)} = ${make(`@logidata_${index}`)}`] : [],
  )
  const statement = `LOAD DATA LOCAL INFILE 'logidata' INTO TABLE ${staging} CHARACTER SET utf8mb4
    FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\\n' (${names.join(', ')})${made.length > 0 ? ` SET ${made.join(', ')}` : ''}`
  await client.execute('SET SESSION unique_checks = 1, sql_notes = 1, max_error_count = 16')
  const at = columns.map((_, index) => raw(`c${index}`))
  const quoted = at.filter((_, index) => columns[index]?.quoted)
  let taken = { rows: 0n, warnings: 0 }
  const sent = await queryText(
    {
      ...request,
      ordered,
      select: sql`SELECT ${joinSql(columns.map(({ value }, index) => sql`${value} AS ${at[index] ?? raw('')}`))} FROM ${request.input.name}`,
      // Without quotes it is no value; a text of these letters has them.
      options: [sql`NULLSTR 'NULL'`, ...(quoted.length > 0 ? [sql`FORCE_QUOTE (${joinSql(quoted)})`] : [])],
    },
    async (text) => {
      try {
        // The driver hears only what happens after it has asked: an error may be older.
        taken = await client.loadData(statement, () => Readable.from(text, { objectMode: true, highWaterMark: 2 }))
      } catch (thrown) {
        throw notAllowed(thrown) ?? thrown
      }
    },
  )
  // LOCAL turns errors into warnings and goes on with values that it made up: one of them is one too many.
  if (taken.warnings > 0) throw await unfit(client)
  if (taken.rows !== sent)
    throw operationalError('load.rows', `The server took ${taken.rows} rows of ${sent}.`, { hint: 'Try again.' })
  return sent
}

function notAllowed(thrown: unknown): LogiDataError | undefined {
  const number = errorNumberOf(thrown)
  if (number !== 1148 && number !== 3948 && number !== 4166) return undefined
  return operationalError('connection.rights', 'The server does not take rows by LOAD DATA LOCAL.', {
    hint: 'Who runs it has to switch on local_infile.',
    cause: thrown,
  })
}

async function unfit(client: MysqlClient): Promise<LogiDataError> {
  const [first] = await client.query('SHOW WARNINGS LIMIT 1')
  const said = first?.[2] ?? 'a value does not fit'
  if (first?.[1] === '1062')
    return userError('load.key', `A key comes twice: the server says “${said}”.`, {
      hint: 'Remove the duplicates before.',
    })
  return userError('load.value', `A value does not fit: the server says “${said}”.`, {
    hint: 'Mend the value before this step, or change the column. The table is as it was.',
  })
}

/** One statement puts the new table in the place of the old, and says so. */
async function swap(client: MysqlClient, names: Names, exists: boolean): Promise<void> {
  const moves = [
    ...(exists ? [`${names.target} TO ${names.old}`] : []),
    `${names.staging} TO ${names.target}`,
    `${names.marker} TO ${names.done}`,
  ]
  await client.execute(`RENAME TABLE ${moves.join(', ')}`)
}

/** What the renaming left becomes a line in the table of loads. */
async function settle(client: MysqlClient, names: Names, key: string, rows: bigint | null): Promise<void> {
  await client.execute(`INSERT IGNORE INTO ${names.loads} VALUES (?, UTC_TIMESTAMP(6), ?)`, [key, rows])
  await client.execute(`DROP TABLE IF EXISTS ${names.done}, ${names.old}`)
}

/** No default, NULL, a check, a foreign key, a trigger's own word. */
const UNFIT = new Set([1048, 1264, 1265, 1292, 1364, 1366, 1406, 1452, 1644, 1690, 3819, 4025])

/** Changes the target in one transaction, which holds the key. */
async function change(
  client: MysqlClient,
  { loads }: Names,
  statements: readonly string[],
  key: string,
  rows: bigint,
): Promise<void> {
  await client.query('START TRANSACTION')
  try {
    for (const statement of statements) await client.execute(statement)
    await client.execute(`INSERT INTO ${loads} VALUES (?, UTC_TIMESTAMP(6), ?)`, [key, rows])
    crashPoint('changed')
  } catch (thrown) {
    await client.query('ROLLBACK').catch(() => undefined)
    const number = errorNumberOf(thrown)
    if (number === 1062 || number === 1586)
      throw userError('load.key', `A key is in the table already: ${toErrorInfo(thrown).message}`, {
        field: ['key'],
        hint: 'Use upsert, or remove the rows before.',
        cause: thrown,
      })
    if (number !== undefined && UNFIT.has(number))
      throw userError('load.value', `A row does not fit into the table: ${toErrorInfo(thrown).message}`, {
        hint: 'Mend the rows before this step, or change the table. It is as it was.',
        cause: thrown,
      })
    throw thrown
  }
  await client.query('COMMIT')
}
