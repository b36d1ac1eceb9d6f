import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { pipelinePaths } from '../../shared/pipeline/sub-pipeline.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { removePipeline, useProject } from '../store/project.ts'
import { toast, toastError } from '../store/toasts.ts'
import { readOther } from './other-pipelines.ts'

export interface MadeFile {
  readonly name: string
  /** Of the new file. */
  readonly path: string
  readonly revision: string
  readonly inner: PipelineDocument
  /** The pipeline in front, and its document before and after. */
  readonly front: string
  readonly before: PipelineDocument
  readonly after: PipelineDocument
}

/**
 * Undoing and redoing a sub-pipeline takes its file along: away while nobody has changed it or uses it elsewhere, and back again.
 * Undo and redo give back the very document that was there before, which is how they are known.
 */
export function undoTakesFileAlong(made: MadeFile): void {
  let revision: string | undefined = made.revision
  let last: Promise<void> = Promise.resolve()
  const inTurn = (work: () => Promise<void>) => {
    last = last.then(work).catch(toastError)
  }
  const away = async () => {
    const file = await api.call('pipeline.read', { path: made.path }).catch(() => undefined)
    if (!file) return
    if (file.revision !== revision || (await isUsedElsewhere(made))) {
      toast({ tone: 'neutral', message: t('sub.fileStays', { path: made.path }) })
      return
    }
    await removePipeline(made.path)
    revision = undefined
    toast({ tone: 'neutral', message: t('sub.fileRemoved', { path: made.path }) })
  }
  const back = async () => {
    if (revision !== undefined) return
    const file = await api.call('pipeline.create', { name: made.name, document: made.inner })
    if (file.path === made.path) revision = file.revision
    else toast({ tone: 'warning', message: t('sub.changedMeanwhile', { path: file.path }) })
  }
  usePipeline.subscribe(
    ({ document, path }) => (path === made.front ? document : undefined),
    (document, previous) => {
      if (previous === made.after && document === made.before) inTurn(away)
      else if (previous === made.before && document === made.after) inTurn(back)
    },
  )
}

async function isUsedElsewhere({ path, front }: MadeFile): Promise<boolean> {
  const others = useProject.getState().project?.pipelines.filter((entry) => entry.path !== front && entry.path !== path)
  const documents = await Promise.all((others ?? []).map((entry) => readOther(entry.path).catch(() => undefined)))
  return documents.some((document) => document && pipelinePaths(document).includes(path))
}
