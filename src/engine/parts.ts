import type { Sql } from '../modules/kit/sql.ts'
import type { Column } from '../shared/engine/types.ts'
import type { PortRef, ResolvedPipeline } from './resolve-pipeline.ts'

/** What is known of a pipeline once every node was bound. */
export interface TypedPipeline extends ResolvedPipeline {
  /** `node.port` -> columns; absent where binding failed. */
  readonly columns: ReadonlyMap<string, readonly Column[]>
  readonly facts: ReadonlyMap<string, unknown>
}

/** One named part of a fused query. */
export interface Part {
  readonly ref: PortRef
  readonly name: Sql
  readonly body: Sql
  /** Parts that `body` reads, by port key. */
  readonly reads: readonly string[]
}
