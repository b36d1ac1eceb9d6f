import { extname } from 'node:path'
import { isStaged } from '../engine/compile-node.ts'
import { type FusedQuery, fuse } from '../engine/fuse.ts'
import { type RenameRequest, renameColumn } from '../engine/rename/rename-column.ts'
import type { PortRef } from '../engine/resolve-pipeline.ts'
import type { Module, RelationModule } from '../modules/kit/contract.ts'
import { toModuleInfo } from '../modules/kit/module-info.ts'
import { literal, raw } from '../modules/kit/sql.ts'
import type { Analysis, FieldSuggestion, FileDetection, KeptSource, Preview, Profile } from '../shared/engine/types.ts'
import { fromErrorInfo, toErrorInfo, userError } from '../shared/errors.ts'
import type { ModuleInfo } from '../shared/modules/descriptor.ts'
import { FORMAT, type JsonValue } from '../shared/pipeline/document.ts'
import type { ColumnRename } from '../shared/rename.ts'
import type { CaseResult, Difference } from '../shared/tests/result.ts'
import { type AnalysedPipeline, type AnalyseRequest, Analyser } from './analyse.ts'
import { LineageReader } from './lineage/lineage-reader.ts'
import { Previews, portOf } from './preview.ts'
import { profileOf } from './profile.ts'
import { explainFailure } from './run/explain-failure.ts'
import { Samples } from './sample.ts'
import type { ProjectSession } from './session.ts'
import { connectionOf } from './sources/connection-of.ts'
import { keptRows } from './sources/kept-rows.ts'
import { extractNode } from './sources/source-key.ts'
import type { SourceFacts } from './sources/sources.ts'
import { suggestField } from './suggest.ts'
import { type TestRequest, Tests } from './test/run-test.ts'
import { type DiffRequest, Versions } from './test/versions.ts'

export interface PortRequest extends AnalyseRequest {
  readonly nodeId: string
  readonly port?: string | undefined
}

/** Everything that answers questions about the pipelines of one project, without running their loads. */
export class Project {
  readonly session: ProjectSession
  readonly analyser: Analyser
  readonly lineage: LineageReader
  readonly #moduleOf: (type: string) => Module | undefined
  readonly #samples: Samples
  readonly #previews: Previews
  #tests: Tests | undefined
  #versions: Versions | undefined

  constructor(session: ProjectSession, moduleOf: (type: string) => Module | undefined) {
    this.session = session
    this.#moduleOf = moduleOf
    this.analyser = new Analyser(session, moduleOf)
    this.lineage = new LineageReader(session, this.analyser)
    this.#samples = new Samples(session, this.analyser.sources)
    this.#previews = new Previews(session, this.#samples)
  }

  /** One case of a test, over all rows; nothing is written. */
  test(request: TestRequest, signal: AbortSignal): Promise<CaseResult> {
    this.#tests ??= new Tests(this.session, this.#moduleOf)
    return this.#tests.run(request, signal)
  }

  /** What two versions of a pipeline give, over all rows. */
  diff(request: DiffRequest, signal: AbortSignal): Promise<Difference> {
    this.#versions ??= new Versions(this.session, this.analyser)
    return this.#versions.diff(request, signal)
  }

  analyse(request: AnalyseRequest, signal: AbortSignal): Promise<Analysis> {
    return this.analyser.analyse({ ...request, sampled: true }, signal)
  }

  /** A column's new name thought through; nothing is changed. @throws LogiDataError `rename.*` */
  renameColumn(
    request: AnalyseRequest & Pick<RenameRequest, 'nodeId' | 'port' | 'column' | 'to'>,
    signal: AbortSignal,
  ): Promise<ColumnRename> {
    const infos = new Map<string, ModuleInfo>()
    return renameColumn(request, {
      infoOf: (type) => {
        const module = this.#moduleOf(type)
        if (module && !infos.has(type)) infos.set(type, toModuleInfo(module.descriptor))
        return infos.get(type)
      },
      analyse: (document) => this.analyse({ ...request, document }, signal),
      lineage: async (document) => {
        const { lineage } = await this.lineage.of({ ...request, document }, signal)
        return lineage ?? { nodes: {}, problems: [], milliseconds: 0 }
      },
      parse: (text) => this.session.parseTree(text, signal),
    })
  }

