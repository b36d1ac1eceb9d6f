import { realpath } from 'node:fs/promises'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
import type { AppEngine } from './engine/app-engine.ts'
import { grantedEnvironment } from './environment/granted-environment.ts'
import { handOverHandlers } from './handlers/runs.ts'
import { observeRuns } from './observability/observe-runs.ts'
import { claimProject, type ProjectClaim } from './ownership/claim-project.ts'
import { Project } from './projects/project.ts'
import { ensureSampleProject } from './projects/sample-project.ts'
import { RunRegistry } from './runs/run-registry.ts'
import { ActiveProjects } from './schedules/active-projects.ts'
import { ScheduleService } from './schedules/schedule-service.ts'
import { LastProject } from './settings/last-project.ts'

/** An open project, and what runs in it. */
export interface Session {
  readonly project: Project
  readonly runs: RunRegistry
  readonly claim: ProjectClaim
  readonly schedules: ScheduleService
}

export interface SessionsOptions {
  /** The folder to open; absent: the one that was opened last, at first the person's copy of the sample project. */
  readonly projectRoot?: string
  readonly dataDirectory: string
  readonly engine: AppEngine
  /** Environment variables, beyond `LOGIDATA_…`, that the person granted to `${env:NAME}`. */
  readonly grants?: readonly string[]
  /** Hosts inside this network that webhooks may reach. */
  readonly allowedHosts?: readonly string[]
  /** Without a window: runs the schedules of its project whatever was said in the studio, and leaves no trace there. */
  readonly daemon?: boolean
  /** Lines for whoever runs the application. */
  readonly log?: (message: string) => void
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** What others are told who find the project in use: `LogiData Studio (browser)`. */
  readonly application?: string
}

/** The projects that are open, and which of them all windows look at. */
export class Sessions {
  readonly engine: AppEngine
  readonly #options: SessionsOptions
  readonly #grants: ReadonlySet<string>
  readonly #lastProject: LastProject
  readonly #open = new Map<string, Session>()
  readonly #opening = new Map<string, Promise<Session>>()
  readonly #switched = new Set<() => void>()
  #current: Session | undefined
  #sample: string | undefined

  private constructor(options: SessionsOptions) {
    this.#options = options
    this.engine = options.engine
    this.#grants = new Set(options.grants)
    this.#lastProject = new LastProject(options.dataDirectory)
  }

  /** @throws LogiDataError if the project cannot be opened */
  static async start(options: SessionsOptions): Promise<Sessions> {
    const sessions = new Sessions(options)
    sessions.#current = await sessions.#first()
    return sessions
  }

  get current(): Session {
    if (!this.#current) throw new TypeError('no project is open')
    return this.#current
  }

  get all(): readonly Session[] {
    return [...this.#open.values()]
  }

  /** Opens a project that the person chose; the next start opens it again. @throws LogiDataError */
  async switchTo(root: string): Promise<void> {
    this.#current = await this.#chosen(root)
    for (const notify of this.#switched) notify()
  }

  /** Calls back when another project becomes the current one. @returns ends it */
  onSwitch(listener: () => void): () => void {
    this.#switched.add(listener)
    return () => this.#switched.delete(listener)
  }

  /** What every request to the engine about a draft carries. */
  draft<T extends { document: PipelineDocument }>(input: T) {
    return { ...input, projectRoot: this.current.project.root, env: this.environment(input.document) }
  }

  /** The variables that a pipeline may have. */
  environment(document: PipelineDocument): Record<string, string> {
    return grantedEnvironment(document, this.#grants, this.#options.environment ?? process.env)
  }

  #variable(name: string): string | undefined {
    const isGranted = name.startsWith('LOGIDATA_') || this.#grants.has(name)
    return isGranted ? (this.#options.environment ?? process.env)[name] : undefined
  }

  /** Interrupts runs, so that they can be resumed, and stops watching. */
  async close(): Promise<void> {
    for (const { project, runs, schedules, claim } of this.all) {
      await project.close()
      await schedules.close()
      await claim.stopServing()
      await runs.close()
      await claim.release()
    }
    this.#open.clear()
  }

  async #first(): Promise<Session> {
    const { projectRoot } = this.#options
    if (projectRoot !== undefined) return this.#chosen(projectRoot)
    const last = await this.#lastProject.read()
    this.#sample = await realpath(await ensureSampleProject(this.#options.dataDirectory))
    if (last === undefined || last === this.#sample) return this.#session(this.#sample)
    try {
      return await this.#session(last)
    } catch {
      // Moved, removed, on a disk that is not there today, or open in another application.
      return this.#session(this.#sample)
    }
  }

  async #chosen(root: string): Promise<Session> {
    const session = await this.#session(root)
    if (!this.#options.daemon) await this.#lastProject.remember(session.project.root)
    return session
  }

  async #session(path: string): Promise<Session> {
    const root = await realpath(path).catch(() => path)
    const project = await Project.open(root, { sample: root === this.#sample })
    const known = this.#open.get(project.root) ?? this.#opening.get(project.root)
    if (known) return known
    const opening = this.#openSession(project)
    this.#opening.set(project.root, opening)
    try {
      const session = await opening
      this.#open.set(project.root, session)
      return session
    } finally {
      this.#opening.delete(project.root)
    }
  }

  async #openSession(project: Project): Promise<Session> {
    const claim = await claimProject(project.root, this.#options.application ?? 'LogiData Studio')
    try {
      const runs = await RunRegistry.open({
        projectRoot: project.root,
        engine: this.engine,
        environment: (document) => this.environment(document),
        observer: observeRuns({
          projectRoot: project.root,
          engine: async () => this.engine,
          granted: (document) => this.environment(document),
          ...(this.#options.environment ? { environment: this.#options.environment } : {}),
          ...(this.#options.log ? { log: this.#options.log } : {}),
        }),
      })
      const schedules = await ScheduleService.open({
        project,
        runs,
        active: this.#options.daemon ? 'always' : new ActiveProjects(this.#options.dataDirectory),
        variable: (name) => this.#variable(name),
        allowedHosts: new Set(this.#options.allowedHosts),
        log: this.#options.log ?? (() => {}),
      })
      await claim.serve(handOverHandlers(runs))
      return { project, runs, schedules, claim }
    } catch (thrown) {
      await claim.release()
      throw thrown
    }
  }
}
