import { userError } from '../../../../shared/errors.ts'
import { didYouMean } from '../../../kit/did-you-mean.ts'

/** Values by name, as text. */
export type Values = ReadonlyMap<string, { readonly type: string; readonly value: string }>

const NAME = /\$(\$|[A-Za-z_][A-Za-z0-9_]*|\{[^{}]+\})/g
/** Parameters of these types are numbers and truth values of JSON, where they stand alone. */
const BARE = new Set(['integer', 'decimal', 'boolean'])

/** The names that a text asks for. @example namesIn('/rates/$currency?day=${the day}') is ['currency', 'the day'] */
export const namesIn = (text: string): string[] =>
  [...text.matchAll(NAME)].flatMap(([, written = '$']) => (written === '$' ? [] : [written.replace(/^\{|\}$/g, '')]))

/**
 * A text with its `$names` and `${names}` filled in; `$$` is a dollar.
 * @param encode makes a value a part of the text that cannot change the rest of it
 * @throws LogiDataError `parameter.unknown`
 */
export function bindText(
  text: string,
  values: Values,
  field: readonly (string | number)[],
  encode: (value: string) => string,
): string {
  return text.replace(NAME, (_all, written: string) => {
    if (written === '$') return '$'
    return encode(parameterOf(written.replace(/^\{|\}$/g, ''), values, field).value)
  })
}

/** For a path: a value stays within its segment. @throws LogiDataError `parameter.unknown`, `http.path` */
export const bindPath = (text: string, values: Values): string => {
  const [path = '', ...query] = text.split('?')
  const bound = bindText(path, values, ['path'], (value) => {
    if (value === '' || value === '.' || value === '..')
      throw userError('http.path', `“${value}” cannot stand in a path: it would lead elsewhere.`, { field: ['path'] })
    return encodeURIComponent(value)
  })
  return query.length === 0 ? bound : `${bound}?${bindText(query.join('?'), values, ['path'], encodeURIComponent)}`
}

/** For a header. @throws LogiDataError `parameter.unknown`, `http.header` */
export const bindHeader = (text: string, values: Values, field: readonly (string | number)[]): string => {
  const bound = bindText(text, values, field, (value) => value)
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(bound))
    throw userError('http.header', 'A header cannot hold line breaks or letters beyond Latin-1.', { field: [...field] })
  return bound
}

/**
 * For JSON: values are put into its texts, as texts; a text that is nothing but `"$name"` becomes a number, true or false where the
 * value is one. Everything else of the JSON stays as it is written, to the last digit.
 * @throws LogiDataError `parameter.unknown`, `http.body`
 */
export function bindJson(text: string, values: Values, field: readonly (string | number)[]): string {
  checkJson(text, field)
  return text.replace(/"(?:[^"\\]|\\.)*"/g, (token, at: number) => {
    if (!token.includes('$') || /^\s*:/.test(text.slice(at + token.length))) return token
    const written = JSON.parse(token) as string
    const alone = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(written)?.[1]
    if (alone !== undefined) {
      const { type, value } = parameterOf(alone, values, field)
      if (BARE.has(type) && isJson(value)) return value
    }
    return JSON.stringify(bindText(written, values, field, (value) => value))
  })
}

export function checkJson(text: string, field: readonly (string | number)[]): void {
  if (!isJson(text))
    throw userError('http.body', 'This is no JSON.', {
      field: [...field],
      hint: 'Names of parameters stand within quotes: "$since".',
    })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A JSON object with one key more, which counts if it is there already. */
export function withKey(object: string, key: string, json: string): string {
  const inside = object.trim().slice(1, -1).trim()
  return `{${inside}${inside === '' ? '' : ','}${JSON.stringify(key)}:${json}}`
}

function parameterOf(name: string, values: Values, field: readonly (string | number)[]) {
  const found = values.get(name)
  if (found) return found
  throw userError('parameter.unknown', `There is no parameter “${name}”.`, {
    field: [...field],
    hint: 'Write $$ for a dollar.',
    ...didYouMean(name, [...values.keys()]),
  })
}
