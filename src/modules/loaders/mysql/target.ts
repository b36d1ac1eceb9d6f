import { createHash } from 'node:crypto'
import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { MysqlClient } from '../../connectors/mysql/client.ts'
import { quoteName, tableName } from '../../connectors/mysql/names.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import type { TargetColumn } from './columns.ts'
import type { MysqlLoadConfig } from './descriptor.ts'

/** Names beside the target that one load uses; the same for whoever tries it again. */
export interface Names {
  readonly target: string
  readonly staging: string
  /** Becomes `done` in the very statement that changes the target. */
  readonly marker: string
  readonly done: string
  readonly old: string
  readonly loads: string
  /** Held by whoever makes this load, until its session has ended on the server. */
  readonly lock: string
}

export const lockOf = (own: string): string => `logidata_${own}`

export function namesOf({ table, database }: Pick<MysqlLoadConfig, 'table' | 'database'>, key: string): Names {
  const own = createHash('sha256').update(key).digest('hex').slice(0, 32)
  const beside = (word: string) => tableName({ table: `_logidata_${word}_${own}`, database })
  return {
    target: tableName({ table, database }),
    staging: beside('new'),
    marker: beside('mark'),
    done: beside('done'),
    old: beside('old'),
    loads: tableName({ table: '_logidata_loads', database }),
    lock: lockOf(own),
  }
}

const here = (database: string | undefined) => (database === undefined ? 'DATABASE()' : '?')
const values = (config: Pick<MysqlLoadConfig, 'database'>, ...more: readonly string[]) => [
  ...(config.database === undefined ? [] : [config.database]),
  ...more,
]

/** Engines whose changes can be taken back. */
const TRANSACTIONAL = new Set(['innodb', 'ndbcluster', 'ndb', 'rocksdb', 'tokudb'])

/** The columns of the target that can be written, or undefined where there is no such table. @throws LogiDataError */
export async function targetColumns(
  client: MysqlClient,
  config: MysqlLoadConfig,
): Promise<readonly TargetColumn[] | undefined> {
  const kinds = await client.query(
    `SELECT TABLE_TYPE, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${here(config.database)} AND TABLE_NAME = ?`,
    values(config, config.table),
  )
  if (kinds.length === 0) return undefined
  if (kinds[0]?.[0]?.includes('VIEW'))
    throw userError('load.target', `“${config.table}” is a view.`, { field: ['table'], hint: 'Load into its table.' })
  const engine = kinds[0]?.[1] ?? ''
  if (config.mode !== 'replace' && !TRANSACTIONAL.has(engine.toLowerCase()))
    throw userError(
      'load.target',
      `“${config.table}” is a table of ${engine || 'no engine'}, which knows no transactions: a load that fails would leave it half changed.`,
      {
        field: ['mode'],
        hint: 'Make it a table of InnoDB, or use replace, which puts a whole new table in its place.',
      },
    )
  const rows = await client.query(
    `SELECT COLUMN_NAME, DATA_TYPE, DATETIME_PRECISION FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = ${here(config.database)} AND TABLE_NAME = ? AND IFNULL(GENERATION_EXPRESSION, '') = '' ORDER BY ORDINAL_POSITION`,
    values(config, config.table),
  )
  return rows.map(([name, dataType, fraction]) => ({
    name: name ?? '',
    dataType: (dataType ?? '').toLowerCase(),
    fraction: Number(fraction ?? 0),
  }))
}

/** @throws LogiDataError where a new table in the place of the old would lose something */
export async function refuseWhatRenamingLoses(client: MysqlClient, config: MysqlLoadConfig): Promise<void> {
  const { database, table } = config
  const found = await client.query(
    `SELECT 'triggers' FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ${here(database)} AND EVENT_OBJECT_TABLE = ?
     UNION SELECT 'foreign keys' FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ${here(database)} AND TABLE_NAME = ? AND REFERENCED_TABLE_NAME IS NOT NULL
     UNION SELECT 'foreign keys' FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_SCHEMA = ${here(database)} AND REFERENCED_TABLE_NAME = ?`,
    [...values(config, table), ...values(config, table), ...values(config, table)],
  )
  if (found.length === 0) return
  throw userError(
    'load.target',
    `“${table}” has ${found.map(([what]) => what).join(' and ')}, which a new table would not have.`,
    {
      field: ['mode'],
      hint: 'Use truncate, which keeps the table.',
    },
  )
}

/** Pairs of columns by name, letter case aside, and what the table lacks. @throws LogiDataError `load.drift` */
export function matched(config: MysqlLoadConfig, columns: readonly Column[], targets: readonly TargetColumn[]) {
  const byName = new Map(targets.map((target) => [target.name.toLowerCase(), target]))
  const missing = columns.filter(({ name }) => !byName.has(name.toLowerCase()))
  const first = missing[0]
  if (first && config.on_drift === 'fail')
    throw userError('load.drift', `The table “${config.table}” has no column “${first.name}”.`, {
      field: ['on_drift'],
      hint: 'Drop the column before, or let the table be adapted or the column be left out.',
      ...didYouMean(
        first.name,
        targets.map(({ name }) => name),
      ),
    })
  const common = columns.flatMap((column) => {
    const target = byName.get(column.name.toLowerCase())
    return target ? [{ column, target }] : []
  })
  if (common.length === 0 && missing.length === columns.length && config.on_drift !== 'adapt')
    throw userError('load.drift', `No column of the input is one of “${config.table}”.`, { field: ['table'] })
  return { common, missing: config.on_drift === 'adapt' ? missing : [] }
}

/** @throws LogiDataError `load.key` for a key that is NULL or comes twice in a staging table */
export async function checkStagedKey(client: MysqlClient, staging: string, key: readonly string[]): Promise<void> {
  const names = key.map(quoteName)
  const absent = await client.query(
    `SELECT 1 FROM ${staging} WHERE ${names.map((name) => `${name} IS NULL`).join(' OR ')} LIMIT 1`,
  )
  if (absent.length > 0)
    throw userError('load.key', `A row has no value in the key (${key.join(', ')}).`, { field: ['key'] })
  const twice = await client.query(
    `SELECT ${names.join(', ')}, COUNT(*) FROM ${staging} GROUP BY ${names.join(', ')} HAVING COUNT(*) > 1 LIMIT 1`,
  )
  if (twice[0])
    throw userError('load.key', `The key ${twice[0].slice(0, -1).join(', ')} comes ${twice[0].at(-1)} times.`, {
      field: ['key'],
      hint: 'Remove the duplicates before, or name more columns.',
    })
}
