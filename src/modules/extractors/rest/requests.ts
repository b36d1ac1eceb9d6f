import { userError } from '../../../shared/errors.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { openHttp } from '../../connectors/http/client.ts'
import { bindHeader, bindJson, bindPath, bindText, type Values, withKey } from '../../connectors/http/rows/bind.ts'
import { markOf } from '../../connectors/http/rows/mark.ts'
import { type Page, type PageRequest, pagesOf } from '../../connectors/http/rows/pages.ts'
import { discoverRows, readRows } from '../../connectors/http/rows/read-rows.ts'
import type { Discovered, ReadRequest, ReadResult, SourceRequest } from '../../kit/contract.ts'
import type { RestConfig } from './descriptor.ts'

export async function discoverRest(request: SourceRequest<RestConfig>): Promise<Discovered> {
  return withPages(request, undefined, (pages) => discoverRows(pages, request.config))
}

export async function readRest(request: ReadRequest<RestConfig>): Promise<ReadResult> {
  return withPages(request, request.state, (pages) =>
    readRows(pages, request, request.config, belongsTo(request.config)),
  )
}

const belongsTo = ({ path, incremental }: RestConfig): string =>
  JSON.stringify([path, incremental?.from, incremental?.name])

async function withPages<T>(
  { config, connection, parameters, files, signal }: SourceRequest<RestConfig>,
  state: JsonValue | undefined,
  work: (pages: AsyncIterable<Page>) => Promise<T>,
): Promise<T> {
  if (!connection) throw userError('connection.unknown', 'A connection is needed.', { field: ['connection'] })
  const values: Values = config.incremental
    ? new Map([
        ...parameters,
        [
          'cursor',
          {
            type: 'text',
            value: state === undefined ? config.incremental.initial : markOf(state, belongsTo(config)).value,
          },
        ],
      ])
    : parameters
  const client = openHttp(connection, files)
  try {
    const url = client.address(bindPath(config.path, values))
    config.query?.forEach(({ name, value }, index) => {
      url.searchParams.append(
        name,
        bindText(value, values, ['query', index, 'value'], (text) => text),
      )
    })
    const headers: Record<string, string> = {
      accept: 'application/json, application/x-ndjson, application/xml, text/csv, */*;q=0.1',
    }
    config.headers?.forEach(({ name, value }, index) => {
      headers[name.toLowerCase()] = bindHeader(value, values, ['headers', index, 'value'])
    })
    const post = config.method === 'POST'
    if (post) headers['content-type'] ??= 'application/json'
    const first: PageRequest = {
      method: config.method,
      url,
      headers,
      body: post ? bindJson(config.body ?? '{}', values, ['body']) : undefined,
    }
    const turn = (request: PageRequest, param: string, value: string): PageRequest => {
      if (post && config.page_in === 'body') {
        const json = /^\d{1,15}$/.test(value) && config.pagination !== 'cursor' ? value : JSON.stringify(value)
        return { ...request, body: withKey(request.body ?? '{}', param, json) }
      }
      const next = new URL(request.url)
      next.searchParams.set(param, value)
      return { ...request, url: next }
    }
    const { pagination: kind } = config
    return await work(
      pagesOf(
        {
          client,
          first,
          turn,
          pagination: {
            kind,
            param: config.page_param || (kind === 'offset' ? 'offset' : 'page'),
            start: kind === 'page' ? config.first_page : 0,
            path: config.next_path ?? '',
            morePath: config.more_path || undefined,
            totalPath: config.total_path || undefined,
            maxPages: config.max_pages,
          },
          reading: { format: config.format, recordsPath: config.records_path ?? '', delimiter: config.delimiter },
        },
        signal,
      ),
    )
  } finally {
    client.close()
  }
}
