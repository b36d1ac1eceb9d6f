import { userError } from '../errors.ts'
import type { JsonValue } from './document.ts'

type Config = { readonly [key: string]: JsonValue }

/** `${env:NAME}`; `$${env:NAME}` stands for the text itself. */
const PLACEHOLDER = /(\$?)\$\{(env|secret):([^}]*)\}/g
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * Puts granted environment variables in place of `${env:NAME}`, in every text of a config. Keys stay as they are.
 * @throws LogiDataError `env.not-granted`, with the field, if a variable is not among those given
 */
export function resolvePlaceholders<T extends Config>(config: T, env: Readonly<Record<string, string>>): T {
  return mapTexts(config, [], (text, field) =>
    text.replace(PLACEHOLDER, (whole, escaped: string, kind: string, name: string) => {
      if (escaped) return whole.slice(1)
      if (kind === 'secret') {
        const hint = 'Secrets come with connections, which this version does not have yet.'
        throw userError('secret.unsupported', `The secret "${name}" cannot be read.`, { field, hint })
      }
      if (!VARIABLE.test(name)) {
        const hint = 'A name has letters, digits and _.'
        throw userError('env.invalid-name', `"${name}" is no name of an environment variable.`, { field, hint })
      }
      const value = Object.hasOwn(env, name) ? env[name] : undefined
      if (value !== undefined) return value
      const hint = `Set ${name} where the pipeline runs, and grant it to this project.`
      throw userError('env.not-granted', `The environment variable "${name}" is not available.`, { field, hint })
    }),
  ) as T
}

/** Names of the environment variables that a config asks for, each once, in order of appearance. */
export function environmentNames(config: Config): string[] {
  const names = new Set<string>()
  mapTexts(config, [], (text) => {
    for (const [, escaped, kind, name] of text.matchAll(PLACEHOLDER)) {
      if (!escaped && kind === 'env' && name) names.add(name)
    }
    return text
  })
  return [...names]
}

function mapTexts(
  value: JsonValue,
  field: (string | number)[],
  change: (text: string, field: (string | number)[]) => string,
): JsonValue {
  if (typeof value === 'string') return change(value, field)
  if (Array.isArray(value)) return value.map((item, index) => mapTexts(item, [...field, index], change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, [...field, key], change)]))
}
