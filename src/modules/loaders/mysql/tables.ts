import { createHash } from 'node:crypto'
import { userError } from '../../../shared/errors.ts'
import type { MysqlClient } from '../../connectors/mysql/client.ts'
import { quoteName } from '../../connectors/mysql/names.ts'
import type { LoadRequest } from '../../kit/contract.ts'
import { refuseAbsent } from '../../kit/tables/absent.ts'
import { AT, canBeAdded, GONE, ownColumns, steeringName } from '../../kit/tables/own-columns.ts'
import { type LoadedColumn, loadedColumn, typeFor } from './columns.ts'
import type { MysqlLoadConfig } from './descriptor.ts'
import { matched, type Names, targetColumns } from './target.ts'

type Request = LoadRequest<MysqlLoadConfig>

/** Which columns go where. */
export interface Plan {
  /** There is such a table. */
  readonly exists: boolean
  /** What is written into the staging table, in this order. */
  readonly loaded: readonly LoadedColumn[]
  /** Columns of the target that are loaded. */
  readonly common: readonly string[]
  /** The server numbers rows as they come, where it fills columns of its own. */
  readonly ordered: boolean
  /** That the target gets. */
  readonly added: readonly { readonly name: string; readonly type: string }[]
}

const OWN_TYPES = {
  instant: 'DATETIME(6) NOT NULL',
  'instant?': 'DATETIME(6) NULL',
  boolean: 'TINYINT(1) NOT NULL',
  flag: 'TINYINT(1) NOT NULL DEFAULT 0',
} as const

const STEERING_TYPES = { [GONE]: 'TINYINT(1)', [AT]: 'DATETIME(6)' } as const

const inKey = ({ key }: MysqlLoadConfig, name: string) => key.some((one) => one.toLowerCase() === name.toLowerCase())

/** @throws LogiDataError `load.drift`, `load.type` */
export async function planOf(client: MysqlClient, { config, input }: Request): Promise<Plan> {
  const columns = input.columns.filter(({ name }) => steeringName(config, name) === undefined)
  const steering = input.columns.flatMap((column) => {
    const staged = steeringName(config, column.name)
    return staged === undefined ? [] : [loadedColumn(column, madeTarget(staged, STEERING_TYPES[staged]))]
  })
  const targets = await targetColumns(client, config)
  if (!targets) {
    refuseAbsent(config)
    const loaded = columns.map((column) =>
      loadedColumn(column, madeTarget(column.name, typeFor(column, inKey(config, column.name)))),
    )
    return { exists: false, loaded: [...loaded, ...steering], common: [], ordered: false, added: [] }
  }
  const { common, missing } = matched(config, columns, targets)
  const fresh = missing.map((column) => ({ column, name: column.name, type: typeFor(column, false) }))
  const loaded = [
    ...common.map(({ column, target }) => loadedColumn(column, target)),
    ...fresh.map(({ column, name, type }) => loadedColumn(column, madeTarget(name, type))),
    ...steering,
  ]
  const own = ownColumns(config).filter(
    ({ name }) => !targets.some((target) => target.name.toLowerCase() === name.toLowerCase()),
  )
  for (const { name, kind } of own)
    if (!canBeAdded(kind) || config.mode === 'history' || config.on_drift !== 'adapt')
      throw userError(
        'load.drift',
        `The table “${config.table}” has no column “${name}”, which the mode ${config.mode} needs.`,
        {
          field: ['mode'],
          hint: 'Add it to the table, name another one, or let the load make the table.',
        },
      )
  return {
    exists: true,
    loaded,
    common: common.map(({ target: { name } }) => name),
    ordered: targets.length > common.length,
    added: [
      ...fresh.map(({ name, type }) => ({ name, type })),
      ...own.map(({ name, kind }) => ({ name, type: OWN_TYPES[kind] })),
    ],
  }
}

