import type Database from 'better-sqlite3'
import { type Deliveries, type Delivery, deliverySchema } from '../notifications/outbox.ts'
import { bodyOf, execute } from './stored-bodies.ts'

/** Those that have arrived, or were given up, and are still shown. */
const MOST_SETTLED = 500

/** The outbox of a project's notifications, in its journal. */
export class DeliveryRecords implements Deliveries {
  readonly #db: Database.Database
  readonly #path: string

  constructor(db: Database.Database, path: string) {
    this.#db = db
    this.#path = path
  }

  waiting(): Delivery[] {
    return this.#select(`SELECT body FROM deliveries WHERE state = 'waiting' ORDER BY number`)
  }

  recent(limit: number): Delivery[] {
    return this.#select('SELECT body FROM deliveries ORDER BY number DESC LIMIT ?', limit)
  }

  write(delivery: Delivery): void {
    execute(
      this.#db,
      this.#path,
      `INSERT INTO deliveries (id, state, body) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`,
      delivery.id,
      delivery.state,
      JSON.stringify(delivery),
    )
    if (delivery.state === 'waiting') return
    const old = `DELETE FROM deliveries WHERE state <> 'waiting' AND number <= (SELECT max(number) FROM deliveries) - ?`
    execute(this.#db, this.#path, old, MOST_SETTLED)
  }

  #select(query: string, ...values: number[]): Delivery[] {
    return this.#db
      .prepare(query)
      .all(...values)
      .flatMap((row) => bodyOf(deliverySchema, row) ?? [])
  }
}
