import { userError } from '../../../shared/errors.ts'
import { type PostgresClient, quoteName } from '../../connectors/postgres/client.ts'
import {
  checkedExpression,
  checkedQuery,
  numberParameters,
  replaceNumbered,
} from '../../connectors/postgres/sql-text.ts'
import { type ColumnPlan, planColumn, serverValue, typesOf } from '../../connectors/postgres/types.ts'
import type { ParameterValue } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { atField } from '../../kit/fields.ts'
import { isNeeded, type PredicateWriter, type Pushed, predicateText } from '../../kit/pushdown.ts'
import type { PostgresConfig } from './descriptor.ts'
import { comparison } from './pushdown.ts'

type Parameters = ReadonlyMap<string, ParameterValue>

/** What a config asks of a server, described by it. */
export interface Statement {
  /** In the order of the rows. */
  readonly columns: readonly ColumnPlan[]
  /** Everything that can be asked for, by name: what the incremental column is looked up in. */
  readonly all: ReadonlyMap<string, { readonly oid: number; readonly plan: ColumnPlan }>
  /** After FROM, parameters bound; columns are `q.NAME`. */
  readonly from: string
  readonly conditions: readonly string[]
  readonly order: string
  /** Quoted, with its schema, where a table is read. */
  readonly table: string | undefined
}

/** Quoted, with its schema where one is named. */
export const tableName = ({ schema, table = '' }: PostgresConfig): string =>
  schema === undefined ? quoteName(table) : `${quoteName(schema)}.${quoteName(table)}`

/** Binds the parameters in the session, and asks what the config would give. In a transaction. @throws LogiDataError */
export async function describeStatement(
  client: PostgresClient,
  config: PostgresConfig,
  parameters: Parameters,
): Promise<Statement> {
  const isTable = config.read === 'table'
  const table = isTable ? tableName(config) : undefined
  const asked = table ?? atField(['query'], () => checkedQuery(config.query ?? ''))
  const query = table === undefined ? atField(['query'], () => numberParameters(asked)) : { text: asked, names: [] }
  const filter =
    isTable && config.filter !== undefined
      ? atField(['filter'], () => numberParameters(checkedExpression(config.filter ?? ''), query.names))
      : { text: '', names: query.names }
  if (table === undefined) await atFieldLater(['query'], () => client.describe(unwrapped(query.text)))
  const names = filter.names
  const probe = `SELECT q.* FROM ${query.text} AS q${filter.text === '' ? '' : ` WHERE ${filter.text}`}`
  const { columns, parameters: oids } = await atFieldLater(
    filter.text !== '' ? undefined : [isTable ? 'table' : 'query'],
    () => describeOrSay(client, probe, config),
  )
  await bind(client, names, parameters)
  const types = await typesOf(client, [...columns.map(({ dataTypeID }) => dataTypeID), ...oids])
  const dimensions = await dimensionsOf(client, columns)
  const taken = distinctNames(columns.map(({ name }) => name))
  const all = new Map(
    columns.map((column, index) => {
      const name = taken[index] ?? column.name
      const described = {
        name,
        oid: column.dataTypeID,
        modifier: column.dataTypeModifier,
        dimensions: dimensions.get(`${column.tableID}.${column.columnID}`) ?? 0,
      }
      return [name, { oid: column.dataTypeID, plan: planColumn(described, types, config) }] as const
    }),
  )
  const values = await namesOfTypes(client, oids)
  const bound = (text: string) => boundValues(text, values)
  const alias = table === undefined ? `q(${taken.map(quoteName).join(', ')})` : 'q'
  return {
    columns: chosen(config.columns, all),
    all,
    from: `${bound(query.text)} AS ${alias}`,
    conditions: filter.text === '' ? [] : [bound(filter.text)],
    order: isTable ? orderOf(config, all) : '',
    table,
  }
}

export interface CopyOptions {
  /** Besides those of the statement. */
  readonly conditions: readonly string[]
  /** Of a preview. */
  readonly limit: number | undefined
  readonly pushed: Pushed | undefined
}

/** Asks for the rows of a statement, in the bytes of the wire. */
export function copyStatement(statement: Statement, { conditions, limit, pushed }: CopyOptions): string {
  // A NULL is the same few bytes in each type.
  const columns = statement.columns.map((plan, index) =>
    isNeeded(pushed, index) ? serverValue(plan, `q.${quoteName(plan.name)}`) : 'NULL',
  )
  const all = [...statement.conditions, ...conditions]
  const where = all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`
  const end = limit !== undefined ? `${statement.order} LIMIT ${limit}` : firstRows(statement, pushed)
  return `COPY (SELECT ${columns.join(', ')} FROM ${statement.from}${where}${end}) TO STDOUT (FORMAT binary)`
}

function firstRows(statement: Statement, pushed: Pushed | undefined): string {
  if (!pushed?.first) return statement.order
  const { rows, by } = pushed.first
  if (by.length === 0) return `${statement.order} LIMIT ${rows}`
  const keys = by.map(
    ({ column, descending, nullsFirst }) =>
      `${columnAt(statement, column)} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
  )
  return ` ORDER BY ${keys.join(', ')} FETCH FIRST ${rows} ROWS WITH TIES`
}

