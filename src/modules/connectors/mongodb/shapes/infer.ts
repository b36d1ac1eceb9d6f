import { userError } from '../../../../shared/errors.ts'
import { didYouMean } from '../../../kit/did-you-mean.ts'
import { parseType, type SqlType } from '../../../kit/types.ts'
import * as bson from '../bson/elements.ts'
import { type Kind, Seen } from './sample.ts'
import { ANY_TEXT, JSON_LEAF, type Shape, type ShapeColumn } from './shape.ts'

export interface ShapeOptions {
  /** What a field becomes whose values are of several types. */
  readonly mixed: 'json' | 'text' | 'most'
  readonly nested: 'struct' | 'json'
  readonly decimals: 'text' | 'decimal'
  /** Digits after the point of `decimals: decimal`. */
  readonly decimal_scale: number
  /** Path -> type, of what shall have another than it would have. */
  readonly types?: Readonly<Record<string, string>> | undefined
  /** Only these, in this order; all where it is absent. */
  readonly fields?: readonly string[] | undefined
}

/** A document with so many different fields is a map with keys of its own, not a row. */
const MOST_FIELDS = 150
/** DuckDB's forms and people lose themselves beyond. */
const MOST_COLUMNS = 1500
const MOST_NESTING = 12

/** The columns that documents like these become. @throws LogiDataError */
export function inferColumns(documents: readonly Buffer[], options: ShapeOptions): ShapeColumn[] {
  const seen = new Seen()
  for (const document of documents) seen.document(document, 0, document.length)
  const overrides = Object.entries(options.types ?? {}).map(([path, type]) => ({
    path: pathOf(path),
    shape: overriding(path, type),
  }))
  const found = [...seen.fields.keys()]
  const typed = overrides.map(({ path }) => path[0] ?? '').filter((name) => !seen.fields.has(name))
  const names = options.fields ?? [...new Set([...found, ...typed])]
  for (const name of names)
    if (!seen.fields.has(name) && !typed.includes(name))
      throw userError('column.not-found', `No document of the sample has a field “${name}”.`, {
        field: ['fields'],
        hint: didYouMean(name, found).hint ?? 'Look at more documents, or say its type under Types.',
      })
  if (names.length > MOST_COLUMNS)
    throw userError('source.wide', `The documents have ${names.length} different fields.`, {
      field: ['fields'],
      hint: `Name those that you need; ${MOST_COLUMNS} are the most.`,
    })
  const columns = columnNames(names)
  return names.map((name, index) => ({
    name,
    column: columns[index] ?? name,
    shape: decide(seen.fields.get(name), [name], options, overrides),
  }))
}

/** Names that differ for DuckDB, too, to which `A` and `a` are the same. */
function columnNames(names: readonly string[]): string[] {
  const used = new Set(names.map((name) => name.toLowerCase()))
  const given = new Set<string>()
  return names.map((name) => {
    const plain = name === '' ? '_empty' : name
    let column = plain
    for (let count = 2; given.has(column.toLowerCase()) || (column !== name && used.has(column.toLowerCase())); count++)
      column = `${plain}_${count}`
    given.add(column.toLowerCase())
    return column
  })
}

interface Override {
  readonly path: readonly string[]
  readonly shape: Shape
}

function decide(
  seen: Seen | undefined,
  path: readonly string[],
  options: ShapeOptions,
  overrides: readonly Override[],
): Shape {
  const own = overrides.find((one) => one.path.join('\0') === path.join('\0'))
  if (own) return own.shape
  const kinds = [...(seen?.kinds ?? [])]
  const single = oneKind(kinds, seen)
  if (seen === undefined || single === undefined) return mixedOf(seen, kinds, path, options, overrides)
  return shapeOf(single, seen, path, options, overrides)
}

/** The kind that all values are, or can be told as without a loss. */
function oneKind(kinds: readonly (readonly [Kind, number])[], seen: Seen | undefined): Kind | undefined {
  const names = new Set(kinds.map(([kind]) => kind))
  if (names.size === 1) return kinds[0]?.[0]
  if (names.size === 2 && names.has('whole') && names.has('double') && !seen?.bigWhole) return 'double'
  if (names.size === 2 && names.has('whole') && names.has('decimal')) return 'decimal'
  return undefined
}

