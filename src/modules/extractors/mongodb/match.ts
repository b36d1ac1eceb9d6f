import { type Document, Long, ObjectId } from 'mongodb'
import * as bson from '../../connectors/mongodb/bson/elements.ts'
import type { ShapeColumn } from '../../connectors/mongodb/shapes/shape.ts'
import { type Comparison, type Predicate, type Pushed, type PushedValue, shapedText } from '../../kit/pushdown.ts'
import type { MongodbExtractConfig } from './descriptor.ts'
import { isPlainName } from './pushdown.ts'

type Policy = Pick<MongodbExtractConfig, 'on_misfit'>
type Compare = Extract<Predicate, { is: 'compare' }>

/**
 * A condition that lets at least the documents through for which a predicate is true; undefined: all. Comparisons of MongoDB know two truth
 * values and look into arrays, so that a NOT goes down to the comparisons first.
 */
export function matchOf(predicate: Predicate, shapes: readonly ShapeColumn[], policy: Policy): Document | undefined {
  return match(predicate, false, shapes, policy)
}

function match(
  predicate: Predicate,
  negated: boolean,
  shapes: readonly ShapeColumn[],
  policy: Policy,
): Document | undefined {
  switch (predicate.is) {
    case 'not':
      return match(predicate.of, !negated, shapes, policy)
    case 'and':
    case 'or': {
      const parts = predicate.of.map((part) => match(part, negated, shapes, policy))
      const known = parts.filter((part) => part !== undefined)
      if ((predicate.is === 'and') !== negated) return known.length > 0 ? { $and: known } : undefined
      return known.length === parts.length ? { $or: known } : undefined
    }
    case 'null': {
      const name = nameAt(shapes, predicate.column)
      if (negated) return { [name]: { $ne: null } }
      // What does not fit is NULL, too, whatever it is there.
      return policy.on_misfit === 'null' ? undefined : { [name]: null }
    }
    case 'compare': {
      const by = negated ? OPPOSITE[predicate.by] : predicate.by
      const asked = comparison({ ...predicate, by }, shapes)
      return { [nameAt(shapes, predicate.column)]: asked }
    }
  }
}

const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
}
const OPERATORS: Readonly<Record<Comparison, string>> = {
  '=': '$eq',
  '<>': '$ne',
  '<': '$lt',
  '<=': '$lte',
  '>': '$gt',
  '>=': '$gte',
}
const IS_THERE = { $ne: null }

function comparison({ column, by, value }: Compare, shapes: readonly ShapeColumn[]): Document {
  const text = shapedText(value)
  switch (value.kind) {
    case 'integer':
      return by === '<>' ? IS_THERE : { [OPERATORS[by]]: Long.fromBigInt(BigInt(text)) }
    case 'boolean':
      return { $eq: (text === 'true') === (by === '=') }
    case 'instant':
      return around(by, text)
    case 'text':
      // A collection may have a collation, to which more texts are equal, and fewer different.
      if (by !== '=') return IS_THERE
      return isObjectId(shapes[column])
        ? { $eq: /^[0-9a-f]{24}$/.test(text) ? new ObjectId(text) : text }
        : { $eq: text }
    default:
      throw new TypeError(`${(value as PushedValue).kind} is not asked for`)
  }
}

/** Dates of MongoDB end at the millisecond. */
function around(by: Comparison, text: string): Document {
  const [seconds = '', fraction = ''] = text.split('.')
  const micros = Number(fraction.padEnd(6, '0'))
  const before = new Date(Date.parse(`${seconds.replace(' ', 'T')}Z`) + Math.floor(micros / 1000))
  const after = new Date(before.getTime() + (micros % 1000 === 0 ? 0 : 1))
  switch (by) {
    case '=':
      return { $gte: before, $lte: after }
    case '<>':
      return IS_THERE
    case '<':
    case '<=':
      return { $lte: after }
    default:
      return { $gte: before }
  }
}

const isObjectId = (column: ShapeColumn | undefined): boolean =>
  column?.shape.kind === 'leaf' && column.shape.only === bson.OBJECT_ID

function nameAt(shapes: readonly ShapeColumn[], index: number): string {
  const found = shapes[index]
  if (!found) throw new TypeError(`no column ${index}`)
  return found.name
}

/** The fields to be sent where not all are needed; undefined: all. */
export function neededFields(
  pushed: Pushed | undefined,
  shapes: readonly ShapeColumn[],
): Record<string, 0 | 1> | undefined {
  if (!pushed?.columns) return undefined
  // A projection to nothing would be one to everything.
  const names = (pushed.columns.length > 0 ? pushed.columns : [0]).map((index) => shapes[index]?.name)
  // Columns that are of no field tell of all fields.
  if (names.some((name) => name === undefined || !isPlainName(name))) return undefined
  const fields = Object.fromEntries(names.map((name): [string, 1] => [name ?? '', 1]))
  return names.includes('_id') ? fields : { _id: 0, ...fields }
}
