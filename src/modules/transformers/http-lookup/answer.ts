import type { Cell, Column } from '../../../shared/engine/types.ts'
import { operationalError, userError } from '../../../shared/errors.ts'
import { type HttpAnswer, nameOf } from '../../connectors/http/answer.ts'
import { textOf, typeOf, unfit } from '../../connectors/http/rows/fit.ts'
import { namesAlong, valueAt } from '../../connectors/http/rows/paths.ts'
import { parseExactly, serialise } from '../../kit/files/json/shape.ts'
import type { HttpLookupConfig } from './descriptor.ts'

/** Rows of cells, as exact text. No row: the API knows nothing. */
export type Found = readonly (readonly Cell[])[]

/** Takes the columns out of an answer. @throws LogiDataError `http.not-json`, `lookup.several`, `lookup.value` */
export function readAnswer(answer: HttpAnswer, config: HttpLookupConfig, made: readonly Column[]): Found {
  const { method, result_path: path, several } = config
  const name = nameOf(method, answer.url)
  const text = decode(answer.body, name)
  if (text.trim() === '') return []
  const value = parse(text, name)
  const result = path === '' ? value : valueAt(value, path)
  if (result === undefined || result === null) return []
  const results = Array.isArray(result) ? result.filter((one) => one !== null) : [result]
  if (results.length > 1 && several === 'fail')
    throw userError('lookup.several', `${name} answered with ${results.length} results.`, {
      field: ['several'],
      hint: 'Ask more exactly, or choose what several results mean.',
    })
  return (several === 'first' ? results.slice(0, 1) : results).map((one) => cellsOf(one, name, config, made))
}

function cellsOf(result: unknown, name: string, config: HttpLookupConfig, made: readonly Column[]): Cell[] {
  return config.columns.map((column, index) => {
    const type = made[index]?.type ?? 'VARCHAR'
    const found = column.path === '' ? ownValue(result, column.name) : valueAt(result, column.path)
    if (found === undefined || found === null) return null
    const reason = unfit(found, typeOf(type))
    if (reason !== undefined)
      throw userError('lookup.value', `${name}: ${reason} for “${column.name}” (${type}).`, {
        field: ['columns', index, 'type'],
        hint: `The result has: ${namesAlong(result, '')}.`,
      })
    if (type === 'JSON') return serialise(found)
    if (type === 'VARCHAR') return typeof found === 'string' ? found : (textOf(found) ?? serialise(found))
    const text = textOf(found) ?? ''
    if (type === 'BOOLEAN') return /^(true|t|yes|y|1|oui|vrai|o|v)$/i.test(text) ? 'true' : 'false'
    return text
  })
}

/** A name is not taken for a path. */
const ownValue = (result: unknown, name: string): unknown =>
  typeof result === 'object' && result !== null && Object.hasOwn(result, name)
    ? (result as Record<string, unknown>)[name]
    : undefined

function decode(body: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (cause) {
    throw operationalError('http.charset', `${name} answered with bytes that are not UTF-8 text.`, { cause })
  }
}

function parse(text: string, name: string): unknown {
  try {
    return parseExactly(text)
  } catch (cause) {
    throw operationalError('http.not-json', `${name} answered with something that is not JSON.`, {
      hint: 'A page for logging in, or an answer that was cut off on its way.',
      cause,
    })
  }
}
