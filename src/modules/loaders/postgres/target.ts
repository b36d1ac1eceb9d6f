import { userError } from '../../../shared/errors.ts'
import { type PostgresClient, quoteName } from '../../connectors/postgres/client.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import type { LoadedColumn } from './columns.ts'
import type { PostgresLoadConfig } from './descriptor.ts'

/** A column of the table, its type in the server's words. */
export interface TargetColumn {
  readonly name: string
  readonly type: string
}

/** The columns that can be written, or undefined where there is no such table. @throws LogiDataError */
export async function targetColumns(
  client: PostgresClient,
  { schema, table }: PostgresLoadConfig,
): Promise<readonly TargetColumn[] | undefined> {
  const { rows: kinds } = await client.query(
    'SELECT c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2',
    [schema, table],
  )
  const kind = kinds[0]?.[0]
  if (kind === undefined) return undefined
  if (kind !== 'r' && kind !== 'p')
    throw userError('load.target', `“${table}” is not a table.`, { field: ['table'], hint: 'Load into its table.' })
  const { rows } = await client.query(
    `SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum`,
    [schema, table],
  )
  return rows.map(([name, type]) => ({ name: name ?? '', type: type ?? '' }))
}

export interface Pair {
  readonly column: LoadedColumn
  readonly target: TargetColumn
}

export const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** The names that columns of the input have in the table. @throws LogiDataError */
export const keyNames = (wanted: readonly string[], pairs: readonly Pair[]): string[] =>
  wanted.map((name) => {
    const found = pairs.find(({ column }) => same(column.name, name))
    if (!found) throw userError('load.drift', `The table has no column “${name}”.`, { field: ['key'] })
    return found.target.name
  })

/** Columns by name, exactly or letter case aside, and what the table lacks. @throws LogiDataError `load.drift` */
export function matched(
  { table, on_drift }: PostgresLoadConfig,
  columns: readonly LoadedColumn[],
  targets: readonly TargetColumn[],
): { readonly common: readonly Pair[]; readonly missing: readonly LoadedColumn[] } {
  const find = (name: string) =>
    targets.find((one) => one.name === name) ?? targets.find((one) => one.name.toLowerCase() === name.toLowerCase())
  const common = columns.flatMap((column) => {
    const target = find(column.name)
    return target ? [{ column, target }] : []
  })
  const missing = columns.filter(({ name }) => !find(name))
  const first = missing[0]
  if (first && (on_drift === 'fail' || (on_drift === 'ignore' && common.length === 0)))
    throw userError('load.drift', `The table “${table}” has no column “${first.name}”.`, {
      field: ['on_drift'],
      hint: 'Drop the column before, or let the table be adapted or the column be left out.',
      ...didYouMean(
        first.name,
        targets.map(({ name }) => name),
      ),
    })
  return { common, missing: on_drift === 'adapt' ? missing : [] }
}

/** @throws LogiDataError where a new table in the place of the old would lose something */
export async function refuseWhatReplacingLoses(client: PostgresClient, table: string, target: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT 'triggers' FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal
     UNION SELECT 'foreign keys' FROM pg_constraint WHERE contype = 'f' AND (conrelid = $1::regclass OR confrelid = $1::regclass)
     UNION SELECT 'policies' FROM pg_class WHERE oid = $1::regclass AND (relrowsecurity OR EXISTS (SELECT FROM pg_policy WHERE polrelid = $1::regclass))
     UNION SELECT 'partitions or children' FROM pg_inherits WHERE inhrelid = $1::regclass OR inhparent = $1::regclass
     UNION SELECT 'partitions or children' FROM pg_class WHERE oid = $1::regclass AND relkind = 'p'
     UNION SELECT 'rights on columns' FROM pg_attribute WHERE attrelid = $1::regclass AND attacl IS NOT NULL
     UNION SELECT 'views' FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass WHERE d.refobjid = $1::regclass`,
    [target],
  )
  if (rows.length === 0) return
  throw userError(
    'load.target',
    `“${table}” has ${rows.map(([what]) => what).join(' and ')}, which a new table would not have.`,
    {
      field: ['mode'],
      hint: 'Use truncate, which keeps the table.',
    },
  )
}

/** @throws LogiDataError `load.key` for a key that is NULL or comes twice */
export async function checkStagedKey(client: PostgresClient, staging: string, key: readonly string[]): Promise<void> {
  const names = key.map(quoteName)
  const absent = await client.query(
    `SELECT 1 FROM ${staging} WHERE ${names.map((name) => `${name} IS NULL`).join(' OR ')} LIMIT 1`,
  )
  if (absent.rows.length > 0)
    throw userError('load.key', `A row has no value in the key (${key.join(', ')}).`, { field: ['key'] })
  const twice = await client.query(
    `SELECT ${names.join(', ')}, count(*) FROM ${staging} GROUP BY ${names.join(', ')} HAVING count(*) > 1 LIMIT 1`,
  )
  const found = twice.rows[0]
  if (found)
    throw userError('load.key', `The key ${found.slice(0, -1).join(', ')} comes ${found.at(-1)} times.`, {
      field: ['key'],
      hint: 'Remove the duplicates before, or name more columns.',
    })
}
