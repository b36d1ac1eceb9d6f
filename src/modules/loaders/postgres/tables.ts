import { createHash, randomUUID } from 'node:crypto'
import type { LoadForecast } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { type PostgresClient, quoteName } from '../../connectors/postgres/client.ts'
import { canBeAdded, ownColumns } from '../../kit/tables/own-columns.ts'
import { type LoadedColumn, typeFor } from './columns.ts'
import type { PostgresLoadConfig } from './descriptor.ts'
import { keyNames, matched, type Pair, same, type TargetColumn } from './target.ts'

const OWN_TYPES = {
  instant: 'timestamp with time zone NOT NULL',
  'instant?': 'timestamp with time zone',
  boolean: 'boolean NOT NULL',
  flag: 'boolean NOT NULL DEFAULT FALSE',
} as const

/** A table with exact types, its key and its indexes. */
export async function makeTable(
  client: PostgresClient,
  config: PostgresLoadConfig,
  target: string,
  pairs: readonly Pair[],
): Promise<void> {
  const lines = pairs.map(({ target: { name, type } }) => `${quoteName(name)} ${type}`)
  for (const { name, kind } of ownColumns(config)) lines.push(`${quoteName(name)} ${OWN_TYPES[kind]}`)
  if (config.key.length > 0) {
    const key = [...keyNames(config.key, pairs), ...(config.mode === 'history' ? [config.from_column] : [])]
    lines.push(`PRIMARY KEY (${key.map(quoteName).join(', ')})`)
  }
  await client.query(`CREATE TABLE ${target} (${lines.join(', ')})`)
  for (const { columns, unique } of config.indexes) {
    const names = keyNames(columns, pairs).map(quoteName).join(', ')
    const name = quoteName(`${config.table.slice(0, 40)}_${digest(names)}_idx`)
    await client.query(`CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${target} (${names})`)
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)

/** Adds and widens columns of a table that is there, where that is wanted. @throws LogiDataError `load.drift` */
export async function adapt(
  client: PostgresClient,
  config: PostgresLoadConfig,
  target: string,
  columns: readonly LoadedColumn[],
  targets: readonly TargetColumn[],
): Promise<{ readonly pairs: readonly Pair[]; readonly drift: LoadForecast['columns'] }> {
  const { common, missing } = matched(config, columns, targets)
  const drift: LoadForecast['columns'] = []
  const alter = async (change: string) => {
    await client.query(`ALTER TABLE ${target} ${change}`)
  }
  const pairs: Pair[] = []
  for (const pair of common) {
    const type = typeFor(pair.column)
    const { name, type: old } = pair.target
    if (config.on_drift !== 'adapt' || !widens(old, type)) {
      pairs.push(pair)
      continue
    }
    await alter(`ALTER COLUMN ${quoteName(name)} TYPE ${type}`)
    drift.push({ name, change: 'type', message: `The column “${name}” becomes ${type}; it was ${old}.` })
    pairs.push({ column: pair.column, target: { name, type } })
  }
  for (const column of missing) {
    const type = typeFor(column)
    await alter(`ADD COLUMN ${quoteName(column.name)} ${type}`)
    drift.push({ name: column.name, change: 'added', message: `The column “${column.name}” (${type}) is added.` })
    pairs.push({ column, target: { name: column.name, type } })
  }
  for (const { name, kind } of ownColumns(config)) {
    if (targets.some((one) => same(one.name, name))) continue
    if (!canBeAdded(kind) || config.mode === 'history' || config.on_drift !== 'adapt')
      throw userError(
        'load.drift',
        `The table “${config.table}” has no column “${name}”, which the mode ${config.mode} needs.`,
        {
          field: ['mode'],
          hint: 'Add it to the table, name another one, or let the load make the table.',
        },
      )
    await alter(`ADD COLUMN ${quoteName(name)} ${OWN_TYPES[kind]}`)
    drift.push({ name, change: 'added', message: `The column “${name}” is added.` })
  }
  return { pairs, drift }
}

const WHOLE = ['smallint', 'integer', 'bigint']

/** Every value of the old type is one of the new, and stays itself. */
function widens(old: string, type: string): boolean {
  if (WHOLE.includes(old) && WHOLE.includes(type)) return WHOLE.indexOf(type) > WHOLE.indexOf(old)
  if (old === 'real' && type === 'double precision') return true
  if (/^character varying\(\d+\)$/.test(old) && type === 'text') return true
  const [digits, scale] = [...numeric(old)]
  const [more, scaleOfMore] = [...numeric(type)]
  if (more === undefined || scaleOfMore === undefined) return false
  if (WHOLE.includes(old)) return more - scaleOfMore >= 19
  if (digits === undefined || scale === undefined) return false
  return (more > digits || scaleOfMore > scale) && scaleOfMore >= scale && more - scaleOfMore >= digits - scale
}

const numeric = (type: string): number[] => {
  const found = /^numeric\((\d+),(\d+)\)$/.exec(type)
  return found ? [Number(found[1]), Number(found[2])] : []
}

/** An empty table with all that the old one has, to take its place. */
export async function makeReplacement(
  client: PostgresClient,
  { schema }: PostgresLoadConfig,
  target: string,
): Promise<string> {
  const fresh = `${quoteName(schema)}.${quoteName(`_logidata_${randomUUID().slice(0, 13)}`)}`
  await client.query(`CREATE TABLE ${fresh} (LIKE ${target} INCLUDING ALL)`)
  const { rows } = await client.query(
    `SELECT format('ALTER TABLE %s SET UNLOGGED', $2::text) FROM pg_class WHERE oid = $1::regclass AND relpersistence = 'u'
     UNION ALL SELECT format('ALTER TABLE %s SET (%s)', $2::text, array_to_string(reloptions, ', ')) FROM pg_class WHERE oid = $1::regclass AND reloptions IS NOT NULL`,
    [target, fresh],
  )
  for (const [statement] of rows) await client.query(statement ?? '')
  return fresh
}

/** Puts a new table in the place of the old one, with its owner, rights and comment. */
export async function swapIn(
  client: PostgresClient,
  { table }: PostgresLoadConfig,
  target: string,
  fresh: string,
): Promise<void> {
  const { rows } = await client.query(
    `SELECT format('ALTER TABLE %s OWNER TO %I', $2::text, pg_get_userbyid(relowner)) FROM pg_class WHERE oid = $1::regclass AND pg_get_userbyid(relowner) <> current_user
     UNION ALL SELECT format('GRANT %s ON %s TO %s%s', a.privilege_type, $2::text, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
       FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = $1::regclass AND a.grantee <> c.relowner
     UNION ALL SELECT format('COMMENT ON TABLE %s IS %L', $2::text, obj_description($1::regclass, 'pg_class')) WHERE obj_description($1::regclass, 'pg_class') IS NOT NULL`,
    [target, fresh],
  )
  for (const [statement] of rows) await client.query(statement ?? '')
  await carryIdentities(client, target, fresh)
  await client.query(`DROP TABLE ${target}`)
  await client.query(`ALTER TABLE ${fresh} RENAME TO ${quoteName(table)}`)
}

/** Numbers that were given once are not given again. */
async function carryIdentities(client: PostgresClient, target: string, fresh: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT pg_get_serial_sequence($1, attname), pg_get_serial_sequence($2, attname) FROM pg_attribute
     WHERE attrelid = $1::regclass AND attidentity <> '' AND NOT attisdropped`,
    [target, fresh],
  )
  for (const [old, next] of rows)
    await client.query(
      `SELECT setval('${(next ?? '').replaceAll("'", "''")}'::regclass, last_value, is_called) FROM ${old}`,
    )
}
