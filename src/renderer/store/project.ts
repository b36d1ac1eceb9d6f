import { create } from 'zustand'
import { subscribeWithSelector } from 'zustand/middleware'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { Project } from '../../shared/rpc/app-contract.ts'
import type { Template } from '../../shared/templates/template.ts'
import { api } from '../api.ts'
import { closeTab, openPipeline, reconcileWithDisk } from './sessions.ts'
import { toast } from './toasts.ts'

export interface ProjectState {
  readonly project: Project | undefined
  readonly error: ErrorInfo | undefined
  /** Opening or making a pipeline. */
  readonly busy: boolean
}

export const useProject = create<ProjectState>()(
  subscribeWithSelector((): ProjectState => ({ project: undefined, error: undefined, busy: false })),
)

/** Keeps `useProject` true to the disk until `signal` aborts, across lost connections. */
export async function watchProject(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const project of api.stream('project.watch', {}, { signal })) {
        useProject.setState({ project, error: undefined })
        tellNotices(project)
        await reconcileWithDisk(project)
      }
      return
    } catch (thrown) {
      if (signal.aborted) return
      const error = toErrorInfo(thrown)
      useProject.setState({ error })
      // `stream` itself waits for a lost connection; this only keeps a failing host from being asked in a tight loop.
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

const told = new Set<string>()

/** What the application noticed when it opened the project, once. The words are the application's. */
function tellNotices({ root, notices }: Project): void {
  for (const { code, message, hint } of notices) {
    const key = `${root}\n${code}\n${message}`
    if (told.has(key)) continue
    told.add(key)
    toast({ tone: code.startsWith('journal.') ? 'danger' : 'neutral', message, hint })
  }
}

/**
 * @param template what it begins with; connections of it that the project lacks are added, without secrets
 * @throws LogiDataError
 */
export async function createPipeline(name: string, template?: Template): Promise<void> {
  if (template) await addConnections(template)
  const file = await api.call('pipeline.create', { name, ...(template && { document: template.document }) })
  await openPipeline(file.path)
}

async function addConnections({ connections }: Template): Promise<void> {
  const { connections: known } = await api.call('connection.list', {})
  for (const [name, connection] of Object.entries(connections))
    if (!known.some((one) => one.name === name)) await api.call('connection.save', { name, connection })
}

/** @throws LogiDataError */
export async function removePipeline(path: string): Promise<void> {
  await api.call('pipeline.remove', { path })
  await closeTab(path, { discard: true })
}
