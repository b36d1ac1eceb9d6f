import type { FusedQuery } from '../../engine/fuse.ts'
import type { Stage } from '../../engine/plan-run.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import { fileList } from '../../modules/kit/files/input-files.ts'
import { identifier, joinSql, type Sql, sql } from '../../modules/kit/sql.ts'
import type { QueryProfile } from '../accounting/profile-tree.ts'
import type { AnalysedPipeline } from '../analyse.ts'
import type { ProjectSession } from '../session.ts'
import { holdStaged, type StagedResult } from './staged-results.ts'

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
  readonly #uses: (() => void)[] = []

  /** A table to be dropped when the run ends, whether it was finished or not. */
  own(table: string): void {
    this.#ownTables.push(table)
  }

  /** Takes a staged result for the ports of a node; the columns of its files are named by their places. */
  take(pipeline: AnalysedPipeline, nodeId: string, hash: string, staged: StagedResult): void {
    this.#uses.push(holdStaged(hash))
    for (const [port, { paths, rows }] of staged.ports) {
      const key = portKey({ nodeId, port })
      const names = (pipeline.columns.get(key) ?? []).map(({ name }) => identifier(name))
      const files = fileList(paths.map((path) => ({ path })))
      this.tables.set(key, sql`read_parquet(${files}) AS k(${joinSql(names)})`)
      this.rows.set(key, rows)
    }
  }

  async drop(session: ProjectSession): Promise<void> {
    for (const end of this.#uses) end()
    for (const name of this.#ownTables) await session.define(`DROP TABLE IF EXISTS ${name}`).catch(() => undefined)
  }
}
