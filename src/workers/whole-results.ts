import { createHash } from 'node:crypto'
import { type PortRef, portKey } from '../engine/resolve-pipeline.ts'
import { contentHashes, stageHash } from '../engine/stage-hash.ts'
import { sql } from '../modules/kit/sql.ts'
import type { AnalysedPipeline } from './analyse.ts'
import { readStaged, STAGED_RUNS, type StagedResult, stagedTables } from './run/staged-results.ts'
import type { Relation } from './sample.ts'
import type { ProjectSession } from './session.ts'

const KNOWN = 50

/** All rows of a port, which a run has computed and kept. */
export interface WholeResult extends Relation {
  /** Of everything that the rows depend on. */
  readonly hash: string
  readonly rows: number
}

/** Results that runs have staged and that are still right: whoever looks at such a port sees all of it, not what a sample gives. */
export class WholeResults {
  readonly #session: ProjectSession
  /** Those whose files were read to their ends once. */
  readonly #known = new Map<string, StagedResult>()

  constructor(session: ProjectSession) {
    this.#session = session
  }

  async of(pipeline: AnalysedPipeline, ref: PortRef): Promise<WholeResult | undefined> {
    const hash = hashOf(pipeline, ref)
    if (hash === undefined) return undefined
    const known = this.#known.get(hash)
    const staged = await readStaged(this.#session, hash, known?.files, STAGED_RUNS, known !== undefined)
    this.#known.delete(hash)
    if (staged) this.#known.set(hash, staged)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KNOWN) break
      this.#known.delete(oldest)
    }
    const table = staged && stagedTables(pipeline, ref.nodeId, staged).get(portKey(ref))
    const rows = staged?.ports.get(ref.port)?.rows
    if (!table || rows === undefined) return undefined
    const columns = pipeline.columns.get(portKey(ref)) ?? []
    return { select: sql`SELECT * FROM ${table}`, columns, exact: true, hash, rows: Number(rows) }
  }
}

/** As a run names the result; of what differs from run to run there is no such name. */
function hashOf(pipeline: AnalysedPipeline, ref: PortRef): string | undefined {
  const contents = contentHashes(pipeline, { fingerprints: pipeline.fingerprints, runId: '', digest })
  return stageHash(pipeline, { kind: 'keep', ref, nodes: [], needs: [] }, contents, digest)
}

/** As `hashesOf` of a run has it. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)
