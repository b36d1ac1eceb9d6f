import type { RunEvent } from '../../shared/engine/types.ts'
import { type ErrorInfo, fromErrorInfo, LogiDataError } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { HIDDEN, secretValues, withoutSecrets } from '../../shared/pipeline/secret-parameters.ts'
import type { RunRequest } from '../../shared/runs/history.ts'

/** Words in a parameter's name that say that its value is nobody's business. */
const SECRET_NAME = /pass(word|wd|phrase)?|secret|token|api_?key|private_?key|credential|auth/i
/** Shorter texts are words of every message. */
const SHORTEST = 4

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name)

/** Parameters as they may be logged. */
export function hideParameters(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, isSecretName(name) ? HIDDEN : value]),
  )
}

/** What a run is asked to compute, in a line of the log. */
export function aboutRun({ document, parameters, env }: RunRequest): string {
  const given = Object.entries(hideParameters(withoutSecrets(document, parameters))).map(
    ([name, value]) => `${name}=${value}`,
  )
  return [document.name, ...given, ...env.map((name) => `env ${name}`)].join(', ')
}

/** Values of a run that no log may hold: of the variables that it was granted, and of parameters that are secret or named like it. */
export function secretsOf(
  env: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>>,
  document?: PipelineDocument,
): readonly string[] {
  const named = Object.entries(parameters).flatMap(([name, value]) => (isSecretName(name) ? [value] : []))
  return [...Object.values(env), ...named, ...(document ? secretValues(document, parameters) : [])]
    .filter((value) => value.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length)
}

export function hideSecrets(text: string, secrets: readonly string[]): string {
  let hidden = text
  for (const secret of secrets) if (hidden.includes(secret)) hidden = hidden.replaceAll(secret, HIDDEN)
  return hidden
}

/** An event as it is written down and told: what it says in words holds no secret. Names and counts stay as they are. */
export function hideInEvent(event: RunEvent, secrets: readonly string[]): RunEvent {
  if (secrets.length === 0) return event
  const hidden = { ...event }
  if ('error' in hidden && hidden.error) hidden.error = hideInError(hidden.error, secrets)
  if ('message' in hidden && hidden.message !== undefined) hidden.message = hideSecrets(hidden.message, secrets)
  return hidden
}

/** What was thrown, as it may be told. */
export const hideInThrown = (thrown: unknown, secrets: readonly string[]): unknown =>
  thrown instanceof LogiDataError && secrets.length > 0 ? fromErrorInfo(hideInError(thrown.info, secrets)) : thrown

function hideInError({ message, hint, ...rest }: ErrorInfo, secrets: readonly string[]): ErrorInfo {
  return {
    ...rest,
    message: hideSecrets(message, secrets),
    ...(hint === undefined ? {} : { hint: hideSecrets(hint, secrets) }),
  }
}
