import { userError } from '../shared/errors.ts'
import type { AppContract, Project as ProjectInfo } from '../shared/rpc/app-contract.ts'
import type { HandlerContext, Handlers } from '../shared/rpc/contract.ts'
import type { AppEngine } from './engine/app-engine.ts'
import { grantedEnvironment } from './environment/granted-environment.ts'
import { findDataFiles } from './projects/data-files.ts'
import { listFolders } from './projects/folders.ts'
import { Project } from './projects/project.ts'
import { ensureSampleProject } from './projects/sample-project.ts'
import { RunRegistry } from './runs/run-registry.ts'
import { LastProject } from './settings/last-project.ts'
import { SettingsStore } from './settings/settings-store.ts'

export interface AppOptions {
  /** The folder to open; absent: the one that was opened last, at first the person's copy of the sample project. */
  readonly projectRoot?: string
  readonly dataDirectory: string
  readonly engine: AppEngine
  /** Environment variables, beyond `LOGIDATA_…`, that the person granted to `${env:NAME}`. */
  readonly grants?: readonly string[]
  readonly environment?: Readonly<Record<string, string | undefined>>
}

export interface App {
  readonly handlers: Handlers<AppContract>
  /** Cancels runs and stops watching. The engine stays its owner's. */
  close(): Promise<void>
}

interface Session {
  readonly project: Project
  readonly runs: RunRegistry
}

/**
 * The application behind the window, whatever carries its requests: one current project, shared by all windows.
 * @throws LogiDataError if the project cannot be opened
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { engine, environment = process.env } = options
  const grants = new Set(options.grants)
  const settings = new SettingsStore(options.dataDirectory)
  const sessions = new Map<string, Session>()
  const switched = new Set<() => void>()

  const lastProject = new LastProject(options.dataDirectory)
  let current = await firstSession()

  async function firstSession(): Promise<Session> {
    const { projectRoot } = options
    if (projectRoot !== undefined) return opened(projectRoot)
    const last = await lastProject.read()
    const sample = await openSample()
    if (last === undefined || last === sample.project.root) return sample
    try {
      return await openSession(last)
    } catch {
      // Moved, removed or on a disk that is not there today.
      return sample
    }
  }

  /** A project that the person chose: the next start opens it again. */
  async function opened(root: string): Promise<Session> {
    const session = await openSession(root)
    await lastProject.remember(session.project.root)
    return session
  }

  async function openSample(): Promise<Session> {
    return openSession(await ensureSampleProject(options.dataDirectory), true)
  }

  async function openSession(path: string, sample = false): Promise<Session> {
    const project = await Project.open(path, { sample })
    const known = sessions.get(project.root)
    if (known) return known
    const session = { project, runs: new RunRegistry(project.root) }
    sessions.set(project.root, session)
    await session.runs.recover()
    return session
  }

  /** What every request to the engine about a draft carries. */
  function draft<T extends { document: Parameters<typeof grantedEnvironment>[0] }>(input: T) {
    const env = grantedEnvironment(input.document, grants, environment)
    return { ...input, projectRoot: current.project.root, env }
  }

  async function* watchProject(signal: AbortSignal): AsyncGenerator<ProjectInfo> {
    let changed = true
    let wake = () => {}
    const notify = () => {
      changed = true
      wake()
    }
    let watched: Project | undefined
    let unwatch = () => {}
    switched.add(notify)
    signal.addEventListener('abort', notify, { once: true })
    try {
      while (!signal.aborted) {
        if (watched !== current.project) {
          unwatch()
          watched = current.project
          unwatch = watched.onChange(notify)
        }
        if (changed) {
          changed = false
          yield await watched.info()
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    } finally {
      unwatch()
      switched.delete(notify)
      signal.removeEventListener('abort', notify)
    }
  }

  async function* runEvents(runId: string, { signal }: HandlerContext) {
    for (const { runs } of sessions.values()) {
      const events = await runs.events(runId, signal)
      if (events) return yield* events
    }
    throw unknownRun(runId)
  }

  const handlers: Handlers<AppContract> = {
    'project.current': () => current.project.info(),
    'project.open': async ({ root }) => {
      current = await opened(root)
      for (const notify of switched) notify()
      return current.project.info()
    },
    'project.watch': (_, { signal }) => watchProject(signal),
    'project.files': ({ contains }) => findDataFiles(current.project.root, contains),
    'folders.list': ({ path }) => listFolders(path),
    'pipeline.read': ({ path }) => current.project.pipelines.read(path),
    'pipeline.save': ({ path, revision, document }) => current.project.pipelines.save(path, revision, document),
    'pipeline.create': ({ name, document }) => current.project.pipelines.create(name, document),
    'pipeline.remove': async ({ path }) => {
      await current.project.pipelines.remove(path)
      return {}
    },
    'modules.list': (_, context) => engine.client.call('modules', {}, context),
    'functions.list': (_, context) => engine.client.call('functions', {}, context),
    'draft.analyse': (input, context) => engine.client.call('analyse', draft(input), context),
    'draft.preview': (input, context) => engine.client.call('preview', draft(input), context),
    'draft.profile': (input, context) => engine.client.call('profile', draft(input), context),
    'draft.sql': (input, context) => engine.client.call('sql', draft(input), context),
    'draft.suggest': (input, context) => engine.client.call('suggest', draft(input), context),
    'file.preview': ({ path }, context) =>
      engine.client.call('previewFile', { projectRoot: current.project.root, path }, context),
    'file.detect': (input, context) =>
      engine.client.call('detect', { projectRoot: current.project.root, ...input }, context),
    'run.start': async ({ path, ...rest }) => {
      const request = draft(rest)
      const start = (runId: string, signal: AbortSignal) =>
        engine.client.stream('run', { ...request, runId }, { signal })
      return { runId: await current.runs.start({ path, start }) }
    },
    'run.events': ({ runId }, context) => runEvents(runId, context),
    'run.cancel': async ({ runId }) => {
      if (![...sessions.values()].some(({ runs }) => runs.cancel(runId))) throw unknownRun(runId)
      return {}
    },
    'run.list': ({ path }) => current.runs.list(path),
    'settings.read': () => settings.read(),
    'settings.write': (patch) => settings.write(patch),
    'engine.status': async (_, context) => {
      const { state, restarts } = engine.status()
      if (state !== 'ready') return { state, restarts, memoryBytes: 0, memoryLimitBytes: 0 }
      const { memoryBytes, memoryLimitBytes } = await engine.client.call('status', {}, context)
      return { state, restarts, memoryBytes, memoryLimitBytes }
    },
  }

  return {
    handlers,
    async close() {
      for (const { project, runs } of sessions.values()) {
        await project.close()
        await runs.close()
      }
    },
  }
}

const unknownRun = (runId: string) => userError('run.unknown', `This project has no run ${runId}.`)
