import type { Discovered } from '../../modules/kit/contract.ts'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'
import type { Column } from '../../shared/engine/types.ts'
import { LogiDataError, operationalError, userError } from '../../shared/errors.ts'
import type { NodeFacts } from '../facts.ts'
import { survivesParquet } from '../run/parquet-types.ts'
import { readStaged, type StagedResult, writeStaged } from '../run/staged-results.ts'
import type { ProjectSession } from '../session.ts'
import { withSecretsHidden } from './connection-of.ts'
import { type DiscoveryRecord, readDiscovery, SOURCES_FOLDER, writeDiscovery } from './discovery-record.ts'
import { readSource } from './read-source.ts'
import { digest, type ExtractNode, namedParameters, sourceKey } from './source-key.ts'

/** What the engine knows of a source that is asked over a connection: the facts of its node. */
export interface SourceFacts {
  readonly key: string
  /** When the source said it, ISO 8601. */
  readonly at: string
  readonly discovered: Discovered
}

export interface SourceSample {
  readonly staged: StagedResult
  /** It holds all rows. */
  readonly complete: boolean
  readonly at: string
}

/** A preview asks a source for so many rows. */
export const SOURCE_SAMPLE_ROWS = 10_000
/** How long what the disk says is believed: typing analyses many times a second. */
const BELIEVED_MS = 400

interface Known {
  readonly at: number
  readonly record: Promise<DiscoveryRecord>
}

/** Asks the sources of one project, and remembers on disk what they said: what was seen once is there without the network. */
export class Sources {
  readonly #session: ProjectSession
  readonly #known = new Map<string, Known>()
  readonly #samples = new Map<string, Promise<SourceSample>>()
  /** What was said before counts no longer. */
  #fresh = ''

  constructor(session: ProjectSession) {
    this.#session = session
  }

  /** From now on sources are asked again. */
  forget(): void {
    this.#fresh = new Date().toISOString()
    this.#known.clear()
  }

  /** Columns and estimates of a source. @throws LogiDataError what it answered; `source.offline` */
  async facts(
    node: ExtractNode,
    connection: ResolvedConnection | undefined,
    signal: AbortSignal,
    offline = false,
  ): Promise<NodeFacts> {
    const key = sourceKey(node, connection)
    const { at, version: _version, ...discovered } = await this.#record(key, node, connection, signal, offline)
    const facts: SourceFacts = { key, at, discovered }
    // When it was asked changes nothing that a run's results depend on; what it answered does.
    const fingerprint = `${key}\n${digest(JSON.stringify([discovered.columns, discovered.rejected, discovered.facts]))}`
    return { facts, key: `${key}\n${at}`, fingerprint }
  }

  /** Asks a source anew, whatever is known. @throws LogiDataError */
  async refresh(node: ExtractNode, connection: ResolvedConnection | undefined, signal: AbortSignal): Promise<void> {
    const key = sourceKey(node, connection)
    const record = this.#discover(key, node, connection, signal)
    this.#known.set(key, { at: performance.now(), record })
    await record.catch((thrown: unknown) => {
      this.#known.delete(key)
      throw thrown
    })
  }

