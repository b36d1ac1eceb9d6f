import type { Project as ProjectInfo, projectContract } from '../../shared/rpc/app/projects.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import { findDataFiles } from '../projects/data-files.ts'
import { listFolders } from '../projects/folders.ts'
import type { Project } from '../projects/project.ts'
import type { Session, Sessions } from '../sessions.ts'

export function projectHandlers(sessions: Sessions): Handlers<typeof projectContract> {
  const project = () => sessions.current.project
  return {
    'project.current': () => info(sessions.current),
    'project.open': async ({ root }) => {
      await sessions.switchTo(root)
      return info(sessions.current)
    },
    'project.watch': (_, { signal }) => watchProject(sessions, signal),
    'project.files': ({ contains }) => findDataFiles(project().root, contains),
    'folders.list': ({ path }) => listFolders(path),
    'pipeline.read': ({ path }) => project().pipelines.read(path),
    'pipeline.save': ({ path, revision, document }) => project().pipelines.save(path, revision, document),
    'pipeline.create': ({ name, document }) => project().pipelines.create(name, document),
    'pipeline.remove': async ({ path }) => {
      await project().pipelines.remove(path)
      return {}
    },
  }
}

async function info({ project, runs }: Session): Promise<ProjectInfo> {
  return { ...(await project.info()), notices: [...runs.notices] }
}

async function* watchProject(sessions: Sessions, signal: AbortSignal): AsyncGenerator<ProjectInfo> {
  let changed = true
  let wake = () => {}
  const notify = () => {
    changed = true
    wake()
  }
  let watched: Project | undefined
  let unwatch = () => {}
  const endSwitching = sessions.onSwitch(notify)
  signal.addEventListener('abort', notify, { once: true })
  try {
    while (!signal.aborted) {
      if (watched !== sessions.current.project) {
        unwatch()
        watched = sessions.current.project
        unwatch = watched.onChange(notify)
      }
      if (changed) {
        changed = false
        yield await info(sessions.current)
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    unwatch()
    endSwitching()
    signal.removeEventListener('abort', notify)
  }
}