function mixedOf(
  seen: Seen | undefined,
  kinds: readonly (readonly [Kind, number])[],
  path: readonly string[],
  options: ShapeOptions,
  overrides: readonly Override[],
): Shape {
  const most = kinds.reduce<readonly [Kind, number] | undefined>(
    (best, one) => (best && best[1] >= one[1] ? best : one),
    undefined,
  )
  // Only nulls: whatever comes later fits.
  if (!seen || !most) return JSON_LEAF
  if (options.mixed === 'text') return ANY_TEXT
  return options.mixed === 'json' ? JSON_LEAF : shapeOf(most[0], seen, path, options, overrides)
}

function shapeOf(
  kind: Kind,
  seen: Seen,
  path: readonly string[],
  options: ShapeOptions,
  overrides: readonly Override[],
): Shape {
  switch (kind) {
    case 'bool':
      return leaf('BOOLEAN')
    case 'whole':
      return leaf('BIGINT')
    case 'double':
      return leaf('DOUBLE')
    case 'decimal':
      return options.decimals === 'text'
        ? { kind: 'leaf', type: 'VARCHAR', only: bson.DECIMAL }
        : leaf(`DECIMAL(38,${options.decimal_scale})`)
    case 'string':
      return { kind: 'leaf', type: 'VARCHAR', only: bson.STRING }
    case 'objectId':
      return { kind: 'leaf', type: 'VARCHAR', only: bson.OBJECT_ID }
    case 'date':
      return leaf('TIMESTAMP WITH TIME ZONE')
    case 'uuid':
      return leaf('UUID')
    case 'blob':
      return leaf('BLOB')
    case 'other':
      return JSON_LEAF
    case 'list':
      if (options.nested === 'json' || path.length > MOST_NESTING) return JSON_LEAF
      return {
        kind: 'list',
        item: decide(seen.item, path, { ...options, nested: options.nested }, withoutOwn(overrides, path)),
      }
    case 'struct': {
      const names = [...seen.fields.keys()]
      if (options.nested === 'json' || path.length > MOST_NESTING || !areFields(names)) return JSON_LEAF
      return {
        kind: 'struct',
        fields: names.map((name) => ({
          name,
          shape: decide(seen.fields.get(name), [...path, name], options, overrides),
        })),
      }
    }
  }
}

/** A list's items have its path: what is said of the path is of the list. */
const withoutOwn = (overrides: readonly Override[], path: readonly string[]) =>
  overrides.filter((one) => one.path.length > path.length)

const leaf = (type: string): Shape => ({ kind: 'leaf', type })

/** Names that can be those of a STRUCT. */
function areFields(names: readonly string[]): boolean {
  const different = new Set(names.map((name) => name.toLowerCase()))
  // Parquet and DuckDB know no field without a name; a zero byte cannot be in one.
  return names.length > 0 && names.length <= MOST_FIELDS && different.size === names.length && !different.has('')
}

/** `address.zip`; a name with dots in it stands in quotes: `"a.b".c`. */
export function pathOf(text: string): string[] {
  const parts: string[] = []
  for (const [, quoted, plain] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^.]*))(?:\.|$)/g)) {
    if (quoted === undefined && plain === '' && parts.length > 0) break
    parts.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
  }
  return parts
}

const LEAVES = new Set(
  'BOOLEAN TINYINT SMALLINT INTEGER BIGINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE VARCHAR BLOB UUID JSON DATE TIMESTAMP'.split(
    ' ',
  ),
)

/** @throws LogiDataError */
function overriding(path: string, text: string): Shape {
  const field = ['types', path]
  const shape = (type: SqlType): Shape => {
    switch (type.kind) {
      case 'list':
        if (type.size !== undefined) break
        return { kind: 'list', item: shape(type.item) }
      case 'struct':
        return { kind: 'struct', fields: type.fields.map(({ name, type: each }) => ({ name, shape: shape(each) })) }
      case 'decimal':
        return { kind: 'leaf', type: `DECIMAL(${type.width},${type.scale})`, any: true }
      case 'scalar':
        if (LEAVES.has(type.name) || type.name === 'TIMESTAMP WITH TIME ZONE')
          return { kind: 'leaf', type: type.name, any: true }
    }
    throw userError('type.unsupported', `No value of a document becomes ${text} (“${path}”).`, {
      field,
      hint: 'Read it as VARCHAR or JSON, and change its type in a step after this one.',
    })
  }
  return shape(parseType(text))
}
