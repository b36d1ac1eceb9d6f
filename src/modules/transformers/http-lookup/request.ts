import { userError } from '../../../shared/errors.ts'
import type { HttpCall, HttpClient } from '../../connectors/http/client.ts'
import {
  bindHeader,
  bindJson,
  bindPath,
  bindText,
  checkJson,
  namesIn,
  type Values,
} from '../../connectors/http/rows/bind.ts'
import type { ColumnsRequest } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { columnType, integerType } from '../../kit/types.ts'
import type { HttpLookupConfig } from './descriptor.ts'

interface Template {
  readonly text: string
  readonly field: readonly (string | number)[]
}

function templatesOf(config: HttpLookupConfig): Template[] {
  const { path, query = [], headers = [], method, body } = config
  return [
    { text: path, field: ['path'] },
    ...query.map(({ value }, index) => ({ text: value, field: ['query', index, 'value'] })),
    ...headers.map(({ value }, index) => ({ text: value, field: ['headers', index, 'value'] })),
    ...(method === 'POST' && body !== undefined ? [{ text: body, field: ['body'] }] : []),
  ]
}

/** Places, in the input, of the columns that a request names. */
export function keyPlaces({ config, inputs }: Pick<ColumnsRequest<HttpLookupConfig>, 'config' | 'inputs'>): number[] {
  const named = new Set(templatesOf(config).flatMap(({ text }) => namesIn(text)))
  return (inputs.get('in') ?? []).flatMap(({ name }, index) => (named.has(name) ? [index] : []))
}

/** @throws LogiDataError what the columns alone tell of a request */
export function checkRequest(request: ColumnsRequest<HttpLookupConfig>): void {
  const { config, inputs, parameters } = request
  const columns = (inputs.get('in') ?? []).map(({ name }) => name)
  if (config.method === 'POST' && config.body !== undefined) checkJson(config.body, ['body'])
  for (const { text, field } of templatesOf(config)) {
    for (const name of namesIn(text)) {
      const isColumn = columns.includes(name)
      if (isColumn && parameters.has(name))
        throw userError('lookup.two-meanings', `“${name}” is a column and a parameter.`, {
          field: [...field],
          hint: 'Rename one of them.',
        })
      if (!isColumn && !parameters.has(name))
        throw userError('column.unknown', `There is no column or parameter “${name}”.`, {
          field: [...field],
          hint: 'Write $$ for a dollar.',
          ...didYouMean(name, [...columns, ...parameters.keys()]),
        })
    }
  }
  if (keyPlaces(request).length === 0)
    throw userError('lookup.no-key', 'The request names no column, so that it would be the same for every row.', {
      field: ['path'],
      hint: 'Write $column where the value of a column belongs: /customers/$customer_id.',
    })
}

/** How a value of a column is written into JSON. */
export function valueType(type: string): string {
  const parsed = columnType(type)
  if (integerType(parsed)) return 'integer'
  if (parsed.kind === 'decimal' || type === 'DOUBLE' || type === 'FLOAT') return 'decimal'
  return type === 'BOOLEAN' ? 'boolean' : 'text'
}

/** @throws LogiDataError `http.path`, `http.header`: a value cannot stand where it should */
export function callOf(config: HttpLookupConfig, client: HttpClient, values: Values): HttpCall {
  const url = client.address(bindPath(config.path, values))
  config.query?.forEach(({ name, value }, index) => {
    url.searchParams.append(
      name,
      bindText(value, values, ['query', index, 'value'], (text) => text),
    )
  })
  const headers: Record<string, string> = { accept: 'application/json' }
  config.headers?.forEach(({ name, value }, index) => {
    headers[name.toLowerCase()] = bindHeader(value, values, ['headers', index, 'value'])
  })
  if (config.method === 'GET') return { method: 'GET', url, headers }
  headers['content-type'] ??= 'application/json'
  const body = Buffer.from(bindJson(config.body ?? '{}', values, ['body']))
  return { method: 'POST', url, headers, body, repeatable: true }
}
