import { z } from 'zod'
import { userError } from '../../../shared/errors.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { type PostgresClient, quoteName } from '../../connectors/postgres/client.ts'
import type { PostgresConfig } from './descriptor.ts'
import { requireName, type Statement } from './statement.ts'

/** How far the run before has read: the value in the server's own text, so that it is compared with all of its digits. */
const stateSchema = z.object({ version: z.literal(1), column: z.string(), type: z.string(), value: z.string() })
type State = z.output<typeof stateSchema>

export interface Watermark {
  readonly conditions: readonly string[]
  readonly state: JsonValue | undefined
  /** There can be no rows. */
  readonly nothing: boolean
}

/** Of times the overlap is an interval; of numbers it is one of them. */
const TIMES = new Set(['date', 'timestamp without time zone', 'timestamp with time zone'])
const NUMBERS = new Set(['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'])
const OTHERS = new Set(['text', 'character varying', 'character', 'pg_lsn', 'xid8', 'oid'])

/** The bounds of what a run reads, in the transaction that reads it. @throws LogiDataError */
export async function watermarkOf(
  client: PostgresClient,
  config: PostgresConfig,
  statement: Statement,
  given: JsonValue | undefined,
): Promise<Watermark> {
  const { incremental } = config
  if (!incremental) return { conditions: [], state: undefined, nothing: false }
  const field = ['incremental', 'column']
  const { oid } = requireName(incremental.column, statement.all, field)
  const type = (await client.query('SELECT pg_catalog.format_type($1::oid, NULL)', [String(oid)])).rows[0]?.[0] ?? ''
  if (!TIMES.has(type) && !NUMBERS.has(type) && !OTHERS.has(type))
    throw userError('incremental.type', `“${incremental.column}” is a ${type}, which does not grow.`, {
      field,
      hint: 'Choose a column of times or numbers.',
    })
  const column = `q.${quoteName(incremental.column)}`
  const last = stateOf(given, incremental.column, type)
  const value = (name: string) => `CAST(pg_catalog.current_setting('logidata.${name}') AS ${type})`
  await client.query("SELECT set_config('logidata.last', $1, true), set_config('logidata.overlap', $2, true)", [
    last?.value ?? '',
    incremental.overlap ?? '',
  ])
  const from = last === undefined ? [] : [`${column} > ${lower(value('last'), type, incremental.overlap)}`]
  const where = [...statement.conditions, ...(last === undefined ? [] : [`${column} > ${value('last')}`])]
  const most = await client.query(
    `SELECT max(${column})::text FROM ${statement.from}${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`}`,
  )
  const max = most.rows[0]?.[0] ?? last?.value
  if (max === undefined) return { conditions: [], state: undefined, nothing: true }
  if (/^-?infinity$|^nan$/i.test(max) && !OTHERS.has(type))
    throw userError('incremental.infinite', `“${incremental.column}” holds ${max}: nothing can ever be above it.`, {
      field,
      hint: 'Leave such rows out by a condition.',
    })
  await setMax(client, max)
  return {
    conditions: [...from, `${column} <= ${value('most')}`],
    state: { version: 1, column: incremental.column, type, value: max } satisfies State,
    nothing: false,
  }
}

const setMax = (client: PostgresClient, max: string) =>
  client.query("SELECT set_config('logidata.most', $1, true)", [max])

/** For the other sessions of a read. */
export async function shareBounds(client: PostgresClient, from: PostgresClient): Promise<void> {
  const names = ['last', 'overlap', 'most']
  const { rows } = await from.query(
    `SELECT ${names.map((name) => `coalesce(current_setting('logidata.${name}', true), '')`).join(', ')}`,
  )
  await client.query(
    `SELECT ${names.map((name, index) => `set_config('logidata.${name}', $${index + 1}, true)`).join(', ')}`,
    rows[0]?.map((value) => value ?? '') ?? [],
  )
}

function lower(last: string, type: string, overlap: string | undefined): string {
  if (overlap === undefined) return last
  const setting = "pg_catalog.current_setting('logidata.overlap')"
  if (TIMES.has(type)) return `${last} - CAST(${setting} AS interval)`
  if (NUMBERS.has(type)) return `${last} - CAST(${setting} AS ${type})`
  throw userError('incremental.overlap', `There is no overlap of a ${type}.`, {
    field: ['incremental', 'overlap'],
    hint: 'Leave it out, or choose a column of times or numbers.',
  })
}

function stateOf(given: JsonValue | undefined, column: string, type: string): State | undefined {
  if (given === undefined) return undefined
  const { data } = stateSchema.safeParse(given)
  if (data?.column === column && data.type === type) return data
  throw userError(
    'incremental.other',
    `What was read before went by ${data ? `“${data.column}” (${data.type})` : 'something else'}, not by “${column}” (${type}).`,
    { field: ['incremental', 'column'], hint: 'Forget where the runs before ended, to read everything again.' },
  )
}
