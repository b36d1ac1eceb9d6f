import { AsyncLocalStorage } from 'node:async_hooks'
import type { DuckDBConnection } from '@duckdb/node-api'
import { literal } from '../modules/kit/sql.ts'
import { userError } from '../shared/errors.ts'

// DuckDB has no setting for the time. But a function is looked up in a connection's own temporary schema before the system's, also
// where SQL writes it without parentheses (current_date), so that macros of these names there stop the clock of that connection alone.
// What names the system's schema (system.main.now()) and uuidv7() still see the real time.

const clock = new AsyncLocalStorage<string>()
const clocks = new WeakMap<DuckDBConnection, string>()

/**
 * Runs `work` with the clock stopped at `now`, for all that it asks DuckDB and for code in steps. Undefined: the real time.
 * @throws LogiDataError `clock.invalid`
 */
export async function withFrozenClock<T>(now: string | undefined, work: () => Promise<T>): Promise<T> {
  return now === undefined ? work() : clock.run(instantOf(now), work)
}

/** The time at which the clock is stopped here, ISO 8601 in UTC; undefined where it goes. */
export const frozenNow = (): string | undefined => clock.getStore()

/** Sets the clock of a connection that is lent now to what whoever asks for it sees. */
export async function setClock(connection: DuckDBConnection): Promise<void> {
  const wanted = frozenNow()
  const has = clocks.get(connection)
  if (wanted === has) return
  clocks.delete(connection)
  await connection.run(wanted === undefined ? DROP : createText(wanted))
  if (wanted !== undefined) clocks.set(connection, wanted)
}

function instantOf(text: string): string {
  const exact = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[-+]\d{2}:\d{2}))?$/.exec(text)
  const milliseconds = Date.parse(text.replace(' ', 'T'))
  if (!exact || Number.isNaN(milliseconds))
    throw userError('clock.invalid', `“${text}” is no time to stop the clock at.`, {
      hint: 'Write a day, or a time with its zone such as 2024-06-30T12:00:00Z.',
    })
  // JavaScript keeps milliseconds; DuckDB keeps microseconds.
  const fraction = (exact[4] ?? '').padEnd(6, '0')
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${fraction}Z`
}

/** Name -> what it gives, in UTC, as the sessions are. */
function macros(now: string): Record<string, string> {
  const [day = '', time = ''] = now.slice(0, -1).split('T')
  const instant = `CAST(${literal(now)} AS TIMESTAMPTZ)`
  return {
    now: instant,
    get_current_timestamp: instant,
    transaction_timestamp: instant,
    current_date: `CAST(${literal(day)} AS DATE)`,
    today: `CAST(${literal(day)} AS DATE)`,
    get_current_time: `CAST(${literal(`${time}+00`)} AS TIMETZ)`,
    current_localtime: `CAST(${literal(time)} AS TIME)`,
    current_localtimestamp: `CAST(${literal(`${day} ${time}`)} AS TIMESTAMP)`,
  }
}

const NAMES = [...Object.keys(macros('')), 'age']
const DROP = NAMES.map((name) => `DROP MACRO IF EXISTS temp.main.${name}`).join(';')

function createText(now: string): string {
  const plain = Object.entries(macros(now)).map(([name, value]) => `CREATE OR REPLACE TEMP MACRO ${name}() AS ${value}`)
  // With one argument it counts from today.
  const midnight = `CAST(${literal(now.slice(0, 10))} AS TIMESTAMP)`
  const age = `CREATE OR REPLACE TEMP MACRO age(since) AS system.main.age(${midnight}, CAST(since AS TIMESTAMP)), (until, since) AS system.main.age(until, since)`
  return [...plain, age].join(';')
}
