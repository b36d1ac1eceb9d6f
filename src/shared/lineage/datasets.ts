import { datasetPath, folderOf, isPattern, matches } from './paths.ts'
import type { Dataset, PipelineLineage } from './project.ts'
import type { DatasetRef } from './types.ts'

interface Found extends Dataset {
  readonly written: boolean
}

/**
 * The data sets of a project, each once however pipelines name it: a folder that is written in partitions is also the one that is read
 * through `folder/**`. What only holds others, such as `out/*.csv`, stays a data set of its own, with those as its parts.
 */
export class Datasets {
  readonly #byId = new Map<string, Found>()
  readonly #written = new Set<string>()

  readonly #wholeFolders: boolean

  /**
   * @param wholeFolders a pattern that takes all of a folder stands for the folder, whoever writes it: where one pipeline is looked at alone,
   * so that it names what the others name
   */
  constructor(pipelines: readonly PipelineLineage[], { wholeFolders = false } = {}) {
    this.#wholeFolders = wholeFolders
    const nodes = pipelines.flatMap(({ lineage }) => Object.values(lineage?.nodes ?? {}))
    for (const { writes, ports } of nodes)
      for (const target of writes) {
        this.#written.add(idOf(target))
        this.#add(target, true, ports.in?.columns.map(({ name }) => name) ?? [])
      }
    for (const { reads, ports } of nodes)
      for (const source of reads) {
        const id = this.idOf(source)
        if (this.#written.has(id)) continue
        const mapped =
          source.columns && Object.values(source.columns).flatMap((list) => list.map(({ column }) => column))
        const [own] = Object.values(ports)
        this.#add(source, false, mapped ?? own?.columns.map(({ name }) => name) ?? [])
      }
  }

  /** The data set that a node means. */
  idOf(ref: DatasetRef): string {
    const own = idOf(ref)
    if (ref.table !== undefined || this.#written.has(own)) return own
    const folder = folderOf(ref.path)
    if (folder === undefined) return own
    return this.#written.has(folder) || (this.#wholeFolders && /\*\*|=\*|\/$/.test(ref.path)) ? folder : own
  }

  get all(): readonly Dataset[] {
    return [...this.#byId.values()].map(({ written: _written, ...dataset }) => dataset)
  }

  get(id: string): Dataset | undefined {
    return this.#byId.get(id)
  }

  /** Pairs of data sets of which the first is among what the second reads. */
  get parts(): readonly (readonly [Dataset, Dataset])[] {
    const all = this.all
    return all.flatMap((whole) =>
      all.flatMap((part): (readonly [Dataset, Dataset])[] =>
        part !== whole && isPart(part, whole) ? [[part, whole]] : [],
      ),
    )
  }

  #add(ref: DatasetRef, written: boolean, columns: readonly string[]): void {
    const id = written ? idOf(ref) : this.idOf(ref)
    const known = this.#byId.get(id)
    const path = datasetPath(ref.path)
    const kind = ref.table === undefined ? (isPattern(path) || /\/$/.test(ref.path) ? 'files' : 'file') : 'table'
    this.#byId.set(id, {
      id,
      kind,
      path,
      ...(ref.table === undefined ? {} : { table: ref.table }),
      columns: [...new Set([...(known?.columns ?? []), ...columns])],
      written: written || known?.written === true,
    })
  }
}

function isPart(part: Dataset, whole: Dataset): boolean {
  // A table is part of a read of its file that does not say which table.
  if (part.kind === 'table') return whole.kind !== 'table' && whole.path === part.path
  if (whole.kind === 'table') return false
  // One file, or some, of a folder that is written as a whole: their rows come from there.
  if (!isPattern(part.path) && whole.path.startsWith(`${part.path}/`)) return true
  if (isPattern(whole.path)) {
    if (!isPattern(part.path)) return matches(whole.path, part.path) || matches(whole.path, `${part.path}/file`)
    const inner = folderOf(part.path)
    const outer = folderOf(whole.path)
    return inner !== undefined && outer !== undefined && inner !== outer && inner.startsWith(`${outer}/`)
  }
  return false
}

/** Names of tables are told apart as databases do it. */
const idOf = ({ path, table }: DatasetRef): string =>
  table === undefined ? datasetPath(path) : `${datasetPath(path)}#${table.toLowerCase().replace(/^main\./, '')}`
