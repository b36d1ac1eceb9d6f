import type { FusedQuery } from '../../engine/fuse.ts'
import type { Stage } from '../../engine/plan-run.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import type { Sql } from '../../modules/kit/sql.ts'
import type { KeptRejects, NodeMetrics } from '../../shared/engine/types.ts'
import type { QueryProfile } from '../accounting/profile-tree.ts'
import type { AnalysedPipeline } from '../analyse.ts'
import type { ProjectSession } from '../session.ts'
import { holdStaged, type StagedResult, stagedTables } from './staged-results.ts'

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
  /** The pipeline was analysed anew on the way, since a stage was tried again: not all stages need have read the same data. */
  refreshed = false
  /** By node. */
  readonly metrics = new Map<string, NodeMetrics>()
  /** By node and reject port. */
  readonly rejects = new Map<string, Record<string, KeptRejects>>()
  readonly #measured = new Set<string>()
  readonly #ownTables: string[] = []
  readonly #uses: (() => void)[] = []

  /**
   * The rows of a port as something counted them: better than what only follows from other counts. The first count stands: when
   * two differ, the rows of the node that gave the second do not add up.
   */
  tell(port: string, rows: bigint): void {
    if (this.#measured.has(port)) return
    this.#measured.add(port)
    this.rows.set(port, rows)
  }

  /** A stage failed and may be computed again, from other data: what it told is no longer certain. */
  doubt(nodes: readonly string[]): void {
    for (const port of this.#measured)
      if (nodes.includes(port.slice(0, port.lastIndexOf('.')))) this.#measured.delete(port)
  }

  /** A table to be dropped when the run ends, whether it was finished or not. */
  own(table: string): void {
    this.#ownTables.push(table)
  }

  /** Takes a staged result for the ports of a node; the columns of its files are named by their places. */
  take(pipeline: AnalysedPipeline, nodeId: string, hash: string, staged: StagedResult): void {
    this.#uses.push(holdStaged(hash))
    for (const [key, table] of stagedTables(pipeline, nodeId, staged)) this.tables.set(key, table)
    for (const [port, { rows }] of staged.ports) this.tell(portKey({ nodeId, port }), rows)
  }

  async drop(session: ProjectSession): Promise<void> {
    for (const end of this.#uses) end()
    for (const name of this.#ownTables) await session.define(`DROP TABLE IF EXISTS ${name}`).catch(() => undefined)
  }
}