/** A column as the server would describe it. @example `DATETIME(3)`, `TINYINT UNSIGNED` */
function madeTarget(name: string, type: string) {
  const [, word = '', digits] = /^(\w+)(?:\((\d+))?/.exec(type) ?? []
  return { name, dataType: word.toLowerCase(), fraction: Number(digits ?? 0) }
}

interface Staging {
  /** It becomes the target. */
  readonly renames: boolean
  /** Nobody else sees it. */
  readonly temporary?: boolean
  /** The moment of the load. */
  readonly now: string
}

/** The table that rows are written into first. */
export async function makeStaging(
  client: MysqlClient,
  request: Request,
  { staging, target }: Names,
  plan: Plan,
  { renames, temporary = false, now }: Staging,
): Promise<void> {
  const make = temporary ? 'CREATE TEMPORARY TABLE' : 'CREATE TABLE'
  if (!plan.exists)
    await client.execute(
      `${make} ${staging} (${linesOf(request, now).join(', ')}) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`,
    )
  else if (renames) await client.execute(`${make} ${staging} LIKE ${target}`)
  else {
    const names = plan.common.map(quoteName)
    await client.execute(
      `${make} ${staging} ENGINE = InnoDB AS SELECT ${names.join(', ') || '1 AS logidata'} FROM ${target} LIMIT 0`,
    )
    await addColumns(client, staging, plan)
  }
  if (plan.exists && renames) await addColumns(client, staging, plan)
  for (const name of [GONE, AT] as const)
    if (plan.loaded.some((column) => column.name === name))
      await client.execute(`ALTER TABLE ${staging} ADD COLUMN ${quoteName(name)} ${STEERING_TYPES[name]} NULL`)
}

/** What a new table is made of. Its own columns have defaults until its rows are there. */
function linesOf({ config, input }: Request, now: string): string[] {
  const columns = input.columns.filter(({ name }) => steeringName(config, name) === undefined)
  const lines = columns.map(
    (column) =>
      `${quoteName(column.name)} ${typeFor(column, isIndexed(config, column.name))}${inKey(config, column.name) ? ' NOT NULL' : ' NULL'}`,
  )
  for (const { name, kind } of ownColumns(config)) {
    const standard = kind === 'instant' ? ` DEFAULT ${now}` : kind === 'boolean' ? ' DEFAULT 1' : ''
    lines.push(`${quoteName(name)} ${OWN_TYPES[kind]}${standard}`)
  }
  if (config.key.length > 0) {
    const key = [...config.key, ...(config.mode === 'history' ? [config.from_column] : [])]
    lines.push(`PRIMARY KEY (${key.map(quoteName).join(', ')})`)
  }
  for (const { columns: some, unique } of config.indexes) {
    const names = some.map(quoteName).join(', ')
    const name = quoteName(
      `${config.table.slice(0, 40)}_${createHash('sha256').update(names).digest('hex').slice(0, 8)}_idx`,
    )
    lines.push(`${unique ? 'UNIQUE ' : ''}KEY ${name} (${names})`)
  }
  return lines
}

/** Texts in an index have a length that indexes take. */
const isIndexed = (config: MysqlLoadConfig, name: string): boolean =>
  inKey(config, name) ||
  config.indexes.some(({ columns }) => columns.some((one) => one.toLowerCase() === name.toLowerCase()))

/** Takes away what a new table needed only while it was filled. */
export async function finishTable(client: MysqlClient, { config }: Request, { staging }: Names): Promise<void> {
  if (config.mode === 'merge') {
    await client.execute(`DELETE FROM ${staging} WHERE COALESCE(${quoteName(GONE)}, FALSE)`)
    await client.execute(`ALTER TABLE ${staging} DROP COLUMN ${quoteName(GONE)}`)
  }
  if (config.mode === 'history' && config.effective_column !== undefined) {
    await client.execute(`UPDATE ${staging} SET ${quoteName(config.from_column)} = ${quoteName(AT)}`)
    await client.execute(`ALTER TABLE ${staging} DROP COLUMN ${quoteName(AT)}`)
  }
  for (const { name, kind } of ownColumns(config))
    if (!canBeAdded(kind)) await client.execute(`ALTER TABLE ${staging} ALTER COLUMN ${quoteName(name)} DROP DEFAULT`)
}

/** Adds what the input has more, where that is wanted. */
export async function addColumns(client: MysqlClient, table: string, { added }: Plan): Promise<void> {
  for (const { name, type } of added) await client.execute(`ALTER TABLE ${table} ADD COLUMN ${quoteName(name)} ${type}`)
}

/** Takes back what `addColumns` did, where the rows did not come after all. */
export async function dropAdded(client: MysqlClient, table: string, { added }: Plan): Promise<void> {
  for (const { name } of added) await client.execute(`ALTER TABLE ${table} DROP COLUMN ${quoteName(name)}`)
}
