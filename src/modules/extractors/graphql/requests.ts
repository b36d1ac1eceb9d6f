import { userError } from '../../../shared/errors.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { nameOf } from '../../connectors/http/answer.ts'
import { openHttp } from '../../connectors/http/client.ts'
import { bindHeader, bindJson, bindPath, type Values, withKey } from '../../connectors/http/rows/bind.ts'
import { markOf } from '../../connectors/http/rows/mark.ts'
import { type Page, type PageRequest, pagesOf } from '../../connectors/http/rows/pages.ts'
import { valueAt } from '../../connectors/http/rows/paths.ts'
import { discoverRows, readRows } from '../../connectors/http/rows/read-rows.ts'
import type { Discovered, ReadRequest, ReadResult, SourceRequest } from '../../kit/contract.ts'
import type { GraphqlConfig } from './descriptor.ts'

export async function discoverGraphql(request: SourceRequest<GraphqlConfig>): Promise<Discovered> {
  return withPages(request, undefined, (pages) => discoverRows(pages, request.config))
}

export async function readGraphql(request: ReadRequest<GraphqlConfig>): Promise<ReadResult> {
  return withPages(request, request.state, (pages) =>
    readRows(pages, request, request.config, belongsTo(request.config)),
  )
}

const belongsTo = ({ path, records_path, incremental }: GraphqlConfig): string =>
  JSON.stringify([path, records_path, incremental?.from, incremental?.name])

async function withPages<T>(
  { config, connection, parameters, files, signal }: SourceRequest<GraphqlConfig>,
  state: JsonValue | undefined,
  work: (pages: AsyncIterable<Page>) => Promise<T>,
): Promise<T> {
  if (!connection) throw userError('connection.unknown', 'A connection is needed.', { field: ['connection'] })
  const { incremental } = config
  const cursor = incremental && (state === undefined ? incremental.initial : markOf(state, belongsTo(config)).value)
  const values: Values =
    cursor === undefined ? parameters : new Map([...parameters, ['cursor', { type: 'text', value: cursor }]])
  const client = openHttp(connection, files)
  try {
    const headers: Record<string, string> = { accept: 'application/json', 'content-type': 'application/json' }
    config.headers?.forEach(({ name, value }, index) => {
      headers[name.toLowerCase()] = bindHeader(value, values, ['headers', index, 'value'])
    })
    const variables = bindJson(config.variables, values, ['variables'])
    if (!variables.trim().startsWith('{'))
      throw userError('http.body', 'Variables are a JSON object.', { field: ['variables'] })
    const bodyWith = (given: string) => `{"query":${JSON.stringify(config.query)},"variables":${given}}`
    const first: PageRequest = {
      method: 'POST',
      url: client.address(bindPath(config.path, values)),
      headers,
      body: bodyWith(variables),
    }
    const turn = (request: PageRequest, param: string, value: string): PageRequest => ({
      ...request,
      body: bodyWith(withKey(variables, param, JSON.stringify(value))),
    })
    const holder = config.records_path.replace(/\.?[^.]*$/, '').replace(/\.?edges(\[\*?\])?$/, '')
    const info = `data${holder ? `.${holder}` : ''}.pageInfo`
    const paging = { start: 0, path: `${info}.endCursor`, morePath: `${info}.hasNextPage`, maxPages: config.max_pages }
    return await work(
      pagesOf(
        {
          client,
          first,
          turn,
          pagination: { kind: 'cursor', param: config.cursor_variable, ...paging },
          reading: {
            format: 'json',
            recordsPath: `data.${config.records_path}`,
            delimiter: ',',
            check: (value, { url }) => {
              const errors = valueAt(value, 'errors')
              if (!Array.isArray(errors) || errors.length === 0) return
              const said = String(valueAt(errors[0], 'message') ?? 'an error without words').slice(0, 300)
              throw userError('graphql.refused', `${nameOf('POST', url)} answered: ${client.hide(said)}`, {
                field: ['query'],
                hint: 'Check the query, its fields and variables.',
              })
            },
          },
        },
        signal,
      ),
    )
  } finally {
    client.close()
  }
}
