import type { RunEvent } from '../../shared/engine/types.ts'
import { type ErrorInfo, LogiDataError, operationalError, toErrorInfo, userError } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { secretsLost } from '../../shared/pipeline/secret-parameters.ts'
import type { RunSummary } from '../../shared/runs/history.ts'

export const unknownRun = (runId: string) => userError('run.unknown', `This project has no run ${runId}.`)

export const endedEarly = () =>
  operationalError('run.ended-early', 'The engine ended the run without saying how it went.', {
    hint: 'Resume the run. If it happens again, the log says more.',
  })

/** The engine's process went away in the middle of a run. */
export const isCrash = (thrown: unknown): boolean =>
  thrown instanceof LogiDataError && ['engine.crashed', 'rpc.disconnected'].includes(thrown.info.code)

export const engineLost = (cause: unknown, attempt: number) =>
  operationalError(
    'engine.crashed',
    attempt > 1
      ? `The engine stopped in the middle of the run again (attempt ${attempt}), and was started again.`
      : 'The engine stopped in the middle of the run and was started again.',
    {
      hint: 'Resume the run: it goes on from its last good stage. If it stops again, the pipeline may need more memory than there is: filter earlier, or lower LOGIDATA_MEMORY_LIMIT.',
      cause,
    },
  )

export const interrupted = () =>
  userError('run.interrupted', 'The application ended before this run did.', {
    hint: 'Resume the run: it goes on from its last good stage.',
  })

export const closed = () =>
  userError('run.interrupted', 'LogiData Studio was closed before this run had ended.', {
    hint: 'Resume the run: it goes on from its last good stage.',
  })

export const missingVariables = (names: readonly string[]) =>
  userError(
    'run.environment',
    `The run was given the environment variable ${names.join(', ')}, which this application does not have or may not give to it.`,
    {
      hint: `Start the application with ${names.map((name) => `--env ${name}`).join(' ')} and the variable set, then resume the run.`,
    },
  )

/** What a run that left none says to who follows it. */
export const lastWordOf = (wasInterrupted: boolean): RunEvent => ({
  kind: 'finished',
  state: 'failed',
  milliseconds: 0,
  ...(wasInterrupted && { error: interrupted().info }),
})

export const notResumable = ({ state, runId }: RunSummary) =>
  userError('run.not-resumable', `The run ${runId} cannot be resumed: its state is ${state}.`, {
    hint: 'Runs that failed, were cancelled or interrupted can be.',
  })

/** What a run was given. @throws LogiDataError `run.secret` if a secret of it is not known any more */
export function withSecrets(document: PipelineDocument, given: Readonly<Record<string, string>>) {
  const lost = secretsLost(document, given)
  if (lost.length === 0) return given
  throw userError(
    'run.secret',
    `The value of ${lost.join(', ')} is not known any more: secrets are not written down.`,
    {
      hint: 'Give it again: in the pipeline’s parameters, before it is resumed from there; or with --parameter name=value.',
    },
  )
}

export const notKept = () =>
  userError('run.not-kept', 'The pipeline of this run was not kept: it is of an earlier LogiData Studio.', {
    hint: 'Run the pipeline as it is now.',
  })

export const notQueued = () =>
  userError('run.not-queued', 'Only runs that wait in the queue can be moved.', {
    hint: 'It has started meanwhile, or has ended.',
  })

export const notRepeatable = () =>
  userError('replay.repeat', 'A run that replayed rejected rows is not run again: its rows would be added twice.', {
    hint: 'Replay the rows among the rejected ones of the run that turned them down.',
  })

export const journalFailed = (cause: unknown) =>
  operationalError('journal.failed', `The run history cannot be opened: ${toErrorInfo(cause).message}`, {
    hint: 'Nothing runs that is not written down.',
    cause,
  })

export const notSettled = (runId: string) =>
  userError('run.unsettled', `An earlier run, ${runId}, may have loaded a part of what is new, and did not end well.`, {
    hint: 'Resume that run first; or reset where the pipeline goes on, if what it loaded was removed.',
  })

/** What people are told of runs that an earlier process left. */
export function leftBehind(left: number, waiting: number): ErrorInfo[] {
  const notices: ErrorInfo[] = []
  if (left > 0)
    notices.push(
      userError(
        'runs.interrupted',
        left === 1
          ? 'A run was still going when LogiData Studio ended last time.'
          : `${left} runs were still going when LogiData Studio ended last time.`,
        { hint: 'In the list of runs you can resume it from its last good stage.' },
      ).info,
    )
  if (waiting > 0)
    notices.push(
      userError(
        'runs.continued',
        waiting === 1
          ? 'A run that was waiting when LogiData Studio ended goes on now.'
          : `${waiting} runs that were waiting when LogiData Studio ended go on now, one after another.`,
        { hint: 'The list of runs shows the queue; what is not wanted any more can be cancelled there.' },
      ).info,
    )
  return notices
}
