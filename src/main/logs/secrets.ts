import type { RunRequest } from '../../shared/runs/history.ts'

const HIDDEN = '[hidden]'
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
  const given = Object.entries(hideParameters(parameters)).map(([name, value]) => `${name}=${value}`)
  return [document.name, ...given, ...env.map((name) => `env ${name}`)].join(', ')
}

/** Values of a run that no log may hold: of the variables that it was granted, and of parameters named like secrets. */
export function secretsOf(
  env: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>>,
): readonly string[] {
  const named = Object.entries(parameters).flatMap(([name, value]) => (isSecretName(name) ? [value] : []))
  return [...Object.values(env), ...named]
    .filter((value) => value.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length)
}

export function hideSecrets(text: string, secrets: readonly string[]): string {
  let hidden = text
  for (const secret of secrets) if (hidden.includes(secret)) hidden = hidden.replaceAll(secret, HIDDEN)
  return hidden
}
