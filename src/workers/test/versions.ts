import type { Difference } from '../../shared/tests/result.ts'
import type { AnalysedPipeline, AnalyseRequest, Analyser } from '../analyse.ts'
import { portOf } from '../preview.ts'
import type { ProjectSession } from '../session.ts'
import { type Comparison, compare, differenceOf } from './compare.ts'
import { Tables } from './tables.ts'
import { WholePorts } from './whole-ports.ts'

export interface DiffRequest {
  readonly before: AnalyseRequest
  readonly after: AnalyseRequest
  readonly nodeId: string
  readonly port?: string | undefined
  /** In the older version; absent: as in the newer one. */
  readonly beforeNode?: { readonly nodeId: string; readonly port?: string | undefined } | undefined
  readonly keys?: readonly string[] | undefined
  readonly limit: number
  readonly offset: number
}

interface Kept {
  readonly tables: Tables
  readonly comparison: Promise<Comparison>
}

/** Comparisons are kept, so that the next page of one is read and not computed. */
const KEPT = 3

/** What two versions of a pipeline give, compared over the same inputs and all rows. */
export class Versions {
  readonly #session: ProjectSession
  readonly #analyser: Analyser
  readonly #kept = new Map<string, Kept>()

  constructor(session: ProjectSession, analyser: Analyser) {
    this.#session = session
    this.#analyser = analyser
  }

  /** @throws LogiDataError what is wrong with either version; `compare.key`, `cancelled` */
  async diff(request: DiffRequest, signal: AbortSignal): Promise<Difference> {
    const { nodeId, port, keys, limit, offset } = request
    const older = request.beforeNode ?? { nodeId, port }
    const before = await this.#port(request.before, older, signal)
    const after = await this.#port(request.after, { nodeId, port }, signal)
    const key = JSON.stringify([before.key, after.key, keys])
    let kept = this.#kept.get(key)
    if (!kept) {
      const tables = new Tables(this.#session, signal)
      kept = { tables, comparison: this.#compare(tables, before, after, keys) }
      this.#kept.set(key, kept)
    }
    try {
      const comparison = await kept.comparison
      kept.tables.signal = signal
      const difference = await differenceOf(comparison, limit, offset)
      await this.#forgetOldest()
      return difference
    } catch (thrown) {
      this.#kept.delete(key)
      await kept.tables.drop()
      throw thrown
    }
  }

  async #port(request: AnalyseRequest, at: { nodeId: string; port?: string | undefined }, signal: AbortSignal) {
    const pipeline = await this.#analyser.pipeline(request, signal, at.nodeId)
    const ref = portOf(pipeline, at.nodeId, at.port)
    return { pipeline, ref, key: `${pipeline.content.get(ref.nodeId)}.${ref.port}` }
  }

  async #compare(
    tables: Tables,
    before: { pipeline: AnalysedPipeline; ref: { nodeId: string; port: string }; key: string },
    after: { pipeline: AnalysedPipeline; ref: { nodeId: string; port: string }; key: string },
    keys: readonly string[] | undefined,
  ): Promise<Comparison> {
    const older = await new WholePorts(tables).table(before.pipeline, before.ref)
    // The same computation over the same files is not done twice.
    const newer = before.key === after.key ? older : await new WholePorts(tables).table(after.pipeline, after.ref)
    return compare(tables, older, newer, { keys })
  }

  async #forgetOldest(): Promise<void> {
    for (const [key, { tables }] of this.#kept) {
      if (this.#kept.size <= KEPT) return
      this.#kept.delete(key)
      await tables.drop()
    }
  }
}
