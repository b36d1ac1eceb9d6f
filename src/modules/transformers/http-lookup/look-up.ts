import type { Cell, Column } from '../../../shared/engine/types.ts'
import { fromErrorInfo, LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import { type HttpClient, openHttp } from '../../connectors/http/client.ts'
import type { Values } from '../../connectors/http/rows/bind.ts'
import type { CellValue, ProcessRequest } from '../../kit/contract.ts'
import { passOn } from '../../kit/pass-on.ts'
import { columnType } from '../../kit/types.ts'
import { type Found, readAnswer } from './answer.ts'
import { AnswerCache } from './cache.ts'
import type { HttpLookupConfig } from './descriptor.ts'
import { callOf, keyPlaces, valueType } from './request.ts'

/** What is known of a key; an error is one of this key only. */
type Outcome = { readonly found: Found } | { readonly failed: LogiDataError }

const KEPT_IN_MEMORY = 100_000
const PREVIEW_HOURS = 24
const HOUR_MS = 3_600_000

/** Asks about the keys of one batch of rows after the other, and writes the rows with what was found. @throws LogiDataError */
export async function lookUpRows(request: ProcessRequest<HttpLookupConfig>, made: readonly Column[]): Promise<void> {
  const { config, connection, files, inputs, rows, write, sampled, offline, signal } = request
  if (!connection) throw userError('connection.unknown', 'A connection is needed.', { field: ['connection'] })
  const given = inputs.get('in') ?? []
  const types = given.map(({ type }) => columnType(type))
  const madeTypes = made.map(({ type }) => columnType(type))
  const places = keyPlaces(request)
  const keep = config.cache === 'disk' || sampled === true
  const { path, query, method, body, headers, result_path, several, columns } = config
  const named = places.map((place) => given[place]?.name)
  const identity = [connection.settings, named, path, query, method, body, headers, result_path, several, columns]
  const fixed = [...request.parameters].map(([name, { type, value }]) => [name, type, value])
  const cache = keep || offline ? await AnswerCache.open(files.staging, [identity, fixed]) : undefined
  const known = new Map<string, Outcome>()
  const client = openHttp(connection, files)
  const look = new LookUp(request, made, places, client, cache)
  try {
    for await (const batch of rows('in')) {
      const keys = batch.map((row) => keyOf(row, places))
      const outcomes = await look.outcomes(keys, batch, known)
      const out: CellValue[][] = []
      const rejected: CellValue[][] = []
      batch.forEach((row, index) => {
        const past = row.map((cell, place) => passOn(cell, types[place] ?? TEXT))
        const key = keys[index]
        const outcome = key === undefined ? { found: [] } : outcomes.get(key)
        if (!outcome) throw new TypeError('every key was asked for')
        const reason = reasonOf(outcome)
        if (reason === undefined && 'found' in outcome) {
          for (const cells of outcome.found)
            out.push([...past, ...cells.map((cell, place) => passOn(cell, madeTypes[place] ?? TEXT))])
          return
        }
        const choice = 'failed' in outcome ? config.on_error : config.on_missing
        if (choice === 'null') out.push([...past, ...made.map(() => null)])
        else if (choice === 'reject') rejected.push([...past, reason ?? ''])
        else throw failure(outcome, describe(row, given, places))
      })
      await write('out', out)
      await write('reject', rejected)
    }
  } finally {
    client.close()
    // What was found is found, also where a later row failed.
    if (!signal.aborted && keep) await cache?.save()
  }
}

const TEXT = columnType('VARCHAR')

/** @returns undefined where a value is NULL: then nothing is asked */
function keyOf(row: readonly Cell[], places: readonly number[]): string | undefined {
  const cells = places.map((place) => row[place] ?? null)
  return cells.includes(null) ? undefined : JSON.stringify(cells)
}

function reasonOf(outcome: Outcome): string | undefined {
  if ('failed' in outcome) return outcome.failed.info.message
  return outcome.found.length === 0 ? 'the API knows nothing of it' : undefined
}

const describe = (row: readonly Cell[], given: readonly Column[], places: readonly number[]): string =>
  places.map((place) => `${given[place]?.name} = ${(row[place] ?? 'NULL').slice(0, 60)}`).join(', ')

function failure(outcome: Outcome, key: string): LogiDataError {
  if ('failed' in outcome)
    return fromErrorInfo({ ...outcome.failed.info, message: `The row with ${key}: ${outcome.failed.info.message}` })
  return userError('lookup.missing', `The API knows nothing of the row with ${key}.`, {
    field: ['on_missing'],
    hint: 'Send such rows to the reject port, or let them have NULL.',
  })
}

class LookUp {
  readonly #request: ProcessRequest<HttpLookupConfig>
  readonly #made: readonly Column[]
  readonly #places: readonly number[]
  readonly #client: HttpClient
  readonly #cache: AnswerCache | undefined
  readonly #oldest: number

  constructor(
    request: ProcessRequest<HttpLookupConfig>,
    made: readonly Column[],
    places: readonly number[],
    client: HttpClient,
    cache: AnswerCache | undefined,
  ) {
    this.#request = request
    this.#made = made
    this.#places = places
    this.#client = client
    this.#cache = cache
    const { cache: kind, cache_hours: hours } = request.config
    this.#oldest = request.offline ? 0 : Date.now() - (kind === 'disk' ? hours : PREVIEW_HOURS) * HOUR_MS
  }

  /** What there is of the keys of a batch: known, kept, or asked for now, as many at once as the connection allows. */
  async outcomes(
    keys: readonly (string | undefined)[],
    rows: readonly (readonly Cell[])[],
    known: Map<string, Outcome>,
  ): Promise<ReadonlyMap<string, Outcome>> {
    const outcomes = new Map<string, Outcome>()
    const asking: Promise<void>[] = []
    const ending = new AbortController()
    const signal = AbortSignal.any([this.#request.signal, ending.signal])
    const met = new Set<string>()
    keys.forEach((key, index) => {
      if (key === undefined || met.has(key)) return
      met.add(key)
      const before = known.get(key)
      if (before) outcomes.set(key, before)
      else
        asking.push(
          this.#outcome(key, rows[index] ?? [], signal).then((outcome) => {
            outcomes.set(key, outcome)
          }),
        )
    })
    try {
      await Promise.all(asking)
    } catch (thrown) {
      ending.abort()
      await Promise.allSettled(asking)
      throw thrown
    }
    for (const [key, outcome] of outcomes) known.set(key, outcome)
    for (const oldest of known.keys()) {
      if (known.size <= KEPT_IN_MEMORY) break
      known.delete(oldest)
    }
    return outcomes
  }

  async #outcome(key: string, row: readonly Cell[], signal: AbortSignal): Promise<Outcome> {
    const { config, offline, sampled } = this.#request
    const kept = this.#cache?.get(key, this.#oldest)
    if (kept) return { found: kept }
    if (offline)
      throw operationalError('lookup.offline', 'No answer was kept for some of the rows.', {
        hint: 'Keep answers on this computer, and run the pipeline once while the API can be reached.',
      })
    try {
      const call = callOf(config, this.#client, this.#values(row))
      const found = readAnswer(await this.#client.send(call, signal), config, this.#made)
      this.#cache?.put(key, found)
      return { found }
    } catch (thrown) {
      if (!(thrown instanceof LogiDataError) || thrown.info.kind === 'cancelled') throw thrown
      if (thrown.info.code === 'source.not-found') {
        this.#cache?.put(key, [])
        return { found: [] }
      }
      const stale = sampled ? this.#cache?.get(key, 0) : undefined
      if (stale && UNREACHABLE.has(thrown.info.code)) return { found: stale }
      if (OF_ALL_ROWS.has(thrown.info.code)) throw thrown
      return { failed: thrown }
    }
  }

  #values(row: readonly Cell[]): Values {
    const given = this.#request.inputs.get('in') ?? []
    const values = new Map<string, { readonly type: string; readonly value: string }>(this.#request.parameters)
    for (const place of this.#places) {
      const column = given[place]
      if (column) values.set(column.name, { type: valueType(column.type), value: row[place] ?? '' })
    }
    return values
  }
}

const UNREACHABLE = new Set(['connection.refused', 'connection.name', 'connection.timeout', 'connection.lost'])
/** Would be the same for every other row. */
const OF_ALL_ROWS = new Set([
  'connection.refused',
  'connection.name',
  'connection.tls',
  'connection.login',
  'connection.no-secret',
  'connection.invalid',
])
