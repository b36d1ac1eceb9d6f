import { rm } from 'node:fs/promises'
import type { FusedQuery } from '../../engine/fuse.ts'
import type { Stage } from '../../engine/plan-run.ts'
import type { Sql } from '../../modules/kit/sql.ts'
import type { QueryProfile } from '../accounting/profile-tree.ts'
import type { ProjectSession } from '../session.ts'

export interface MeasuredQuery {
  readonly stage: Stage
  readonly query: FusedQuery
  readonly profile: QueryProfile
}

/** What a run knows of the ports and nodes it has computed. */
export class RunResults {
  /** `node.port` -> what stands after FROM for a kept result. */
  readonly tables = new Map<string, Sql>()
  /** `node.port` -> rows; of a load the port is its input. */
  readonly rows = new Map<string, bigint>()
  /** Load -> files, relative to the project. */
  readonly written = new Map<string, readonly string[]>()
  /** Node -> time of the stages that computed it, together. */
  readonly milliseconds = new Map<string, number>()
  /** As `performance.now()` has it. */
  readonly started = performance.now()
  /** What DuckDB measured. */
  readonly profiles: MeasuredQuery[] = []
  readonly #ownTables: string[] = []
  readonly #ownFiles: string[] = []

  /** What is to be dropped when the run ends, whether it was finished or not. */
  own(temporary: { readonly table?: string; readonly files?: readonly string[] }): void {
    if (temporary.table !== undefined) this.#ownTables.push(temporary.table)
    this.#ownFiles.push(...(temporary.files ?? []))
  }

  async drop(session: ProjectSession): Promise<void> {
    for (const path of this.#ownFiles) await rm(path, { force: true }).catch(() => undefined)
    for (const name of this.#ownTables) await session.define(`DROP TABLE IF EXISTS ${name}`).catch(() => undefined)
  }
}
