import { basename } from 'node:path'
import { userError } from '../../shared/errors.ts'
import { type Channel, DEFAULTS, type Schedules } from '../../shared/schedules/document.ts'
import { PIPELINE_SUFFIX } from '../projects/list-pipelines.ts'
import type { Clock, Notice } from '../schedules/scheduler.ts'
import { sendEmail } from './email.ts'
import { type Message, messageOf } from './message.ts'
import { type Deliveries, type Delivery, Outbox } from './outbox.ts'
import { postWebhook } from './webhook.ts'

export interface NotifierOptions {
  /** As people call the project. */
  readonly project: string
  readonly deliveries: Deliveries
  readonly clock: Clock
  /** A variable that the person granted; undefined for any other. */
  readonly variable: (name: string) => string | undefined
  /** Internal hosts that webhooks may reach. */
  readonly allowedHosts: ReadonlySet<string>
  readonly desktop: (message: Message) => void
  readonly log: (message: string) => void
}

const ENVIRONMENT = /^\$\{env:([A-Za-z_]\w*)\}$/

/** Tells people of runs, by the channels that `schedules.yaml` names. */
export class Notifier {
  readonly #options: NotifierOptions
  readonly #outbox: Outbox
  #channels: Readonly<Record<string, Channel>> = {}
  #mail: Schedules['mail']

  constructor(options: NotifierOptions) {
    this.#options = options
    const { deliveries, clock, log } = options
    this.#outbox = new Outbox({ deliveries, clock, log, send: (delivery, signal) => this.#deliver(delivery, signal) })
  }

  /** Takes the channels of a file in place of those before, and sends what still waits. */
  update(document: Schedules | undefined): void {
    this.#channels = document?.channels ?? {}
    this.#mail = document?.mail
    void this.#outbox.flush()
  }

  notify(notice: Notice): void {
    for (const name of new Set(notice.channels)) {
      const channel = this.#channels[name]
      if (!channel) continue
      const kinds: readonly string[] = channel.on ?? DEFAULTS.notices
      if (kinds.includes(notice.kind)) this.#enqueue(name, channel, notice)
    }
  }

  /** A message to see whether a channel works; the result is the delivery's. */
  async test(name: string): Promise<void> {
    const channel = this.#channels[name]
    if (!channel) throw userError('schedules.channel', `There is no channel “${name}”.`)
    const notice: Notice = {
      kind: 'success',
      schedule: 'test',
      pipeline: 'test.pipeline.yaml',
      channels: [name],
      message: 'This is a test: nothing ran.',
    }
    for (const way of waysOf(channel))
      await this.#deliver(
        {
          id: `test-${this.#now().getTime()}`,
          at: this.#now().toISOString(),
          channel: name,
          way,
          notice: { ...notice, channels: [name] },
          attempts: 0,
          state: 'waiting',
        },
        new AbortController().signal,
      )
  }

  recent(limit: number): readonly Delivery[] {
    return this.#options.deliveries.recent(limit)
  }

  close(): Promise<void> {
    return this.#outbox.close()
  }

  #now(): Date {
    return this.#options.clock.now()
  }

  #enqueue(name: string, channel: Channel, notice: Notice): void {
    for (const way of waysOf(channel))
      this.#outbox.add({ channel: name, way, notice: { ...notice, channels: [...notice.channels] } })
  }

  async #deliver({ id, at, channel: name, way, notice }: Delivery, signal: AbortSignal): Promise<void> {
    const channel = this.#channels[name]
    if (!channel) throw userError('schedules.channel', `There is no channel “${name}” any more.`)
    const pipelineName = notice.name ?? basename(notice.pipeline, PIPELINE_SUFFIX)
    const message = messageOf(notice as Notice, this.#options.project, pipelineName, id, new Date(at))
    if (way === 'desktop') this.#options.desktop(message)
    if (way === 'webhook' && channel.webhook) {
      const { url, secret } = channel.webhook
      const target = { url: this.#filled(url), secret: secret === undefined ? undefined : this.#filled(secret) }
      await postWebhook(target, message, this.#options.allowedHosts, signal)
    }
    if (way === 'email' && channel.email) {
      if (!this.#mail)
        throw userError('schedules.mail', 'No mail server is named.', { hint: 'Say host and from under “mail”.' })
      const password = this.#mail.password === undefined ? undefined : this.#filled(this.#mail.password)
      await sendEmail(this.#mail, password, channel.email.to, message)
    }
  }

  /** @throws LogiDataError `env.not-granted` */
  #filled(text: string): string {
    const name = ENVIRONMENT.exec(text)?.[1]
    if (name === undefined) return text
    const value = this.#options.variable(name)
    if (value !== undefined) return value
    throw userError('env.not-granted', `The environment variable “${name}” is not available to notifications.`, {
      hint: `Set it where LogiData runs, and start with --env ${name}.`,
    })
  }
}

function waysOf(channel: Channel): Delivery['way'][] {
  return [
    ...(channel.desktop ? (['desktop'] as const) : []),
    ...(channel.email ? (['email'] as const) : []),
    ...(channel.webhook ? (['webhook'] as const) : []),
  ]
}