  /** What a question about one node needs: the first rows of large files are enough. */
  #above(request: AnalyseRequest & { nodeId: string }, signal: AbortSignal): Promise<AnalysedPipeline> {
    return this.analyser.pipeline({ ...request, sampled: true }, signal, request.nodeId)
  }

  async preview(request: PortRequest & { limit: number; offset: number }, signal: AbortSignal): Promise<Preview> {
    const started = performance.now()
    const pipeline = await this.#above(request, signal)
    const ref = portOf(pipeline, request.nodeId, request.port)
    const preview = await this.#explained(pipeline, ref, signal, () =>
      this.#previews.of(pipeline, ref, request, signal),
    )
    return { ...preview, milliseconds: performance.now() - started }
  }

  async profile(request: PortRequest, signal: AbortSignal): Promise<Profile> {
    const pipeline = await this.#above(request, signal)
    const ref = portOf(pipeline, request.nodeId, request.port)
    return this.#explained(pipeline, ref, signal, () => profileOf(this.session, this.#samples, pipeline, ref, signal))
  }

  /** Data that does not fit shows only when rows are read: the error is of the node that it came from, as in a run. */
  async #explained<T>(
    pipeline: AnalysedPipeline,
    ref: PortRef,
    signal: AbortSignal,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      if (signal.aborted || toErrorInfo(thrown).kind === 'cancelled') throw thrown
      const query = fuseToExplain(pipeline, ref)
      throw fromErrorInfo(
        await explainFailure(this.session, pipeline, query ? [query] : [], thrown, ref.nodeId, signal),
      )
    }
  }

  /** The query of one port as people read it: a part for each node, named in a comment. */
  async sql(request: PortRequest, signal: AbortSignal): Promise<{ sql: string }> {
    const pipeline = await this.#above(request, signal)
    const ref = portOf(pipeline, request.nodeId, request.port)
    const { select } = fuse(pipeline, [ref], { readable: true })
    // The folder of this machine means nothing to a reader, and is nobody else's business.
    return { sql: select.text.replaceAll(`'${this.session.root.replaceAll("'", "''")}/`, "'") }
  }

  async previewFile(path: string, limit: number, signal: AbortSignal): Promise<Preview> {
    const started = performance.now()
    const [file] = await this.session.files.inputs(path)
    if (!file) throw userError('file.not-found', `There is no file ${path}.`)
    const select = raw(`SELECT * FROM ${readerFor(file.path)}`)
    return this.session.lease(signal, async (lease) => {
      const { columns, rows } = await lease.query(raw(`${select.text} LIMIT ${limit + 1}`))
      const more = rows.length > limit
      return {
        columns,
        rows: rows.slice(0, limit),
        exactness: 'exact' as const,
        ...(more ? {} : { totalRows: rows.length }),
        more,
        milliseconds: performance.now() - started,
        cached: false,
      }
    })
  }

  /** Asks the source of a node anew. @throws LogiDataError */
  async refreshSource(
    request: AnalyseRequest & { nodeId: string },
    signal: AbortSignal,
  ): Promise<Record<string, never>> {
    const pipeline = await this.#above(request, signal)
    const node = pipeline.nodes.get(request.nodeId)
    if (node?.module?.kind !== 'extract' || node.config === undefined)
      throw userError('source.none', `“${request.nodeId}” reads no source that could be asked again.`)
    const source = extractNode(node)
    const connection = connectionOf(source.module.connection(node.config as never), request.connections)
    await this.analyser.sources.refresh(source, connection, signal)
    return {}
  }

  /** Of every source over a connection: of when the rows are that a run offline would take. */
  async keptSources(request: AnalyseRequest, signal: AbortSignal): Promise<KeptSource[]> {
    const pipeline = await this.analyser.pipeline({ ...request, offline: true }, signal)
    const sources = [...pipeline.nodes.values()].filter(({ module }) => module?.kind === 'extract')
    return Promise.all(
      sources.map(async ({ id }) => {
        const facts = pipeline.facts.get(id) as SourceFacts | undefined
        const kept = facts && (await keptRows(this.session, facts))
        return { nodeId: id, ...(kept ? { at: kept.at } : {}) }
      }),
    )
  }

  /** What the data of its inputs gives for one field of a node's config. */
  async suggest(
    request: AnalyseRequest & { nodeId: string; field: string },
    signal: AbortSignal,
  ): Promise<FieldSuggestion> {
    const pipeline = await this.#above(request, signal)
    return suggestField(this.session, this.#samples, pipeline, request.nodeId, request.field, signal)
  }

  /** A config with the settings that its module detects spelt out, and the rows that it gives. */
  async detect(type: string, config: Record<string, unknown>, signal: AbortSignal): Promise<FileDetection> {
    const module = this.#moduleOf(type)
    if (module?.kind !== 'relation') throw userError('module.unknown', `There is no extract “${type}”.`)
    const { detect } = module as RelationModule
    let detected = config
    if (detect) {
      const parsed = module.descriptor.config.safeParse(config)
      if (!parsed.success)
        throw userError('config.invalid', parsed.error.issues[0]?.message ?? 'The settings are not valid.')
      detected = await this.session.lease(signal, (session) =>
        detect({
          nodeId: 'source',
          config: parsed.data as never,
          parameters: new Map(),
          files: this.session.files,
          session,
          signal,
        }),
      )
    }
    // A step that reads others has no rows of its own to show.
    if (module.descriptor.inputs.length > 0) return { config: detected }
    const source = { type, config: JSON.parse(JSON.stringify(detected)) as Record<string, JsonValue> }
    const document = { format: FORMAT, name: 'detect', nodes: { source } } as const
    const request = { document, parameters: {}, env: {}, nodeId: 'source', limit: 200, offset: 0 }
    return { config: detected, preview: await this.preview(request, signal) }
  }
}

/** The query that failed, as far as it is one: where rows are no SQL, only its parts are of use. */
function fuseToExplain(pipeline: AnalysedPipeline, ref: PortRef): FusedQuery {
  const readable = [...pipeline.nodes.values()].some((node) => isStaged(node))
  return fuse(pipeline, [ref], { compiled: pipeline.compiled, readable })
}

function readerFor(path: string): string {
  const name = literal(path).text
  const plain = path.replace(/\.(?:gz|zst)$/i, '')
  switch (extname(plain).toLowerCase()) {
    case '.parquet':
    case '.pq':
      return `read_parquet(${name})`
    case '.json':
    case '.ndjson':
    case '.jsonl':
    case '.geojson':
      return `read_json(${name})`
    case '.csv':
    case '.tsv':
    case '.txt':
      return `read_csv(${name})`
    default:
      throw userError(
        'file.unknown-format',
        `Files of the kind ${extname(plain) || 'without an ending'} cannot be shown.`,
        {
          hint: 'CSV, JSON and Parquet can.',
        },
      )
  }
}
