import { createHmac, randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { userError } from '../../../shared/errors.ts'
import { openHttp } from '../../connectors/http/client.ts'
import { bindHeader, bindPath } from '../../connectors/http/rows/bind.ts'
import { jsonRows } from '../../connectors/http/sending/json-rows.ts'
import { chained, idempotencyKey, SentLog } from '../../connectors/http/sending/progress.ts'
import type { LoadRequest, LoadResult } from '../../kit/contract.ts'
import { sql } from '../../kit/sql.ts'
import type { webhookLoadDescriptor } from './descriptor.ts'

type Config = z.output<typeof webhookLoadDescriptor.config>

/** Makes one call, unless this run has made it. @throws LogiDataError */
export async function callWebhook(request: LoadRequest<Config>): Promise<LoadResult> {
  const { config, connection, parameters, files, session, signal, commit, input, nodeId } = request
  if (!connection) throw userError('connection.unknown', 'A connection is needed.', { field: ['connection'] })
  const key = commit?.key ?? randomUUID()
  const log = new SentLog(files.staging, key)
  await log.forgetOld()
  const lines: string[] = []
  let rows = 0n
  if (config.send === 'rows') {
    for await (const line of jsonRows(request)) {
      if (lines.length >= config.max_rows)
        throw userError('webhook.too-many-rows', `There are more than ${config.max_rows} rows; nothing was sent.`, {
          field: ['max_rows'],
          hint: 'Send how many there are, allow more, or use load.rest, which sends batches.',
        })
      lines.push(line)
    }
    rows = BigInt(lines.length)
  } else rows = BigInt((await session.query(sql`SELECT count(*) FROM ${input.name}`)).rows[0]?.[0] ?? 0)
  const client = openHttp(connection, files)
  try {
    const url = client.address(bindPath(config.path, parameters))
    const result = { rows, written: [url.origin + url.pathname] }
    const before = await log.read()
    if (before.batches > 0 || (config.skip_empty && rows === 0n)) return result
    const id = idempotencyKey(key, 1)
    const columns = input.columns.map(({ name, type }) => ({ name, type }))
    const head = JSON.stringify({ id, run: key.split('/')[0], step: nodeId, rows: Number(rows), columns })
    const body = Buffer.from(config.send === 'rows' ? `${head.slice(0, -1)},"data":[${lines.join(',')}]}` : head)
    const headers: Record<string, string> = { 'content-type': 'application/json', 'idempotency-key': id }
    config.headers?.forEach(({ name, value }, index) => {
      headers[name.toLowerCase()] = bindHeader(value, parameters, ['headers', index, 'value'])
    })
    const secret = connection.secrets['signing_secret']
    if (secret !== undefined)
      headers['x-logidata-signature'] = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
    await client.send({ method: 'POST', url, headers, body, repeatable: true }, signal)
    const sent = { version: 1 as const, key, batches: 1, rows: Number(rows), digest: chained('', body) }
    await log.write({ ...sent, done: false })
    await commit?.intend({ kind: 'key' }, result)
    await log.write({ ...sent, done: true })
    return result
  } finally {
    client.close()
  }
}
