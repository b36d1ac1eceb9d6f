import type { PipelineDocument } from './document.ts'

/** What stands where the value of a secret is not written. */
export const HIDDEN = '[hidden]'

const isSecret = ({ parameters }: PipelineDocument, name: string): boolean =>
  parameters !== undefined && Object.hasOwn(parameters, name) && parameters[name]?.secret === true

/** The values of a run as they may be written down. */
export function withoutSecrets(
  document: PipelineDocument,
  parameters: Readonly<Record<string, string>>,
): Record<string, string> {
  const entries = Object.entries(parameters)
  return Object.fromEntries(entries.map(([name, value]) => [name, isSecret(document, name) ? HIDDEN : value]))
}

/** Secrets whose values were given, and are not there any more. */
export const secretsLost = (document: PipelineDocument, parameters: Readonly<Record<string, string>>): string[] =>
  Object.keys(parameters).filter((name) => isSecret(document, name) && parameters[name] === HIDDEN)

/** The values of the secrets among those given. */
export const secretValues = (document: PipelineDocument, parameters: Readonly<Record<string, string>>): string[] =>
  Object.entries(parameters).flatMap(([name, value]) => (isSecret(document, name) ? [value] : []))
