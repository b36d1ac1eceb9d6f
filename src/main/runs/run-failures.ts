import { LogiDataError, operationalError, userError } from '../../shared/errors.ts'

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
