import { Decimal128, Double, Long } from 'mongodb'
import { userError } from '../../../shared/errors.ts'
import { asObjects, type Doc, JsonProblem, parseJson } from '../../connectors/mongodb/bson/parse-json.ts'
import type { ParameterValue, SourceRequest } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import type { MongodbExtractConfig } from './descriptor.ts'

type Request = Pick<SourceRequest<MongodbExtractConfig>, 'config' | 'parameters'>

/** What the server is asked for, parameters in their places. */
export interface Query {
  readonly filter: Record<string, unknown>
  readonly projection: Record<string, unknown> | undefined
  readonly sort: Map<string, unknown> | undefined
  /** Instead of all of these. */
  readonly pipeline: readonly Record<string, unknown>[] | undefined
}

/** @throws LogiDataError `source.query`, `parameter.unknown` */
export function queryOf({ config, parameters }: Request): Query {
  const { filter, projection, sort, pipeline } = config
  const parsed = (name: 'filter' | 'projection' | 'sort', text: string | undefined) =>
    text === undefined ? undefined : documentOf(name, read(name, text, parameters))
  const stages = pipeline === undefined ? undefined : stagesOf(read('pipeline', pipeline, parameters))
  const shown = parsed('projection', projection)
  const order = parsed('sort', sort)
  return {
    filter: (asObjects(parsed('filter', filter) ?? new Map()) ?? {}) as Record<string, unknown>,
    projection: shown && (asObjects(shown) as Record<string, unknown>),
    sort: order,
    pipeline: stages,
  }
}

/** Fields whose names mean nothing else to the server are all that it sends. */
export function projected(fields: readonly string[] | undefined): Record<string, unknown> | undefined {
  if (!fields || fields.length === 0 || fields.some((name) => name === '' || /[.$\0]/.test(name))) return undefined
  return { ...(fields.includes('_id') ? {} : { _id: 0 }), ...Object.fromEntries(fields.map((name) => [name, 1])) }
}

function read(field: string, text: string, parameters: ReadonlyMap<string, ParameterValue>): unknown {
  try {
    return bound(parseJson(text, true), field, parameters)
  } catch (thrown) {
    if (!(thrown instanceof JsonProblem)) throw thrown
    throw userError('source.query', `This is not JSON: ${thrown.message}`, {
      field: [field],
      hint: 'Names stand in double quotes: {"status": "open"}. Dates: {"$date": "2024-01-31T00:00:00Z"}.',
    })
  }
}

function documentOf(field: string, value: unknown): Doc {
  if (value instanceof Map) return value as Doc
  throw userError('source.query', 'This is not one JSON object.', {
    field: [field],
    hint: 'It begins with { and ends with }.',
  })
}

/** Stages that write: an extract only reads. */
const WRITING = new Set(['$out', '$merge'])

function stagesOf(value: unknown): Record<string, unknown>[] {
  const field = ['pipeline']
  if (!Array.isArray(value))
    throw userError('source.query', 'A pipeline is an array of stages.', {
      field,
      hint: '[{"$match": …}, {"$group": …}]',
    })
  return value.map((stage: unknown) => {
    const names = stage instanceof Map ? [...(stage as Doc).keys()] : []
    const [name] = names
    if (names.length !== 1 || !name?.startsWith('$'))
      throw userError('source.query', 'Each stage of a pipeline is an object with one name, such as $match.', { field })
    if (WRITING.has(name))
      throw userError('source.query', `An extract only reads: ${name} writes.`, {
        field,
        hint: 'Leave it out; load its rows by a step.',
      })
    return asObjects(stage) as Record<string, unknown>
  })
}

/** Puts values where `{"$parameter": "$since"}` stands. @throws LogiDataError */
function bound(value: unknown, field: string, parameters: ReadonlyMap<string, ParameterValue>): unknown {
  if (Array.isArray(value)) return value.map((each) => bound(each, field, parameters))
  if (typeof value === 'string' && field === 'filter' && value.startsWith('$') && parameters.has(value.slice(1)))
    throw userError('source.query', `“${value}” is a text here, not the parameter.`, {
      field: [field],
      hint: `Write {"$parameter": "${value}"}.`,
    })
  if (!(value instanceof Map)) return value
  const doc = value as Doc
  const name = doc.get('$parameter')
  if (doc.size === 1 && typeof name === 'string') {
    const parameter = name.startsWith('$') ? parameters.get(name.slice(1)) : undefined
    if (parameter) return parameterValue(parameter)
    throw userError('parameter.unknown', `There is no parameter “${name}”.`, {
      field: [field],
      hint:
        didYouMean(
          name,
          [...parameters.keys()].map((one) => `$${one}`),
        ).hint ?? 'Add it to the pipeline, and write it with its $: {"$parameter": "$since"}.',
    })
  }
  return new Map([...doc].map(([key, each]) => [key, bound(each, field, parameters)]))
}

/** A parameter as the type of BSON that is compared as it is meant. */
function parameterValue({ type, value }: ParameterValue): unknown {
  switch (type) {
    case 'integer':
      return Long.fromBigInt(BigInt(value))
    case 'decimal':
      return Number.isFinite(Number(value)) && String(Number(value)) === value
        ? new Double(Number(value))
        : Decimal128.fromString(value)
    case 'boolean':
      return value === 'true'
    case 'date':
      return new Date(`${value}T00:00:00Z`)
    case 'timestamp':
      if (/\.\d{3}0*[1-9]/.test(value))
        throw userError('parameter.precision', `${value} has microseconds; dates of MongoDB end at the millisecond.`)
      return new Date(`${value.replace(' ', 'T')}Z`)
    default:
      return value
  }
}
