import { createHmac } from 'node:crypto'
import { request as http } from 'node:http'
import { request as https } from 'node:https'
import { operationalError } from '../../shared/errors.ts'
import { resolveOutside } from './address-guard.ts'
import type { Message } from './message.ts'

const TIMEOUT_MS = 15_000

export interface WebhookTarget {
  readonly url: string
  readonly secret?: string | undefined
}

/**
 * Posts a message as JSON. Redirects are not followed: they could lead anywhere.
 * @throws LogiDataError `network.*`, `webhook.refused`, `webhook.failed`
 */
export async function postWebhook(
  target: WebhookTarget,
  message: Message,
  granted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(target.url)
  const { address, family } = await resolveOutside(url.hostname, granted)
  const { kind, schedule, pipeline, name, runId, nodeId, due, message: reason, hint } = message.notice
  const body = Buffer.from(
    JSON.stringify({
      id: message.id,
      at: message.at,
      kind,
      project: message.project,
      pipeline,
      name,
      schedule,
      run_id: runId,
      due,
      message: reason,
      hint,
      step: nodeId,
      // What chat services show.
      text: `${message.subject}\n${message.text}`,
    }),
  )
  const signature =
    target.secret === undefined ? undefined : createHmac('sha256', target.secret).update(body).digest('hex')
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    'User-Agent': 'LogiData-Studio',
    'Idempotency-Key': message.id,
    ...(signature === undefined ? {} : { 'X-LogiData-Signature': `sha256=${signature}` }),
  }
  const send = url.protocol === 'https:' ? https : http
  const status = await new Promise<number>((resolve, reject) => {
    const sending = send(
      url,
      {
        method: 'POST',
        headers,
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        // The address that was checked, whatever the name leads to now.
        lookup: (_host, options, done) =>
          options.all ? done(null, [{ address, family }]) : done(null, address, family),
      },
      (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode ?? 0))
        answer.on('error', reject)
      },
    )
    sending.on('error', reject)
    sending.end(body)
  }).catch((cause: unknown) => {
    throw operationalError('webhook.failed', `${url.host} could not be reached.`, { cause })
  })
  if (status < 200 || status > 299)
    throw operationalError('webhook.refused', `${url.host} answered ${status} to a notification.`, {
      ...(status >= 300 && status < 400 ? { hint: 'Write the address that it redirects to.' } : {}),
    })
}
