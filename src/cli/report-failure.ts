import type { Log } from '../main/log.ts'
import { type ErrorInfo, toErrorInfo } from '../shared/errors.ts'
import { EXIT } from './exit-codes.ts'

/** Tells a person, or with `json` a program, what went wrong. A bug's stack goes to the log alone. @returns the exit code */
export function reportFailure(thrown: unknown, log: Log, json: boolean): number {
  const error = describeFailure(thrown, log)
  if (json) process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`)
  else if (error.kind === 'cancelled') process.stderr.write('Cancelled.\n')
  else process.stderr.write(`${error.message}\n${error.hint ? `${error.hint}\n` : ''}`)
  if (error.kind === 'cancelled') return EXIT.cancelled
  return error.code.startsWith('usage') ? EXIT.usage : EXIT.failed
}

function describeFailure(thrown: unknown, log: Log): ErrorInfo {
  const error = toErrorInfo(thrown)
  if (error.kind !== 'bug') return error
  log.error('unexpected', thrown)
  const message = `Something went wrong inside LogiData Studio: ${error.message}`
  return { ...error, message, hint: `Details are in ${log.path}` }
}
