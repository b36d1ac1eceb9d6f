import { useEffect } from 'react'
import { create } from 'zustand'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { pipelinePaths } from '../../shared/pipeline/sub-pipeline.ts'
import { api } from '../api.ts'
import { requestAnalysis } from '../store/analysis.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useProject } from '../store/project.ts'

export type OtherPipeline =
  | { readonly state: 'reading' }
  | { readonly state: 'read'; readonly document: PipelineDocument }
  | { readonly state: 'failed'; readonly error: ErrorInfo }

interface Known {
  /** When the file was changed last, as the project says; what was read of another moment is read again. */
  readonly modified: number | undefined
  readonly other: OtherPipeline
}

const useOthers = create<{ readonly byPath: Readonly<Record<string, Known>> }>()(() => ({ byPath: {} }))

const modifiedOf = (path: string) =>
  useProject.getState().project?.pipelines.find((entry) => entry.path === path)?.modified

function remember(path: string, known: Known): void {
  useOthers.setState(({ byPath }) => ({ byPath: { ...byPath, [path]: known } }))
}

/** Reads another pipeline of the project. @throws LogiDataError if there is none, or none that can be read */
export async function readOther(path: string): Promise<PipelineDocument> {
  const { document, problems } = await api.call('pipeline.read', { path })
  if (document) return document
  throw problems[0] ?? new Error(`${path} is no pipeline`)
}

/** What a file has that a step stands for, as it is now. Undefined without a path. */
export function useOtherPipeline(path: string): OtherPipeline | undefined {
  const modified = useProject((state) => state.project?.pipelines.find((entry) => entry.path === path)?.modified)
  const known = useOthers((state) => state.byPath[path])
  useEffect(() => {
    if (path === '') return
    const before = useOthers.getState().byPath[path]
    if (before && before.modified === modified && before.other.state !== 'failed') return
    // While it is read again, what it was stays.
    if (!before) remember(path, { modified, other: { state: 'reading' } })
    readOther(path).then(
      (document) => remember(path, { modified, other: { state: 'read', document } }),
      (thrown: unknown) => remember(path, { modified, other: { state: 'failed', error: toErrorInfo(thrown) } }),
    )
  }, [path, modified])
  return path === '' ? undefined : (known?.other ?? { state: 'reading' })
}

/** Looks at the pipeline in front again when a file changes that it stands on. Gives back what stops it. */
export function followOthers(): () => void {
  let last = ''
  return useProject.subscribe(() => {
    const { document, path } = usePipeline.getState()
    if (!document) return
    const key = `${path} ${pipelinePaths(document)
      .map((one) => `${one}:${modifiedOf(one)}`)
      .join(' ')}`
    if (key === last) return
    last = key
    if (pipelinePaths(document).length > 0) void requestAnalysis()
  })
}
