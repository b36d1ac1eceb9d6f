import { join } from 'node:path'
import { outward } from '../engine/inner-nodes.ts'
import { connectorInfos } from '../modules/connectors/catalogue.ts'
import type { Module } from '../modules/kit/contract.ts'
import { cleanSpill, cleanStaging, recoverProject, stagingLimits } from '../modules/kit/files/clean-project.ts'
import type { RunEvent } from '../shared/engine/types.ts'
import { cancelledError, fromErrorInfo, toErrorInfo } from '../shared/errors.ts'
import type { ModuleInfo } from '../shared/modules/descriptor.ts'
import { assertNever } from '../shared/result.ts'
import type { ParsedInputOf } from '../shared/rpc/contract.ts'
import type { engineContract, portRequestSchema } from '../shared/rpc/engine-contract.ts'
import { readRejects, repairRejects } from './accounting/repair-rejects.ts'
import { withFrozenClock } from './frozen-clock.ts'
import { listFunctions } from './functions.ts'
import { SPILL_FOLDER } from './lock-down.ts'
import { outwardEvents } from './outward-events.ts'
import { Project } from './project.ts'
import { settleCommits } from './run/commits.ts'
import { runPipeline } from './run/run-pipeline.ts'
import { STAGED_RUNS } from './run/staged-results.ts'
import { ProjectSession } from './session.ts'
import { browseConnection, testConnection } from './sources/ask-connection.ts'
import type { ThreadMethod, ThreadOptions } from './thread-contract.ts'

/** A DuckDB per project takes memory: the one that was used longest ago is closed. */
const OPEN_AT_MOST = 3

export interface ProjectsOptions extends ThreadOptions {
  readonly moduleOf: (type: string) => Module | undefined
  readonly moduleInfos: () => readonly ModuleInfo[]
}

type Input<Name extends keyof typeof engineContract> = ParsedInputOf<(typeof engineContract)[Name]>

/** The projects that one thread has open, and the questions it answers about them. */
export class Projects {
  readonly #options: ProjectsOptions
  readonly #open = new Map<string, Promise<Project>>()
  readonly #busy = new Map<string, number>()
  #active = 0
  #closed = false

  constructor(options: ProjectsOptions) {
    this.#options = options
  }

  get activeQueries(): number {
    return this.#active
  }

  /**
   * What happens inside a sub-pipeline is told as something of the step that stands for it.
   * @param input what the host has parsed by the contract
   * @throws LogiDataError
   */
  async answer(
    method: ThreadMethod,
    input: unknown,
    signal: AbortSignal,
    onEvent: (event: RunEvent) => void = () => {},
  ): Promise<unknown> {
    try {
      return await this.#answer(method, input, signal, outwardEvents(onEvent))
    } catch (thrown) {
      throw fromErrorInfo(outward(toErrorInfo(thrown)))
    }
  }

