import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'mongodb'

/** Why a text is no document: of JSON itself, or of what MongoDB's Extended JSON means by `$…`. */
export class JsonProblem extends Error {}

/** A document in the order of its text; keys may be anything. */
export type Doc = Map<string, unknown>

const MOST_DEPTH = 100

/**
 * Reads JSON into values for BSON. Nothing is rounded: whole numbers become int, long or decimal; others the double that they are, else a
 * decimal. @param extended takes `{"$oid": …}` and its like for what they mean @throws JsonProblem
 */
export function parseJson(text: string, extended: boolean): unknown {
  const reader = new Reader(text, extended)
  return reader.whole()
}

/** The same as objects without a prototype, for the driver's own arguments. */
export function asObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asObjects)
  if (!(value instanceof Map)) return value
  const object = Object.create(null) as Record<string, unknown>
  for (const [key, each] of value as Doc) object[key] = asObjects(each)
  return object
}

class Reader {
  readonly #text: string
  readonly #extended: boolean
  #at = 0

  constructor(text: string, extended: boolean) {
    this.#text = text
    this.#extended = extended
  }

  whole(): unknown {
    const value = this.#value(0)
    this.#blank()
    if (this.#at < this.#text.length) throw this.#unexpected()
    return value
  }

  #value(depth: number): unknown {
    if (depth > MOST_DEPTH) throw new JsonProblem(`It is nested more than ${MOST_DEPTH} deep.`)
    this.#blank()
    const letter = this.#text[this.#at]
    if (letter === '{') return this.#document(depth)
    if (letter === '[') return this.#array(depth)
    if (letter === '"') return this.#string()
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const)
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    return this.#number()
  }

  #document(depth: number): unknown {
    const found: Doc = new Map()
    this.#at++
    if (this.#skip('}')) return found
    do {
      this.#blank()
      const key = this.#string()
      if (!this.#skip(':')) throw this.#unexpected()
      if (found.has(key)) throw new JsonProblem(`The key “${key}” comes twice.`)
      found.set(key, this.#value(depth + 1))
    } while (this.#skip(','))
    if (!this.#skip('}')) throw this.#unexpected()
    return this.#extended ? extendedValue(found) : found
  }

  #array(depth: number): unknown[] {
    const found: unknown[] = []
    this.#at++
    if (this.#skip(']')) return found
    do found.push(this.#value(depth + 1))
    while (this.#skip(','))
    if (!this.#skip(']')) throw this.#unexpected()
    return found
  }

  #string(): string {
    const pattern = /"(?:[^"\\]|\\.)*"/suy
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? []
    if (found === undefined) throw this.#unexpected()
    try {
      const value: unknown = JSON.parse(found)
      if (typeof value === 'string') {
        this.#at += found.length
        return value
      }
    } catch {
      throw this.#unexpected()
    }
    throw this.#unexpected()
  }

  #number(): unknown {
    const pattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? []
    if (found === undefined) throw this.#unexpected()
    this.#at += found.length
    return exactNumber(found)
  }

  #blank(): void {
    while (/[ \t\n\r]/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #skip(letter: string): boolean {
    this.#blank()
    if (this.#text[this.#at] !== letter) return false
    this.#at++
    return true
  }

  #unexpected(): JsonProblem {
    const near = this.#text.slice(this.#at, this.#at + 20)
    return new JsonProblem(
      near === '' ? 'The text ends too early.' : `“${near}” was not expected (letter ${this.#at + 1}).`,
    )
  }
}

const DECIMAL_DIGITS = 34

/** A number of JSON as the type of BSON that holds it. @throws JsonProblem for more digits than any holds */
export function exactNumber(text: string): Int32 | Long | Double | Decimal128 {
  if (/^-?\d+$/.test(text) && text !== '-0') {
    const whole = BigInt(text)
    if (BigInt.asIntN(32, whole) === whole) return new Int32(Number(whole))
    if (BigInt.asIntN(64, whole) === whole) return Long.fromBigInt(whole)
    return exactDecimal(text)
  }
  const near = Number(text)
  // The shortest text of the double has the same digits: nothing was rounded away.
  if (Number.isFinite(near) && sameDigits(text, String(near))) return new Double(near)
  return exactDecimal(text)
}

export const digitsOf = (text: string): string => {
  const [, before = '', after = '', exponent = '0'] = /^-?(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const all = before + after
  const digits = all.replace(/^0+/, '').replace(/0+$/, '')
  if (digits === '') return '0'
  const trailing = all.length - all.replace(/0+$/, '').length
  return `${digits}e${Number(exponent) - after.length + trailing}`
}
const sameDigits = (one: string, other: string): boolean => digitsOf(one) === digitsOf(other)

/** @throws JsonProblem where some digits would be lost */
export function exactDecimal(text: string): Decimal128 {
  const digits = text
    .replace(/[eE].*$/, '')
    .replaceAll(/[-+.]/g, '')
    .replace(/^0+/, '')
  try {
    if (digits.length <= DECIMAL_DIGITS || /^0*$/.test(digits.slice(DECIMAL_DIGITS))) return Decimal128.fromString(text)
  } catch {
    // An exponent beyond what there is.
  }
  throw new JsonProblem(`${text} has more than the ${DECIMAL_DIGITS} digits that MongoDB holds.`)
}

const text = (value: unknown): string => {
  if (typeof value === 'string') return value
  throw new JsonProblem('A text was expected in Extended JSON.')
}
const wholeOf = (value: unknown): bigint => {
  const digits = text(value)
  if (!/^[+-]?\d+$/.test(digits)) throw new JsonProblem(`“${digits}” is not a whole number.`)
  return BigInt(digits)
}
const partOf = (value: unknown, key: string): unknown => {
  if (value instanceof Map && value.has(key)) return value.get(key)
  throw new JsonProblem(`“${key}” is missing in Extended JSON.`)
}
const small = (value: unknown): number => {
  if (value instanceof Int32) return value.value
  if (value instanceof Long) return value.toNumber()
  throw new JsonProblem('A whole number was expected in Extended JSON.')
}

function doubleOf(value: unknown): Double {
  const given = text(value)
  if (/^(?:NaN|-?Infinity)$/.test(given)) return new Double(Number(given))
  const near = Number(given)
  if (given.trim() === '' || !Number.isFinite(near)) throw new JsonProblem(`“${given}” is not a double.`)
  return new Double(near)
}

function dateOf(value: unknown): Date {
  let found: Date
  if (value instanceof Long || value instanceof Int32) found = new Date(Number(value.toString()))
  else {
    const given = text(value)
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d)$/.test(given))
      throw new JsonProblem(`“${given}” is not a date of Extended JSON (to the millisecond, with Z or an offset).`)
    found = new Date(given)
  }
  if (Number.isNaN(found.getTime())) throw new JsonProblem('A date is beyond those that can be written.')
  return found
}

const READ: Readonly<Record<string, (value: unknown, all: Doc) => unknown>> = {
  $oid: (value) => {
    if (!/^[0-9a-f]{24}$/i.test(text(value))) throw new JsonProblem(`“${text(value)}” is not an ObjectId.`)
    return new ObjectId(text(value))
  },
  $numberInt: (value) => {
    const whole = wholeOf(value)
    if (BigInt.asIntN(32, whole) !== whole) throw new JsonProblem(`${whole} is no 32-bit number.`)
    return new Int32(Number(whole))
  },
  $numberLong: (value) => {
    const whole = wholeOf(value)
    if (BigInt.asIntN(64, whole) !== whole) throw new JsonProblem(`${whole} is no 64-bit number.`)
    return Long.fromBigInt(whole)
  },
  $numberDouble: doubleOf,
  $numberDecimal: (value) => {
    const given = text(value)
    return /^(?:NaN|-?Infinity)$/.test(given) ? Decimal128.fromString(given) : exactDecimal(given)
  },
  $date: dateOf,
  $binary: (value) => {
    const subtype = text(partOf(value, 'subType'))
    if (!/^[0-9a-f]{1,2}$/i.test(subtype)) throw new JsonProblem(`“${subtype}” is no subtype of bytes.`)
    return new Binary(Buffer.from(text(partOf(value, 'base64')), 'base64'), Number.parseInt(subtype, 16))
  },
  $uuid: (value) => new Binary(Buffer.from(text(value).replaceAll('-', ''), 'hex'), 4),
  $regularExpression: (value) => new BSONRegExp(text(partOf(value, 'pattern')), text(partOf(value, 'options'))),
  $timestamp: (value) => new Timestamp({ t: small(partOf(value, 't')), i: small(partOf(value, 'i')) }),
  $undefined: () => {
    throw new JsonProblem('“undefined” is a type of old that is no longer written.')
  },
  $minKey: () => new MinKey(),
  $maxKey: () => new MaxKey(),
  $symbol: (value) => new BSONSymbol(text(value)),
  $code: (value, all) => {
    const scope = all.get('$scope')
    return scope === undefined ? new Code(text(value)) : new Code(text(value), asObjects(scope) as object)
  },
  $dbPointer: () => {
    throw new JsonProblem('A “dbPointer” is a type of old that is no longer written.')
  },
}

function extendedValue(found: Doc): unknown {
  const [first] = found.keys()
  if (first === undefined || !first.startsWith('$')) return found
  const read = Object.hasOwn(READ, first) ? READ[first] : undefined
  if (!read || found.size > (found.has('$scope') ? 2 : 1)) return found
  return read(found.get(first), found)
}

/** What Extended JSON means by a value that was read without it. @throws JsonProblem */
export function extendedDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(extendedDeep)
  if (!(value instanceof Map)) return value
  return extendedValue(new Map([...(value as Doc)].map(([key, each]) => [key, extendedDeep(each)])))
}
