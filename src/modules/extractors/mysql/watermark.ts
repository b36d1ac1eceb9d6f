import { userError } from '../../../shared/errors.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import type { MysqlClient } from '../../connectors/mysql/client.ts'
import type { WireColumn } from '../../connectors/mysql/driver.ts'
import { quoteName, tableName } from '../../connectors/mysql/names.ts'
import { type BoundText, bindParameters } from '../../connectors/mysql/parameters.ts'
import type { ReadRequest } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import type { MysqlExtractConfig } from './descriptor.ts'

export interface Watermark {
  readonly condition: BoundText
  /** The greatest value so far, as the server writes it; null: none yet. */
  readonly bound: string | null
}

const CASTS: Readonly<Record<number, string>> = {
  0: 'DECIMAL(65,30)',
  246: 'DECIMAL(65,30)',
  10: 'DATE',
  12: 'DATETIME(6)',
  7: 'DATETIME(6)',
}
const WHOLE = new Set([1, 2, 3, 8, 9, 0x0d])
const UNSIGNED = 32

/** How values of a column are compared, or undefined where they do not grow. */
function castOf({ columnType, flags }: WireColumn): string | undefined {
  if (WHOLE.has(columnType)) return (flags & UNSIGNED) === 0 ? 'SIGNED' : 'UNSIGNED'
  return CASTS[columnType]
}

/** @throws LogiDataError for a column that is not there or does not grow */
export function checkWatermark(column: string, wires: readonly WireColumn[]): { readonly cast: string } {
  const wire = wires.find(({ name }) => name.toLowerCase() === column.toLowerCase())
  const field = ['incremental', 'column']
  if (!wire)
    throw userError('column.not-found', `There is no column “${column}” to tell what is new.`, {
      field,
      ...didYouMean(
        column,
        wires.map(({ name }) => name),
      ),
    })
  const cast = castOf(wire)
  if (cast !== undefined) return { cast }
  throw userError(
    'source.watermark',
    `The column “${column}” is neither a whole or decimal number nor a date or time.`,
    {
      field,
      hint: 'Choose one that grows with each new or changed row, such as updated_at or the key.',
    },
  )
}

interface State {
  readonly table: string
  readonly column: string
  readonly value: string | null
}

const isState = (state: JsonValue): state is JsonValue & State =>
  typeof state === 'object' && state !== null && 'table' in state && 'column' in state && 'value' in state

const nameOf = ({ table = '', database }: MysqlExtractConfig) => tableName({ table, database })

/** What is new since the last state, and how far it goes: asked for in the state in which the rows are read. @throws LogiDataError */
export async function watermarkOf(
  client: MysqlClient,
  { config, parameters, state }: ReadRequest<MysqlExtractConfig>,
): Promise<Watermark> {
  const { column = '', overlap = 0 } = config.incremental ?? {}
  const wires = await client.describe(`SELECT * FROM ${nameOf(config)}`)
  const { cast } = checkWatermark(column, wires)
  const last = lastValue(config, state)
  const name = quoteName(column)
  const filter = config.filter === undefined ? undefined : bindParameters(config.filter, parameters, ['filter'])
  const where = filter ? ` WHERE (${filter.text}\n)` : ''
  const asked = await client.query(
    `SELECT CAST(MAX(${name}) AS CHAR), MAX(${name}) >= CAST(${last === null ? 'NULL' : '?'} AS ${cast}) FROM ${nameOf(config)}${where}`,
    [...(last === null ? [] : [last]), ...(filter?.values ?? [])],
  )
  const [greatest = null, grown] = asked[0] ?? []
  if (last === null)
    return {
      bound: greatest,
      condition:
        greatest === null
          ? { text: 'TRUE', values: [] }
          : { text: `${name} <= CAST(? AS ${cast}) OR ${name} IS NULL`, values: [greatest] },
    }
  // Rows may have been deleted: what was read stays read.
  const bound = greatest !== null && grown === '1' ? greatest : last
  const from = overlap === 0 ? `${name} > CAST(? AS ${cast})` : `${name} >= ${below(cast, overlap)}`
  return { bound, condition: { text: `${from} AND ${name} <= CAST(? AS ${cast})`, values: [last, bound] } }
}

function below(cast: string, overlap: number): string {
  if (cast === 'DATE') return `CAST(? AS DATE) - INTERVAL ${Math.ceil(overlap)} DAY`
  if (cast === 'DATETIME(6)') return `CAST(? AS DATETIME(6)) - INTERVAL ${Math.round(overlap * 1e6)} MICROSECOND`
  // Below zero there is nothing in an unsigned number, where subtracting would be an error.
  return `CAST(? AS DECIMAL(65,30)) - ${overlap}`
}

function lastValue(config: MysqlExtractConfig, state: JsonValue | undefined): string | null {
  if (state === undefined) return null
  if (isState(state) && state.table === nameOf(config) && state.column === config.incremental?.column)
    return state.value
  throw userError('cursor.other', 'What the last run remembered belongs to another table or column.', {
    field: ['incremental'],
    hint: 'Reset it, to read everything once more.',
  })
}

/** What the next run goes on from. */
export const boundOf = (config: MysqlExtractConfig, { bound }: Watermark): JsonValue => ({
  table: nameOf(config),
  column: config.incremental?.column ?? '',
  value: bound,
})
