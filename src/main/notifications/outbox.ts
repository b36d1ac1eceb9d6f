import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { toErrorInfo } from '../../shared/errors.ts'
import { noticeKindSchema } from '../../shared/schedules/document.ts'
import type { Clock } from '../schedules/scheduler.ts'

export const deliverySchema = z.object({
  id: z.string(),
  /** When it was told, ISO. */
  at: z.string(),
  channel: z.string(),
  way: z.enum(['desktop', 'email', 'webhook']),
  notice: z.object({
    kind: noticeKindSchema,
    schedule: z.string(),
    pipeline: z.string(),
    channels: z.array(z.string()),
    runId: z.string().optional(),
    due: z.string().optional(),
    message: z.string().optional(),
    hint: z.string().optional(),
    nodeId: z.string().optional(),
    name: z.string().optional(),
  }),
  attempts: z.number().int(),
  /** When it is tried again, ISO; absent: at once. */
  next: z.string().optional(),
  state: z.enum(['waiting', 'sent', 'given up']),
  error: z.string().optional(),
})
export type Delivery = z.infer<typeof deliverySchema>

/** Where deliveries are kept until they have arrived. Writes are durable when they return. */
export interface Deliveries {
  waiting(): readonly Delivery[]
  /** Newest first. */
  recent(limit: number): readonly Delivery[]
  write(delivery: Delivery): void
}

export class MemoryDeliveries implements Deliveries {
  readonly #all = new Map<string, Delivery>()
  waiting = () => [...this.#all.values()].filter(({ state }) => state === 'waiting')
  recent = (limit: number) => [...this.#all.values()].reverse().slice(0, limit)
  write = (delivery: Delivery) => void this.#all.set(delivery.id, delivery)
}

/** Ten seconds, then longer and longer, for a day; then it is given up. */
const FIRST_WAIT_MS = 10_000
const LONGEST_WAIT_MS = 3_600_000
const GIVE_UP_AFTER_MS = 24 * 3_600_000
/** Nobody is served by hundreds of mails when something flaps. */
const MOST_WAITING = 500

/** Sends what was told, again until it arrives; what waits survives a restart. */
export class Outbox {
  readonly #deliveries: Deliveries
  readonly #clock: Clock
  readonly #send: (delivery: Delivery, signal: AbortSignal) => Promise<void>
  readonly #log: (message: string) => void
  readonly #closing = new AbortController()
  #sending: Promise<void> = Promise.resolve()
  #cancelTimer = () => {}

  constructor(options: {
    readonly deliveries: Deliveries
    readonly clock: Clock
    /** @throws what it failed with; `user` errors are not tried again */
    readonly send: (delivery: Delivery, signal: AbortSignal) => Promise<void>
    readonly log: (message: string) => void
  }) {
    this.#deliveries = options.deliveries
    this.#clock = options.clock
    this.#send = options.send
    this.#log = options.log
  }

  add(delivery: Pick<Delivery, 'channel' | 'way' | 'notice'>): void {
    const waiting = this.#deliveries.waiting().length
    const id = randomUUID()
    const at = this.#clock.now().toISOString()
    const full = waiting >= MOST_WAITING
    this.#deliveries.write({
      ...delivery,
      id,
      at,
      attempts: 0,
      state: full ? 'given up' : 'waiting',
      ...(full ? { error: `More than ${MOST_WAITING} notifications wait already.` } : {}),
    })
    void this.flush()
  }

  /** Sends what is due. */
  flush(): Promise<void> {
    this.#sending = this.#sending.then(() => this.#flush())
    return this.#sending
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#cancelTimer()
    await this.#sending
  }

  async #flush(): Promise<void> {
    this.#cancelTimer()
    let next: number | undefined
    for (const delivery of this.#deliveries.waiting()) {
      if (this.#closing.signal.aborted) return
      const now = this.#clock.now().getTime()
      const due = delivery.next === undefined ? now : Date.parse(delivery.next)
      if (due <= now || due - now > LONGEST_WAIT_MS) {
        const after = await this.#try(delivery)
        if (after !== undefined) next = Math.min(next ?? after, after)
      } else next = Math.min(next ?? due, due)
    }
    if (next !== undefined && !this.#closing.signal.aborted)
      this.#cancelTimer = this.#clock.after(Math.max(0, next - this.#clock.now().getTime()), () => void this.flush())
  }

  /** @returns when it is tried again, in milliseconds since 1970; undefined: not */
  async #try(delivery: Delivery): Promise<number | undefined> {
    const { next: _, error: __, ...rest } = delivery
    const attempts = delivery.attempts + 1
    try {
      await this.#send(delivery, this.#closing.signal)
      this.#deliveries.write({ ...rest, attempts, state: 'sent' })
      return undefined
    } catch (thrown) {
      if (this.#closing.signal.aborted) return undefined
      const { kind, message } = toErrorInfo(thrown)
      const now = this.#clock.now().getTime()
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 4 ** (attempts - 1))
      const late = now + wait - Date.parse(delivery.at) > GIVE_UP_AFTER_MS
      const over = kind !== 'operational' || late
      this.#log(`notification to ${delivery.channel} by ${delivery.way}: ${message}${over ? ' Given up.' : ''}`)
      if (over) {
        this.#deliveries.write({ ...rest, attempts, state: 'given up', error: message })
        return undefined
      }
      this.#deliveries.write({
        ...rest,
        attempts,
        state: 'waiting',
        error: message,
        next: new Date(now + wait).toISOString(),
      })
      return now + wait
    }
  }
}
