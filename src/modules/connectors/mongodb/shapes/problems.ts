import { type LogiDataError, userError } from '../../../../shared/errors.ts'
import * as bson from '../bson/elements.ts'
import { extendedJson } from '../bson/extended-json.ts'
import { TextOut } from '../bson/text-out.ts'

/** A value that its column does not hold: where it is and why. */
export class Misfit extends Error {
  readonly path: string
  constructor(path: string, reason: string) {
    super(reason)
    this.path = path
  }
}

export const notUtf8 = () => new Misfit('', 'A text in it is not UTF-8.')
export const thereTwice = (path: string) => new Misfit(path, 'The field is there twice.')

export function misfitOf(
  path: string,
  document: Buffer,
  type: number,
  at: number,
  end: number,
  wanted: string,
): Misfit {
  const value = new TextOut()
  extendedJson(value, document, type, at, end, false)
  const text = value.buffer.toString('utf8', 0, Math.min(value.at, 80))
  return new Misfit(path, `${text}${value.at > 80 ? '…' : ''} (${bson.typeName(type)}) is not exactly a ${wanted}.`)
}

/** What ends the run because of one. */
export const failureOf = (document: Buffer, { path, message }: Misfit): LogiDataError =>
  userError('source.value', `Document ${idOf(document)}${path === '' ? '' : `, field “${path}”`}: ${message}`, {
    field: ['on_misfit'],
    hint: 'Give the field another type under Types, look at more documents, or choose what becomes of such values.',
  })

export const otherField = (document: Buffer, path: string): LogiDataError =>
  userError('source.other-field', `Document ${idOf(document)} has the field “${path}”, which no column has.`, {
    field: ['other_fields'],
    hint: 'Look at more documents for the columns, say its type under Types, or choose what becomes of such fields.',
  })

/** The key of a document, for people. @example 'ObjectId 65a…', '17' */
export function idOf(document: Buffer): string {
  let text = 'without _id'
  try {
    bson.eachElement(document, 0, document.length, (type, from, to, at, end) => {
      if (to - from !== 3 || document.toString('latin1', from, to) !== '_id') return
      const out = new TextOut()
      if (type === bson.OBJECT_ID) out.hex(document, at, end)
      else extendedJson(out, document, type, at, end, false)
      text = `${type === bson.OBJECT_ID ? 'ObjectId ' : ''}${out.buffer.toString('utf8', 0, Math.min(out.at, 120))}`
    })
  } catch {
    return text
  }
  return text
}