  async #answer(
    method: ThreadMethod,
    input: unknown,
    signal: AbortSignal,
    onEvent: (event: RunEvent) => void,
  ): Promise<unknown> {
    switch (method) {
      case 'modules':
        return this.#options.moduleInfos()
      case 'functions':
        return listFunctions()
      case 'open':
        return this.#with(input as { projectRoot: string }, async () => null)
      case 'analyse':
        return this.#with(input as Input<'analyse'>, (project, request) => project.analyse(request, signal))
      case 'preview':
        return this.#with(input as Input<'preview'>, (project, request) => project.preview(request, signal))
      case 'profile':
        return this.#with(input as PortInput, (project, request) => project.profile(request, signal))
      case 'sql':
        return this.#with(input as PortInput, (project, request) => project.sql(request, signal))
      case 'previewFile':
        return this.#with(input as Input<'previewFile'>, (project, { path, limit }) =>
          project.previewFile(path, limit, signal),
        )
      case 'rejects':
        return this.#with(input as Input<'rejects'>, (project, request) => readRejects(project, request, signal))
      case 'repair':
        return this.#with(input as Input<'repair'>, (project, request) => repairRejects(project, request, signal))
      case 'detect':
        return this.#with(input as Input<'detect'>, (project, { type, config }) => project.detect(type, config, signal))
      case 'suggest':
        return this.#with(input as Input<'suggest'>, (project, request) => project.suggest(request, signal))
      case 'test':
        return this.#with(input as Input<'test'>, (project, request) => project.test(request, signal))
      case 'lineage':
        return this.#with(input as Input<'lineage'>, (project, request) => project.lineage.of(request, signal))
      case 'renameColumn':
        return this.#with(input as Input<'renameColumn'>, (project, request) => project.renameColumn(request, signal))
      case 'connectors':
        return connectorInfos()
      case 'testConnection':
        return testConnection(input as Input<'testConnection'>, signal)
      case 'browseConnection':
        return browseConnection(input as Input<'browseConnection'>, signal)
      case 'refreshSource':
        return this.#with(input as Input<'refreshSource'>, (project, request) => project.refreshSource(request, signal))
      case 'keptSources':
        return this.#with(input as Input<'keptSources'>, (project, request) => project.keptSources(request, signal))
      case 'diff':
        return this.#with(input as Input<'diff'>, (project, request) => project.diff(request, signal))
      case 'run':
        return this.#with(input as Input<'run'>, async (project, request) => {
          // Another process may have died in the middle of a swap since the project was opened.
          const recovered = recover(project.session.root)
          return withFrozenClock(request.now, () => runPipeline(project, request, onEvent, signal, { recovered }))
        })
      default:
        return assertNever(method)
    }
  }

  /** Waits for what was lent to come back: cancel that first. */
  async close(): Promise<void> {
    this.#closed = true
    const projects = [...this.#open.values()]
    this.#open.clear()
    for (const project of projects) await (await project.catch(() => undefined))?.session.close()
  }

  async #with<I extends { projectRoot: string }, T>(
    input: I,
    work: (project: Project, input: I) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw cancelledError()
    const { projectRoot } = input
    const opening = this.#open.get(projectRoot) ?? this.#openProject(projectRoot)
    this.#open.delete(projectRoot)
    this.#open.set(projectRoot, opening)
    this.#busy.set(projectRoot, (this.#busy.get(projectRoot) ?? 0) + 1)
    this.#active++
    try {
      return await work(await opening, input)
    } finally {
      this.#active--
      this.#busy.set(projectRoot, (this.#busy.get(projectRoot) ?? 1) - 1)
      this.#closeOldest()
    }
  }

  #openProject(projectRoot: string): Promise<Project> {
    const { memoryBytes, threads, moduleOf } = this.#options
    const opening = ProjectSession.open({ projectRoot, memoryBytes, threads }).then(async (session) => {
      // Before anything is read: a folder that a crash left between two renames is not there until it is put back.
      await recover(session.root)
      await cleanStaging(session.staging, await stagingLimits(session.root))
      await cleanSpill(join(session.root, SPILL_FOLDER))
      // What a run was staging when its process died; what it had staged is for the runs' own keeping.
      await cleanSpill(join(session.staging, STAGED_RUNS))
      return new Project(session, moduleOf)
    })
    opening.catch(() => this.#open.delete(projectRoot))
    return opening
  }

  #closeOldest(): void {
    if (this.#open.size <= OPEN_AT_MOST) return
    for (const [root, project] of this.#open) {
      if ((this.#busy.get(root) ?? 0) > 0) continue
      this.#open.delete(root)
      project.then(({ session }) => session.close()).catch(() => undefined)
      return
    }
  }
}

/** What was committed is told from what a dead process left, so that comes first. */
async function recover(root: string): Promise<boolean> {
  await settleCommits(root)
  return recoverProject(root)
}

type PortInput = ParsedInputOf<{ input: typeof portRequestSchema }>
