import { userError } from '../../../shared/errors.ts'
import type { InputFile } from '../../kit/contract.ts'
import type { JsonConfig } from '../../kit/files/json/config.ts'
import { itemsOf } from '../../kit/files/json/first-items.ts'
import { ExactNumber, parseExactly } from '../../kit/files/json/shape.ts'
import { jsonSyntaxError } from '../../kit/files/json/syntax-error.ts'
import type { ReadBudget } from '../../kit/files/read-budget.ts'
import type { StagedRecord } from '../../kit/files/records/stage.ts'
import { compressionOf, readText } from '../../kit/files/text-stream.ts'

/** The file is held in memory while it is taken apart. */
const LARGEST = 400_000_000

/** The records of an array, or the one record that an object is; `line` is the number of the record. */
export async function* recordsOf(
  file: InputFile,
  config: JsonConfig & { records_path?: string | undefined },
  signal: AbortSignal,
  budget?: ReadBudget,
): AsyncGenerator<StagedRecord> {
  const compression = compressionOf(config.compression, file.name)
  let text = ''
  for await (const piece of readText(file, { compression, encoding: 'auto', invalid: 'fail', signal, budget })) {
    text += piece
    if (text.length > LARGEST) {
      throw userError('json.too-large', `${file.name} is too large to be read as one JSON value.`, {
        hint: 'Write it one record per line and read it with extract.ndjson.',
        field: ['path'],
      })
    }
  }
  let records: readonly unknown[]
  if (budget?.cut) records = firstItems(text, keysOf(config.records_path), file.name)
  else {
    const value = within(parse(text, file.name), config.records_path, file.name)
    records = Array.isArray(value) ? value : [value]
  }
  for (const [index, record] of records.entries()) {
    const isObject = typeof record === 'object' && record !== null && !Array.isArray(record)
    if (isObject && !(record instanceof ExactNumber))
      yield { line: index + 1, value: record as Record<string, unknown> }
    else yield { line: index + 1, value: { value: record } }
  }
}

function parse(text: string, name: string): unknown {
  try {
    return parseExactly(text)
  } catch (error) {
    const found = jsonSyntaxError(text)
    const reason = found?.reason ?? (error instanceof Error ? error.message : String(error))
    throw userError('json.syntax', `${name}${found ? `, line ${found.line}` : ''}: this is no JSON: ${reason}.`, {
      hint: 'If the file has one record per line, read it with extract.ndjson.',
      field: ['path'],
      cause: error,
    })
  }
}

const keysOf = (path: string | undefined): string[] =>
  (path ?? '')
    .replace(/^\$\.?/, '')
    .split('.')
    .filter(Boolean)

/** The whole items of an array in the start of a file; none where it is not there yet, or is no array. */
function firstItems(text: string, keys: readonly string[], name: string): unknown[] {
  const items = itemsOf(text, keys)
  return items.length === 0 ? [] : (parse(`[${items.join(',')}]`, name) as unknown[])
}

function within(value: unknown, path: string | undefined, name: string): unknown {
  let current = value
  for (const key of keysOf(path)) {
    const next =
      typeof current === 'object' && current !== null && Object.hasOwn(current, key)
        ? (current as Record<string, unknown>)[key]
        : undefined
    if (next === undefined) {
      const keys = typeof current === 'object' && current !== null ? Object.keys(current).slice(0, 20).join(', ') : ''
      throw userError('json.no-such-path', `There is no "${key}" of ${path} in ${name}.`, {
        ...(keys ? { hint: `There are ${keys}.` } : {}),
        field: ['records_path'],
      })
    }
    current = next
  }
  return current
}
