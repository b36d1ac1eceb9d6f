import { type Document, Long } from 'mongodb'
import { userError } from '../../../shared/errors.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import * as bson from '../../connectors/mongodb/bson/elements.ts'
import { extendedJson } from '../../connectors/mongodb/bson/extended-json.ts'
import { asObjects, parseJson } from '../../connectors/mongodb/bson/parse-json.ts'
import { TextOut } from '../../connectors/mongodb/bson/text-out.ts'
import { type Session, timeLimit } from '../../connectors/mongodb/client.ts'
import type { ReadRequest } from '../../kit/contract.ts'
import type { MongodbExtractConfig } from './descriptor.ts'

export interface Watermark {
  readonly filter: Document
  readonly state: JsonValue
}

interface State {
  readonly collection: string
  readonly field: string
  /** Canonical Extended JSON; null: none yet. */
  readonly value: string | null
}

const isState = (state: JsonValue): state is JsonValue & State =>
  typeof state === 'object' && state !== null && 'collection' in state && 'field' in state && 'value' in state

const nameOf = ({ collection, database }: MongodbExtractConfig) =>
  database === undefined ? collection : `${database}.${collection}`

const GROWS = new Set([bson.DATE, bson.OBJECT_ID, bson.INT, bson.LONG, bson.DOUBLE, bson.DECIMAL])

/** What is new since the last state, and how far it goes. @throws LogiDataError */
export async function watermarkOf(
  session: Session,
  { config, state }: ReadRequest<MongodbExtractConfig>,
  given: Document,
): Promise<Watermark> {
  const { field = '', overlap = 0 } = config.incremental ?? {}
  const last = lastValue(config, state)
  const top = await greatest(session, config, given, field)
  const from = last === null ? undefined : value(last)
  // Documents may have been deleted: what was read stays read.
  const bound = top === undefined || (from !== undefined && !isGreater(top, from)) ? last : top.text
  const next: JsonValue = { collection: nameOf(config), field, value: bound }
  if (bound === null) return { filter: given, state: next }
  const upTo = value(bound).bson
  const fresh = from
    ? { [field]: { [overlap === 0 ? '$gt' : '$gte']: below(from, overlap), $lte: upTo } }
    : { [field]: { $not: { $gt: upTo } } }
  return { filter: Object.keys(given).length === 0 ? fresh : { $and: [given, fresh] }, state: next }
}

/** The greatest value of the field now; of the type that comes last in the order of the server. */
async function greatest(
  session: Session,
  { collection, database }: MongodbExtractConfig,
  filter: Document,
  field: string,
) {
  const [found] = await session
    .db(database)
    .collection(collection)
    .find(
      { $and: [filter, { [field]: { $ne: null } }] },
      { projection: { [field]: 1 }, raw: true, ...timeLimit(session.settings) },
    )
    .sort({ [field]: -1 })
    .limit(1)
    .toArray()
  if (found === undefined) return undefined
  const element = elementAt(Buffer.from(found as unknown as Uint8Array), field.split('.'))
  if (!element) return undefined
  if (!GROWS.has(element.type))
    throw userError('source.watermark', `The field “${field}” has a value of type ${bson.typeName(element.type)}.`, {
      field: ['incremental', 'field'],
      hint: 'Choose one that holds dates, numbers or ObjectIds only, such as updated_at or _id.',
    })
  return value(element.text)
}

/** The canonical text of a field within a document. */
function elementAt(
  document: Buffer,
  path: readonly string[],
): { readonly type: number; readonly text: string } | undefined {
  let range = { type: bson.DOCUMENT, at: 0, end: document.length }
  for (const name of path) {
    let next: typeof range | undefined
    if (range.type !== bson.DOCUMENT) return undefined
    bson.eachElement(document, range.at, range.end, (type, from, to, at, end) => {
      if (document.toString('utf8', from, to) === name) next = { type, at, end }
    })
    if (!next) return undefined
    range = next
  }
  const out = new TextOut()
  extendedJson(out, document, range.type, range.at, range.end, true)
  return { type: range.type, text: out.buffer.toString('utf8', 0, out.at) }
}

interface Value {
  readonly text: string
  readonly bson: unknown
  readonly kind: 'date' | 'id' | 'number'
  /** Milliseconds, digits of an id as a number, thousandths: to compare. */
  readonly order: bigint | number
}

function value(text: string): Value {
  const [, kind = '', inner = ''] = /^\{"\$(\w+)":(?:\{"\$numberLong":)?"([^"]+)"\}+$/.exec(text) ?? []
  const parsed = asObjects(parseJson(text, true))
  if (kind === 'oid') return { text, bson: parsed, kind: 'id', order: BigInt(`0x${inner}`) }
  if (kind === 'date') return { text, bson: parsed, kind: 'date', order: BigInt(inner) }
  return { text, bson: parsed, kind: 'number', order: /^-?\d+$/.test(inner) ? BigInt(inner) : Number(inner) }
}

function isGreater(one: Value, other: Value): boolean {
  if (one.kind === other.kind) return one.order > other.order
  throw userError('source.watermark', `The field holds values of several types: ${one.text} and ${other.text}.`, {
    field: ['incremental', 'field'],
    hint: 'Choose a field that holds one type, or reset what the last run remembered.',
  })
}

function below({ kind, bson: given, order }: Value, overlap: number): unknown {
  if (overlap === 0) return given
  if (kind === 'date') return new Date(Number(order) - Math.ceil(overlap * 1000))
  if (kind === 'id') {
    const hex = BigInt(order).toString(16).padStart(24, '0')
    const seconds = Math.max(0, Number.parseInt(hex.slice(0, 8), 16) - Math.ceil(overlap))
    return asObjects(parseJson(`{"$oid":"${seconds.toString(16).padStart(8, '0')}0000000000000000"}`, true))
  }
  if (typeof order === 'bigint') return Long.fromBigInt(order - BigInt(Math.ceil(overlap)))
  return order - overlap
}

function lastValue(config: MongodbExtractConfig, state: JsonValue | undefined): string | null {
  if (state === undefined) return null
  if (isState(state) && state.collection === nameOf(config) && state.field === config.incremental?.field)
    return state.value
  throw userError('cursor.other', 'What the last run remembered belongs to another collection or field.', {
    field: ['incremental'],
    hint: 'Reset it, to read everything once more.',
  })
}
