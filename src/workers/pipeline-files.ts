import { readFile } from 'node:fs/promises'
import type { PipelineFile } from '../engine/sub-pipeline.ts'
import type { ProjectFiles } from '../modules/kit/contract.ts'
import type { Problem } from '../shared/engine/types.ts'
import { toErrorInfo } from '../shared/errors.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
import { readPipeline } from '../shared/pipeline/read-pipeline.ts'
import { pipelinePaths } from '../shared/pipeline/sub-pipeline.ts'

const KEPT = 100

/** The pipelines that others stand on, as their files are now. */
export class PipelineFiles {
  readonly #files: ProjectFiles
  readonly #read = new Map<string, Promise<PipelineFile>>()

  constructor(files: ProjectFiles) {
    this.#files = files
  }

  /** Those that a document names, and those that these name in turn. What cannot be read is a problem in its place. */
  async below(document: PipelineDocument): Promise<ReadonlyMap<string, PipelineFile>> {
    const found = new Map<string, PipelineFile>()
    let wanted = pipelinePaths(document)
    while (wanted.length > 0) {
      const files = await Promise.all(wanted.map((path) => this.#file(path)))
      for (const [index, file] of files.entries()) found.set(wanted[index] ?? '', file)
      wanted = files
        .flatMap((file) => (file.document ? pipelinePaths(file.document) : []))
        .filter((path) => !found.has(path))
      wanted = [...new Set(wanted)]
    }
    return found
  }

  async #file(path: string): Promise<PipelineFile> {
    try {
      const [file] = await this.#files.inputs(path)
      if (!file) return { problem: problem('file.not-found', `There is no pipeline ${path}.`) }
      const key = `${file.path}|${file.bytes}|${file.modified}`
      let reading = this.#read.get(key)
      if (!reading) {
        reading = readFile(file.path, 'utf8').then((text) => parsed(path, text))
        if (this.#read.size >= KEPT) this.#read.clear()
        this.#read.set(key, reading)
        reading.catch(() => this.#read.delete(key))
      }
      return await reading
    } catch (thrown) {
      const { nodeId: _nodeId, field: _field, ...info } = toErrorInfo(thrown)
      return { problem: { severity: 'error', ...info } }
    }
  }
}

function parsed(path: string, text: string): PipelineFile {
  const { document, problems } = readPipeline(text)
  const first = problems.find(({ severity }) => severity === 'error')
  if (document && !first) return { document }
  const place = first?.position ? `:${first.position.line}:${first.position.column}` : ''
  return { problem: problem('pipeline.unreadable', `${path}${place}: ${first?.message ?? 'this is no pipeline'}`) }
}

const problem = (code: string, message: string): Omit<Problem, 'nodeId' | 'field'> => ({
  severity: 'error',
  kind: 'user',
  code,
  message,
  hint: 'Open that pipeline, and mend it.',
})
