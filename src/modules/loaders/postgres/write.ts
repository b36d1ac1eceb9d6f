import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { operationalError, toErrorInfo, userError } from '../../../shared/errors.ts'
import { openPostgres, type PostgresClient, quoteName } from '../../connectors/postgres/client.ts'
import { sqlStateOf } from '../../connectors/postgres/errors.ts'
import type { CommittedRequest, LoadRequest, LoadResult } from '../../kit/contract.ts'
import { crashPoint } from '../../kit/files/replace-target.ts'
import { joinSql, sql } from '../../kit/sql.ts'
import { copyText, mayChange, typeFor } from './columns.ts'
import type { PostgresLoadConfig } from './descriptor.ts'
import { checkStagedKey, matched, type Pair, refuseWhatReplacingLoses, targetColumns } from './target.ts'

type Request = LoadRequest<PostgresLoadConfig>

const STAGING = 'pg_temp._logidata_new'
const loadsOf = ({ schema }: PostgresLoadConfig) => `${quoteName(schema)}._logidata_loads`
const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

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
  const { config, input } = request
  const target = `${quoteName(config.schema)}.${quoteName(config.table)}`
  const targets = await targetColumns(client, config)
  if (!targets) {
    const pairs = input.columns.map((column) => ({ column, target: { name: column.name, type: typeFor(column) } }))
    const lines = pairs.map(({ target: { name, type } }) => `${quoteName(name)} ${type}`)
    if (config.key.length > 0) lines.push(`PRIMARY KEY (${keyNames(config.key, pairs).map(quoteName).join(', ')})`)
    await client.query(`CREATE TABLE ${target} (${lines.join(', ')})`)
    return fill(client, request, target, pairs)
  }
  const { common, missing } = matched(config, input.columns, targets)
  const added = missing.map((column) => ({ column, target: { name: column.name, type: typeFor(column) } }))
  if (config.mode === 'replace') await refuseWhatReplacingLoses(client, config.table, target)
  for (const {
    target: { name, type },
  } of added)
    await client.query(`ALTER TABLE ${target} ADD COLUMN ${quoteName(name)} ${type}`)
  const pairs = [...common, ...added]
  if (config.mode === 'append' && config.key.length === 0 && pairs.every(isExact))
    return fill(client, request, target, pairs)
  const lines = pairs.map(({ column, target: { name } }) => `${quoteName(name)} ${typeFor(column)}`)
  await client.query(`CREATE TEMPORARY TABLE _logidata_new (${lines.join(', ')}) ON COMMIT DROP`)
  const rows = await fill(client, request, STAGING, pairs)
  if (config.key.length > 0) await checkStagedKey(client, STAGING, keyNames(config.key, pairs))
  for (const pair of pairs) await checkExact(client, pair, config, pairs)
  await move(client, config, target, pairs)
  return rows
}

const isExact = ({ column, target }: Pair) => typeFor(column) === target.type

/** The names that columns of the input have in the table. @throws LogiDataError */
const keyNames = (wanted: readonly string[], pairs: readonly Pair[]): string[] =>
  wanted.map((name) => {
    const found = pairs.find(({ column }) => same(column.name, name))
    if (!found) throw userError('load.drift', `The table has no column “${name}”.`, { field: ['key'] })
    return found.target.name
  })

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

async function fill(
  client: PostgresClient,
  { input, session, signal }: Request,
  table: string,
  pairs: readonly Pair[],
): Promise<bigint> {
  const fields = joinSql(pairs.map(({ column }) => copyText(column)))
  const names = pairs.map(({ target }) => quoteName(target.name))
  const lines = session.stream(sql`SELECT concat_ws(chr(9), ${fields}) FROM ${input.name}`)
  let sent = 0n
  let failed: { readonly thrown: unknown } | undefined
  async function* text() {
    try {
      for await (const batch of lines) {
        signal.throwIfAborted()
        sent += BigInt(batch.length)
        yield Buffer.from(`${batch.map(([line]) => line).join('\n')}\n`)
      }
    } catch (thrown) {
      failed = { thrown }
      throw thrown
    }
  }
  const copy = client.copyIn(`COPY ${table} (${names.join(', ')}) FROM STDIN`)
  try {
    await pipeline(Readable.from(text(), { objectMode: true, highWaterMark: 2 }), copy)
  } catch (thrown) {
    if (failed && !sqlStateOf(thrown)) throw failed.thrown
    throw client.error(thrown)
  }
  if (BigInt(copy.rowCount) !== sent)
    throw operationalError('load.rows', `The server took ${copy.rowCount} rows of ${sent}.`, { hint: 'Try again.' })
  return sent
}

