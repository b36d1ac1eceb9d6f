import { userError } from '../../shared/errors.ts'
import type { Project } from '../projects/project.ts'
import type { RunRegistry } from '../runs/run-registry.ts'
import type { EndedRun, ScheduledRunState, ScheduledRuns, ScheduledStart } from './scheduler.ts'

/** The runs of a project, as its schedules see them. */
export class ProjectRuns implements ScheduledRuns {
  readonly #project: Project
  readonly #runs: RunRegistry

  constructor(project: Project, runs: RunRegistry) {
    this.#project = project
    this.#runs = runs
  }

  async start({ path, parameters, schedule, key, detail }: ScheduledStart): Promise<string> {
    const { document, problems } = await this.#project.pipelines.read(path)
    const [problem] = problems
    if (!document || problem)
      throw userError('schedule.pipeline', `${path} cannot be read: ${problem?.message ?? 'it is no pipeline'}`, {
        hint: 'Open the pipeline and mend it.',
      })
    return this.#runs.start({
      path,
      document,
      parameters: { ...parameters },
      trigger: { by: 'schedule', name: schedule, ...(detail === undefined ? {} : { detail }) },
      key,
    })
  }

  async stateOf(runId: string): Promise<ScheduledRunState | undefined> {
    return this.#runs.journal.run(runId)?.state
  }

  async about(runId: string) {
    return this.#runs.journal.run(runId)
  }

  async endedAfter(path: string, mark = 0): Promise<readonly EndedRun[]> {
    return this.#runs.journal.schedules.endings(path, mark)
  }

  async lastEnded(path: string): Promise<EndedRun | undefined> {
    return this.#runs.journal.schedules.lastEnding(path)
  }

  onEnd(listener: () => void): () => void {
    const leaving = new AbortController()
    const follow = async () => {
      for await (const _ of this.#runs.queue(leaving.signal)) listener()
    }
    // The journal cannot be read: the clock asks now and then all the same.
    follow().catch(() => {})
    return () => leaving.abort()
  }
}