function columnAt({ columns }: Statement, index: number): string {
  const plan = columns[index]
  if (!plan) throw new TypeError(`no column ${index}`)
  return `q.${quoteName(plan.name)}`
}

/** What is left to the server. */
export function pushedConditions(statement: Statement, pushed: Pushed | undefined): string[] {
  if (!pushed?.where) return []
  const column = (index: number) => columnAt(statement, index)
  const compare: PredicateWriter['compare'] = (index, by, value) => comparison(column(index), by, value)
  return [predicateText(pushed.where, { column, compare })]
}

/** Sets the parameters of a session, where the statement takes them from: COPY itself can be given none. */
export async function bind(client: PostgresClient, names: readonly string[], parameters: Parameters): Promise<void> {
  for (const [index, name] of names.entries()) {
    const parameter = parameters.get(name)
    if (!parameter)
      throw userError('parameter.unknown', `The pipeline has no parameter “${name}”.`, {
        ...didYouMean(name, parameters.keys()),
      })
    await client.query('SELECT set_config($1, $2, true)', [`logidata.p${index + 1}`, parameter.value])
  }
}

/** Names of the parameters, in the order of their numbers. */
export function parameterNames(config: PostgresConfig): readonly string[] {
  const query = config.read === 'query' ? numberParameters(config.query ?? '').names : []
  return config.read === 'table' && config.filter !== undefined ? numberParameters(config.filter, query).names : query
}

const unwrapped = (query: string): string => query.slice(1, -1)

async function describeOrSay(client: PostgresClient, probe: string, config: PostgresConfig) {
  try {
    return await client.describe(probe)
  } catch (thrown) {
    const { info } = thrown as { info?: { code: string } }
    if (info?.code !== 'source.not-found' || config.table === undefined) throw thrown
    // The transaction is broken: only another one can be asked what there is.
    await client.query('ROLLBACK')
    const { rows } = await client.query(
      `SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = coalesce($1, current_schema()) LIMIT 5000`,
      [config.schema ?? null],
    )
    const { table, schema } = config
    const where = schema === undefined ? '' : ` in the schema “${schema}”`
    throw userError('source.not-found', `There is no table or view “${table}”${where}.`, {
      field: ['table'],
      ...didYouMean(
        table,
        rows.map(([name]) => name ?? ''),
      ),
      cause: thrown,
    })
  }
}

/** As `atField`, of what comes later. */
async function atFieldLater<T>(field: readonly (string | number)[] | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (field === undefined) throw thrown
    return atField(field, () => {
      throw thrown
    })
  }
}

/** Dimensions that tables declare for columns of theirs. */
async function dimensionsOf(
  client: PostgresClient,
  columns: readonly { readonly tableID: number; readonly columnID: number }[],
): Promise<Map<string, number>> {
  const tables = [...new Set(columns.map(({ tableID }) => tableID).filter((id) => id > 0))]
  if (tables.length === 0) return new Map()
  const { rows } = await client.query(
    'SELECT attrelid, attnum, attndims FROM pg_catalog.pg_attribute WHERE attrelid = ANY($1::oid[]) AND attndims > 0',
    [`{${tables.join(',')}}`],
  )
  return new Map(rows.map(([table, column, dimensions]) => [`${table}.${column}`, Number(dimensions)]))
}

async function namesOfTypes(client: PostgresClient, oids: readonly number[]): Promise<readonly string[]> {
  if (oids.length === 0) return []
  const { rows } = await client.query(
    'SELECT pg_catalog.format_type(oid, NULL) FROM unnest($1::oid[]) WITH ORDINALITY AS t(oid, at) ORDER BY at',
    [`{${oids.join(',')}}`],
  )
  return rows.map(([name]) => name ?? 'text')
}

/** Each `$1` becomes the value that `bind` has set, in the type that the server wants there. */
function boundValues(text: string, types: readonly string[]): string {
  if (types.length === 0) return text
  return replaceNumbered(
    text,
    (number) => `CAST(pg_catalog.current_setting('logidata.p${number}') AS ${types[number - 1] ?? 'text'})`,
  )
}

function chosen(wanted: readonly string[], all: Statement['all']): ColumnPlan[] {
  if (wanted.length === 0) return [...all.values()].map(({ plan }) => plan)
  return wanted.map((name, index) => requireName(name, all, ['columns', index]).plan)
}

export function requireName(name: string, all: Statement['all'], field: readonly (string | number)[]) {
  const found = all.get(name)
  if (found) return found
  throw userError('column.not-found', `There is no column “${name}”.`, {
    field: [...field],
    ...didYouMean(name, all.keys()),
  })
}

function orderOf({ order_by: keys }: PostgresConfig, all: Statement['all']): string {
  if (keys.length === 0) return ''
  const parts = keys.map(({ column, descending }, index) => {
    requireName(column, all, ['order_by', index, 'column'])
    return `q.${quoteName(column)}${descending ? ' DESC' : ''}`
  })
  return ` ORDER BY ${parts.join(', ')}`
}

function distinctNames(names: readonly string[]): string[] {
  const taken = new Set(names)
  const seen = new Set<string>()
  return names.map((name) => {
    let own = name
    for (let number = 2; seen.has(own); number++) if (!taken.has(`${name}_${number}`)) own = `${name}_${number}`
    seen.add(own)
    taken.add(own)
    return own
  })
}
