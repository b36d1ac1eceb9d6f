import type { RunEvent } from '../../shared/engine/types.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import type { ResumedStage } from '../../shared/rpc/engine-contract.ts'
import type { RunRequest } from '../../shared/runs/history.ts'
import type { ProjectLog } from '../logs/project-log.ts'
import { aboutRun, hideInEvent, hideInThrown, secretsOf } from '../logs/secrets.ts'
import { engineRequest } from './engine-request.ts'
import { missingVariables } from './run-failures.ts'
import type { RunRegistryOptions } from './run-options.ts'

interface AttemptOptions extends Pick<RunRegistryOptions, 'projectRoot' | 'engine'> {
  readonly runId: string
  readonly attempt: number
  readonly request: RunRequest
  /** With the values of secrets. */
  readonly parameters: Readonly<Record<string, string>>
  readonly env: Record<string, string>
  readonly stages: ResumedStage[]
  /** Where incremental extracts go on. */
  readonly cursors: Record<string, JsonValue>
  readonly log: ProjectLog
  /** Told when the engine has taken it up. */
  readonly answered: () => void
  readonly signal: AbortSignal
}

/** What the engine says of an attempt, without the secrets that it was given. @throws LogiDataError */
export async function* attemptEvents(options: AttemptOptions): AsyncGenerator<RunEvent> {
  const { projectRoot, engine, runId, attempt, request, parameters, env, stages, cursors, log, signal } = options
  const secrets = secretsOf(env, parameters, request.document)
  log.hide(runId, secrets)
  log.write({ level: 'info', source: 'run', runId, attempt, message: `attempt ${attempt} of ${aboutRun(request)}` })
  const missing = request.env.filter((name) => env[name] === undefined)
  if (missing.length > 0) throw missingVariables(missing)
  const asked = engineRequest({ ...request, parameters }, { projectRoot, env, runId, attempt, stages, cursors })
  try {
    for await (const event of engine.client.stream('run', asked, { signal })) {
      if (event.kind === 'started') options.answered()
      yield hideInEvent(event, secrets)
    }
  } catch (thrown) {
    throw hideInThrown(thrown, secrets)
  }
}
