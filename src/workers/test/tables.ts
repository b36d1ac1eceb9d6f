import { raw, type Sql } from '../../modules/kit/sql.ts'
import type { Column } from '../../shared/engine/types.ts'
import { SCHEMAS } from '../lock-down.ts'
import { type ProjectSession, scalar } from '../session.ts'

/** A table of the engine's own, with columns `c0`, `c1`, … in the order of `columns`. Its rowid is the order of the rows. */
export interface WholeTable {
  readonly name: string
  readonly columns: readonly Column[]
  readonly rows: bigint
}

let made = 0

/** The tables that one piece of work makes, gone after `drop`. */
export class Tables {
  readonly session: ProjectSession
  /** Of whoever works with them now. */
  signal: AbortSignal
  readonly #names: string[] = []

  constructor(session: ProjectSession, signal: AbortSignal) {
    this.session = session
    this.signal = signal
  }

  /** All rows of a SELECT. @throws LogiDataError */
  async create(select: Sql, columns: readonly Column[]): Promise<WholeTable> {
    const positions = columns.map((_, index) => `c${index}`).join(', ')
    const name = await this.createAs(raw(`SELECT * FROM (${select.text}) AS k(${positions})`))
    const rows = await this.session.lease(this.signal, (lease) => scalar(lease, `SELECT count(*) FROM ${name}`))
    return { name, columns, rows: BigInt(rows ?? 0) }
  }

  /** The name of a table of what a SELECT gives, with the names that it gives. */
  async createAs(select: Sql): Promise<string> {
    const name = `${SCHEMAS.tests}.t${++made}`
    this.#names.push(name)
    await this.session.lease(this.signal, (lease) => lease.execute(raw(`CREATE TABLE ${name} AS ${select.text}`)))
    return name
  }

  async drop(): Promise<void> {
    for (const name of this.#names.splice(0))
      await this.session.define(`DROP TABLE IF EXISTS ${name}`).catch(() => undefined)
  }
}
