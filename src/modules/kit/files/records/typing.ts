import { canonicalType } from '../column-type.ts'
import { detectType, signature, type TypeNote } from '../detect-type.ts'
import { newShape, observe, serialise, typeOfShape } from '../json/shape.ts'
import type { RecordConfig } from './config.ts'

/** How one field of the records becomes a column. */
export interface RecordColumn {
  readonly name: string
  readonly type: string
  /** What it is staged as: VARCHAR where the text is read when it is compiled. */
  readonly staged: string
  /** How its text is read. */
  readonly format?: string
  readonly decimalSeparator?: string
  readonly thousandsSeparator?: string
  /** A person should decide what such values are. */
  readonly note?: TypeNote
  readonly examples?: readonly string[]
}

/** Decides types from all records, so that none contradicts them. */
export interface Typing {
  observe(record: Record<string, unknown>): void
  /** Of the fields that were met, in that order. */
  names(): string[]
  /** Of a field for which no type was given. */
  detect(name: string): Omit<RecordColumn, 'name'>
  /** One line of JSON. */
  serialise(record: Record<string, unknown>): string
}

export function jsonTyping(depth: number): Typing {
  const root = newShape()
  return {
    observe: (record) => observe(root, record),
    names: () => [...(root.fields?.keys() ?? [])],
    detect(name) {
      const type = typeOfShape(root.fields?.get(name) ?? newShape(), depth)
      return { type, staged: type }
    },
    serialise,
  }
}

/** For records whose values are texts: their types are found as those of a CSV file are. What is nested is JSON's. */
export function textTyping(depth: number): Typing {
  const nested = jsonTyping(depth)
  const texts = new Map<string, Map<string, string>>()
  const nests = new Set<string>()
  return {
    observe(record) {
      for (const [name, value] of Object.entries(record)) {
        let seen = texts.get(name)
        if (!seen) {
          seen = new Map()
          texts.set(name, seen)
        }
        if (typeof value === 'string') {
          const text = value.trim()
          if (text === '') continue
          const key = signature(text)
          if (!seen.has(key)) seen.set(key, text)
        } else if (value !== null && value !== undefined) {
          nests.add(name)
          nested.observe({ [name]: value })
        }
      }
    },
    names: () => [...texts.keys()],
    detect(name) {
      if (nests.has(name)) return nested.detect(name)
      const values = [...(texts.get(name)?.values() ?? [])]
      const { type, note, ...reading } = detectType(values)
      const examples = note === 'day-or-month' ? { note, examples: values.slice(0, 2) } : {}
      return { type, staged: 'VARCHAR', ...reading, ...examples }
    },
    serialise: nested.serialise,
  }
}

/** A column with the type that a person gave, or the one that was found. */
export function columnOf(name: string, typing: Typing, config: RecordConfig): RecordColumn {
  const given = config.columns?.[name]?.type
  const detected = typing.detect(name)
  if (given === undefined) return { name, ...detected }
  const type = canonicalType(given)
  // What a person has typed is read from the text, exactly, when it is compiled.
  const nested = /\[|^(STRUCT|MAP|UNION|JSON)/.test(given)
  const { decimalSeparator, thousandsSeparator, format } = detected
  return {
    name,
    type,
    staged: nested ? type : 'VARCHAR',
    ...(decimalSeparator ? { decimalSeparator } : {}),
    ...(thousandsSeparator ? { thousandsSeparator } : {}),
    ...(format && type.replace(/_.*/, '') === detected.type ? { format } : {}),
  }
}
