import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { userError } from '../../shared/errors.ts'
import type { Project as ProjectInfo } from '../../shared/rpc/app-contract.ts'
import { toOperationalError } from '../files/file-errors.ts'
import { isPipelineName, PIPELINES_FOLDER, PipelineLister } from './list-pipelines.ts'
import { PipelineFiles } from './pipeline-files.ts'

/** Editors write a file in several steps; listeners hear of one change. */
const QUIET_MILLISECONDS = 60

/** A folder's name as people write names: `sample-project` is “Sample project”. */
export function projectName(root: string): string {
  const words = basename(root)
    .replaceAll(/[-_\s]+/g, ' ')
    .trim()
  return words === '' ? root : words.charAt(0).toUpperCase() + words.slice(1)
}

/** An open project folder. Closing it ends the watching. */
export class Project {
  readonly root: string
  readonly sample: boolean
  readonly pipelines: PipelineFiles
  readonly #lister: PipelineLister
  readonly #listeners = new Set<() => void>()
  #watcher: Promise<{ close(): Promise<void> }> | undefined
  #timer: NodeJS.Timeout | undefined

  private constructor(root: string, sample: boolean) {
    this.root = root
    this.sample = sample
    this.pipelines = new PipelineFiles(root)
    this.#lister = new PipelineLister(root)
  }

  /** @throws LogiDataError `file.*`, `project.not-folder` */
  static async open(path: string, options: { sample?: boolean } = {}): Promise<Project> {
    try {
      const root = await realpath(path)
      if ((await stat(root)).isDirectory()) return new Project(root, options.sample ?? false)
    } catch (thrown) {
      throw toOperationalError(thrown, path)
    }
    throw userError('project.not-folder', `“${path}” is not a folder.`, { hint: 'A project is a folder; open that.' })
  }

  async info(): Promise<Omit<ProjectInfo, 'notices'>> {
    const pipelines = await this.#lister.list()
    return { root: this.root, name: projectName(this.root), pipelines, sample: this.sample }
  }

  /** Calls back after every change of the project's pipelines on disk. @returns ends it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#watcher ??= this.#watch()
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#listeners.clear()
    const watcher = this.#watcher
    this.#watcher = undefined
    await (await watcher)?.close()
  }

  async #watch(): Promise<{ close(): Promise<void> }> {
    // Loaded late: the first screen does not wait for it.
    const { watch } = await import('chokidar')
    const folder = join(this.root, PIPELINES_FOLDER)
    const watcher = watch(this.root, {
      depth: 1,
      ignoreInitial: true,
      // Data folders can hold very many files, so that only what may be a pipeline is watched.
      ignored: (path) =>
        path !== this.root &&
        path !== folder &&
        !(isPipelineName(basename(path)) && [this.root, folder].includes(dirname(path))),
    })
    watcher.on('all', () => {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => {
        for (const listener of this.#listeners) listener()
      }, QUIET_MILLISECONDS)
    })
    // Too many watched files, a folder that vanished: the studio goes on, and asks the disk when it must.
    watcher.on('error', () => {})
    return watcher
  }
}
