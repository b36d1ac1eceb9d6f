import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { LogiDataError, userError } from '../../../shared/errors.ts'
import { openHttp } from '../../connectors/http/client.ts'
import { bindHeader, bindPath } from '../../connectors/http/rows/bind.ts'
import { jsonRows } from '../../connectors/http/sending/json-rows.ts'
import { chained, idempotencyKey, SentLog } from '../../connectors/http/sending/progress.ts'
import type { LoadRequest, LoadResult } from '../../kit/contract.ts'
import type { restLoadDescriptor } from './descriptor.ts'

type Config = z.output<typeof restLoadDescriptor.config>

/** A batch is sent when it has so many characters, whatever its rows. */
const LONGEST_BATCH = 8_000_000

/** Sends what was not acknowledged yet, one batch at a time. @throws LogiDataError */
export async function sendBatches(request: LoadRequest<Config>): Promise<LoadResult> {
  const { config, connection, parameters, files, signal, commit } = request
  if (!connection) throw userError('connection.unknown', 'A connection is needed.', { field: ['connection'] })
  const key = commit?.key ?? randomUUID()
  const log = new SentLog(files.staging, key)
  await log.forgetOld()
  const before = await log.read()
  const client = openHttp(connection, files)
  try {
    const url = client.address(bindPath(config.path, parameters))
    const headers: Record<string, string> = {
      accept: 'application/json',
      'content-type': config.body === 'ndjson' ? 'application/x-ndjson' : 'application/json',
    }
    config.headers?.forEach(({ name, value }, index) => {
      headers[name.toLowerCase()] = bindHeader(value, parameters, ['headers', index, 'value'])
    })
    const named = config.idempotency_header
    let [rows, batches, digest] = [0, 0, '']
    for await (const lines of batchesOf(jsonRows(request), config.batch_rows)) {
      const body = bodyOf(lines, config)
      digest = chained(digest, body)
      const first = rows + 1
      rows += lines.length
      batches++
      if (batches < before.batches) continue
      if (batches === before.batches) {
        if (digest !== before.digest || rows !== before.rows) throw changed()
        continue
      }
      const own = named ? { ...headers, [named.toLowerCase()]: idempotencyKey(key, batches) } : headers
      const call = {
        method: config.method,
        url,
        headers: own,
        body,
        repeatable: named !== '' || config.method === 'PUT',
      }
      await client.send(call, signal).catch((thrown: unknown) => {
        throw inBatch(thrown, batches, first, rows)
      })
      await log.write({ version: 1, key, batches, rows, digest, done: false })
    }
    if (batches < before.batches) throw changed()
    const result = { rows: BigInt(rows), written: [url.origin + url.pathname] }
    await commit?.intend({ kind: 'key' }, result)
    await log.write({ version: 1, key, batches, rows, digest, done: true })
    return result
  } finally {
    client.close()
  }
}

async function* batchesOf(rows: AsyncIterable<string>, most: number): AsyncGenerator<string[]> {
  let lines: string[] = []
  let length = 0
  for await (const row of rows) {
    if (lines.length > 0 && length + row.length > LONGEST_BATCH) {
      yield lines
      lines = []
      length = 0
    }
    lines.push(row)
    length += row.length
    if (lines.length < most) continue
    yield lines
    lines = []
    length = 0
  }
  if (lines.length > 0) yield lines
}

function bodyOf(lines: readonly string[], { body, wrap }: Config): Buffer {
  if (body === 'ndjson') return Buffer.from(`${lines.join('\n')}\n`)
  if (body === 'object') return Buffer.from(lines[0] ?? '{}')
  const array = `[${lines.join(',')}]`
  return Buffer.from(wrap ? `{${JSON.stringify(wrap)}:${array}}` : array)
}

const changed = () =>
  userError(
    'load.rows-changed',
    'The rows are not those of which the first were sent already, so the run cannot go on from there.',
    {
      hint: 'Start a new run; look first at what the API has got.',
    },
  )

function inBatch(thrown: unknown, batch: number, first: number, last: number): unknown {
  if (!(thrown instanceof LogiDataError) || thrown.info.kind === 'cancelled') return thrown
  const { code, kind, message, ...rest } = thrown.info
  const sent =
    batch === 1
      ? 'Nothing was accepted before.'
      : `The ${batch - 1} before ${batch === 2 ? 'it was' : 'were'} accepted.`
  return new LogiDataError(kind, code, `Batch ${batch} (rows ${first} to ${last}): ${message} ${sent}`, {
    ...rest,
    cause: thrown,
  })
}