/** From the staging table into the target. */
async function move(
  client: PostgresClient,
  config: PostgresLoadConfig,
  target: string,
  pairs: readonly Pair[],
): Promise<void> {
  const names = pairs.map(({ target: { name } }) => quoteName(name))
  const values = pairs.map((pair) => `s.${quoteName(pair.target.name)}${isExact(pair) ? '' : `::${pair.target.type}`}`)
  const value = (name: string) => values[names.indexOf(quoteName(name))] ?? ''
  const insert = (into: string, where = '') =>
    client.query(`INSERT INTO ${into} (${names.join(', ')}) SELECT ${values.join(', ')} FROM ${STAGING} s ${where}`)
  const on = (wanted: readonly string[], by: string) =>
    wanted.map((name) => `t.${quoteName(name)} ${by} ${value(name)}`).join(' AND ')
  if (config.mode === 'replace') return replace(client, config, target, insert)
  if (config.mode === 'upsert') {
    const key = keyNames(config.key, pairs)
    // Nobody adds a row of the same key between the two statements; readers go on.
    await client.query(`LOCK TABLE ${target} IN SHARE ROW EXCLUSIVE MODE`)
    const others = names.filter((name) => !key.map(quoteName).includes(name))
    if (others.length > 0) {
      const set = others.map((name) => `${name} = ${values[names.indexOf(name)]}`).join(', ')
      await client.query(`UPDATE ${target} t SET ${set} FROM ${STAGING} s WHERE ${on(key, '=')}`)
    }
    await insert(target, `WHERE NOT EXISTS (SELECT FROM ${target} t WHERE ${on(key, '=')})`)
    return
  }
  if (config.mode === 'truncate') await client.query(`DELETE FROM ${target}`)
  if (config.mode === 'delete_insert')
    await client.query(
      `DELETE FROM ${target} t WHERE EXISTS (SELECT FROM ${STAGING} s WHERE ${on(keyNames(config.parts, pairs), 'IS NOT DISTINCT FROM')})`,
    )
  await insert(target)
}

/** A new table with all that the old one has, in its place. */
async function replace(
  client: PostgresClient,
  { schema, table }: PostgresLoadConfig,
  target: string,
  insert: (into: string) => Promise<unknown>,
): Promise<void> {
  const name = `_logidata_${randomUUID().slice(0, 13)}`
  const fresh = `${quoteName(schema)}.${quoteName(name)}`
  await client.query(`CREATE TABLE ${fresh} (LIKE ${target} INCLUDING ALL)`)
  await insert(fresh)
  const { rows } = await client.query(
    `SELECT format('ALTER TABLE %s OWNER TO %I', $2::text, pg_get_userbyid(relowner)) FROM pg_class WHERE oid = $1::regclass AND pg_get_userbyid(relowner) <> current_user
     UNION ALL SELECT format('GRANT %s ON %s TO %s%s', a.privilege_type, $2::text, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
       FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = $1::regclass AND a.grantee <> c.relowner
     UNION ALL SELECT format('COMMENT ON TABLE %s IS %L', $2::text, obj_description($1::regclass, 'pg_class')) WHERE obj_description($1::regclass, 'pg_class') IS NOT NULL`,
    [target, fresh],
  )
  for (const [statement] of rows) await client.query(statement ?? '')
  await client.query(`DROP TABLE ${target}`)
  await client.query(`ALTER TABLE ${fresh} RENAME TO ${quoteName(table)}`)
}
