import type { ResolvedNode } from '../engine/resolve-pipeline.ts'
import type { InputFile, ParameterValue, QuerySession, RelationModule } from '../modules/kit/contract.ts'
import { LogiDataError } from '../shared/errors.ts'
import type { ProjectSession } from './session.ts'

export interface NodeFacts {
  readonly facts: unknown
  /** Equal keys are equal facts: the config and the files that they were found in. */
  readonly key: string
  /** What results depend on, where that is less than `key`. */
  readonly fingerprint?: string
  /** They are those of the first rows of their files. */
  readonly partial?: boolean
}

/** How long what the file system said is believed: typing analyses many times a second. */
const BELIEVED_MS = 400
const PARTIAL_BELIEVED_MS = 2000
const KEPT = 500

/** What modules found out of the outside, by config and the state of the files that it names. */
export class FactsCache {
  readonly #session: ProjectSession
  readonly #files = new Map<string, { at: number; files: Promise<InputFile[]> }>()
  readonly #facts = new Map<string, Promise<unknown>>()
  /** When facts of the first rows were last looked up. */
  readonly #partial = new Map<string, number>()

  constructor(session: ProjectSession) {
    this.#session = session
  }

  /**
   * @param sampled facts of the first rows are enough
   * @throws LogiDataError what reading the files or preparing the module gave
   */
  async of(
    node: ResolvedNode,
    parameters: ReadonlyMap<string, ParameterValue>,
    signal: AbortSignal,
    sampled = false,
  ): Promise<NodeFacts> {
    if (node.module?.kind !== 'relation') return { facts: undefined, key: '' }
    const module = node.module as RelationModule
    const sources = module.sources?.(node.config as never) ?? []
    if (sources.length === 0 && !module.prepare) return { facts: undefined, key: '' }
    const states = await Promise.all(sources.map((source) => this.#state(source)))
    const key = `${node.type}\n${node.configText}\n${parametersText(parameters)}\n${states.join('\n')}`
    const { prepare } = module
    if (!prepare) return { facts: undefined, key }
    const { partial } = module
    const prepared = (first: boolean) => (session: QuerySession) =>
      prepare({
        nodeId: node.id,
        config: node.config as never,
        parameters,
        files: this.#session.files,
        session,
        signal,
        ...(first ? { sampled: true } : {}),
      })
    if (!sampled || !partial || this.#facts.has(key))
      return { facts: await this.#prepared(key, prepared(false), signal), key }
    const first = `${key}\nfirst rows`
    // A run may have read the whole since: what is staged is found again at once.
    const believed = performance.now() - (this.#partial.get(first) ?? 0) < PARTIAL_BELIEVED_MS
    if (!believed && this.#partial.delete(first)) this.#facts.delete(first)
    const facts = await this.#prepared(first, prepared(true), signal)
    if (partial(facts)) {
      if (this.#partial.size > KEPT) this.#partial.clear()
      if (!believed) this.#partial.set(first, performance.now())
      return { facts, key: first, partial: true }
    }
    this.#facts.set(key, Promise.resolve(facts))
    return { facts, key }
  }

  async #prepared(
    key: string,
    prepare: (session: QuerySession) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<unknown> {
    for (;;) {
      const running = this.#facts.get(key)
      if (running) {
        try {
          return await running
        } catch (thrown) {
          // Somebody else's request was cancelled, not this one.
          if (isCancelled(thrown) && !signal.aborted) continue
          throw thrown
        }
      }
      const started = this.#session.lease(signal, prepare)
      this.#facts.set(key, started)
      if (this.#facts.size > KEPT)
        for (const oldest of [...this.#facts.keys()].slice(0, KEPT / 5)) this.#facts.delete(oldest)
      try {
        return await started
      } catch (thrown) {
        // What the world caused may have passed next time; what the config caused stays.
        if (!(thrown instanceof LogiDataError) || thrown.info.kind !== 'user') this.#facts.delete(key)
        throw thrown
      }
    }
  }

  /** What the file system said is asked again; facts that are still true stay. */
  forgetFiles(): void {
    this.#files.clear()
  }

  async #state(source: string): Promise<string> {
    const now = performance.now()
    let entry = this.#files.get(source)
    if (!entry || now - entry.at > BELIEVED_MS) {
      entry = { at: now, files: this.#session.files.inputs(source) }
      entry.files.catch(() => this.#files.delete(source))
      this.#files.set(source, entry)
    }
    const files = await entry.files
    return files.map((file) => `${file.path}|${file.bytes}|${file.modified}`).join('\n')
  }
}

const isCancelled = (thrown: unknown): boolean => thrown instanceof LogiDataError && thrown.info.kind === 'cancelled'

export const parametersText = (parameters: ReadonlyMap<string, ParameterValue>): string =>
  parameters.size === 0 ? '' : JSON.stringify([...parameters])