  /** The first rows of a source, as they were when its columns were asked for. @throws LogiDataError */
  async sample(
    node: ExtractNode,
    connection: ResolvedConnection | undefined,
    facts: SourceFacts,
    signal: AbortSignal,
  ): Promise<SourceSample> {
    const id = `${facts.key}\n${facts.at}`
    for (;;) {
      const known = this.#samples.get(id)
      if (!known) break
      try {
        return await known
      } catch (thrown) {
        // Somebody else's request was cancelled, not this one.
        if (!isCancelled(thrown) || signal.aborted) throw thrown
      }
    }
    const taken = this.#take(node, connection, facts, signal)
    this.#samples.set(id, taken)
    taken.catch(() => this.#samples.delete(id))
    return taken
  }

  async #take(
    node: ExtractNode,
    connection: ResolvedConnection | undefined,
    { key, at, discovered }: SourceFacts,
    signal: AbortSignal,
  ): Promise<SourceSample> {
    const kept = await readStaged(this.#session, key, undefined, SOURCES_FOLDER)
    if (kept && isOf(kept.about, at)) return { staged: kept, complete: kept.about.complete, at }
    const limit = SOURCE_SAMPLE_ROWS + 1
    const staged = await writeStaged(
      this.#session,
      key,
      async (folder) => {
        const { ports } = await readSource(
          { session: this.#session, node, connection, discovered, limit, signal },
          folder,
        )
        const rows = ports.get(node.outputs[0] ?? '')?.rows ?? 0n
        return { ports, about: { at, complete: rows < BigInt(limit) } }
      },
      SOURCES_FOLDER,
    )
    return { staged, complete: isOf(staged.about, at) && staged.about.complete, at }
  }

  async #record(
    key: string,
    node: ExtractNode,
    connection: ResolvedConnection | undefined,
    signal: AbortSignal,
    offline: boolean,
  ): Promise<DiscoveryRecord> {
    for (;;) {
      const known = this.#known.get(key)
      if (!known || performance.now() - known.at > BELIEVED_MS) break
      try {
        return await known.record
      } catch (thrown) {
        if (!isCancelled(thrown) || signal.aborted) throw thrown
      }
    }
    const asking = this.#look(key, node, connection, signal, offline)
    this.#known.set(key, { at: performance.now(), record: asking })
    asking.catch((thrown) => {
      // What the world caused may have passed next time; what was asked wrongly stays wrong.
      if (!(thrown instanceof LogiDataError) || thrown.info.kind !== 'user') this.#known.delete(key)
    })
    return asking
  }

  async #look(
    key: string,
    node: ExtractNode,
    connection: ResolvedConnection | undefined,
    signal: AbortSignal,
    offline: boolean,
  ): Promise<DiscoveryRecord> {
    const kept = await readDiscovery(this.#session, key)
    if (kept && (offline || kept.at >= this.#fresh)) return kept
    if (offline)
      throw operationalError('source.offline', `“${node.id}” was never read, so there is nothing to work on offline.`, {
        nodeId: node.id,
        hint: 'Preview or run it once while its source can be reached.',
      })
    return this.#discover(key, node, connection, signal)
  }

  async #discover(
    key: string,
    node: ExtractNode,
    connection: ResolvedConnection | undefined,
    signal: AbortSignal,
  ): Promise<DiscoveryRecord> {
    const at = new Date().toISOString()
    const { columns, rejected, facts, rows } = await withSecretsHidden(connection, () =>
      node.module.discover({
        nodeId: node.id,
        config: node.config as never,
        parameters: namedParameters(node),
        ...(connection ? { connection } : {}),
        files: this.#session.files,
        withSession: (work) => this.#session.lease(signal, work),
        signal,
      }),
    )
    for (const { name, type } of [...columns, ...(rejected ?? [])])
      if (!survivesParquet(type))
        throw userError('source.type', `The column “${name}” is a ${type}, which cannot be staged.`, {
          nodeId: node.id,
          hint: 'Read it as text.',
        })
    const record: DiscoveryRecord = {
      version: 1,
      at,
      columns: distinct(columns),
      ...(rejected ? { rejected: [...rejected] } : {}),
      ...(facts === undefined ? {} : { facts }),
      ...(rows === undefined ? {} : { rows }),
    }
    await writeDiscovery(this.#session, key, record)
    return record
  }
}

/** Names that differ in case alone are one name to SQL: a later one gets a number. */
function distinct(columns: readonly Column[]): Column[] {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  const seen = new Set<string>()
  return columns.map(({ name, type }) => {
    let own = name
    for (let number = 2; seen.has(own.toLowerCase()); number++) {
      const numbered = `${name}_${number}`
      if (!taken.has(numbered.toLowerCase())) own = numbered
    }
    seen.add(own.toLowerCase())
    taken.add(own.toLowerCase())
    return { name: own, type }
  })
}

const isOf = (about: unknown, at: string): about is { readonly at: string; readonly complete: boolean } =>
  typeof about === 'object' && about !== null && 'at' in about && about.at === at

const isCancelled = (thrown: unknown): boolean => thrown instanceof LogiDataError && thrown.info.kind === 'cancelled'
