import { userError } from '../../../../shared/errors.ts'
import { canonicalType } from '../column-type.ts'
import { detectType, signature, type TypeNote } from '../detect-type.ts'
import { misfit } from '../json/fits.ts'
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
  /** What of a field's values a nested type would change without a word. */
  misfit(name: string, type: string): string | undefined
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
    misfit: (name, type) => misfit(root.fields?.get(name) ?? newShape(), type),
    serialise,
  }
}

/**
 * For records whose values are texts: their types are found as those of a CSV file are. What is nested is JSON's.
 * @param blanksAreTexts otherwise nothing is known of a column from its empty fields
 */
export function textTyping(depth: number, blanksAreTexts = false): Typing {
  const nested = jsonTyping(depth)
  const texts = new Map<string, Map<string, string>>()
  const nests = new Set<string>()
  /** Fields with a text of nothing but blanks, which no number and no date is. */
  const blanks = new Set<string>()
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
          if (text === '') {
            if (blanksAreTexts) blanks.add(name)
            continue
          }
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
      if (blanks.has(name)) return { type: 'VARCHAR', staged: 'VARCHAR' }
      const values = [...(texts.get(name)?.values() ?? [])]
      const { type, note, ...reading } = detectType(values)
      const examples = note === 'day-or-month' ? { note, examples: values.slice(0, 2) } : {}
      return { type, staged: 'VARCHAR', ...reading, ...examples }
    },
    misfit: (name, type) =>
      texts.get(name)?.size && type !== 'JSON' ? 'its values are plain texts' : nested.misfit(name, type),
    serialise: nested.serialise,
  }
}

/** A column with the type that a person gave, or the one that was found. */
export function columnOf(name: string, typing: Typing, config: Pick<RecordConfig, 'columns'>): RecordColumn {
  const given = config.columns?.[name]?.type
  const detected = typing.detect(name)
  if (given === undefined) return { name, ...detected }
  const type = canonicalType(given)
  // What a person has typed is read from the text, exactly, when it is compiled.
  const nested = /\[|^(STRUCT|MAP|UNION|JSON)/i.test(given)
  const reason = nested ? typing.misfit(name, type) : undefined
  if (reason !== undefined)
    throw userError('records.type', `Field ${name} cannot be read as ${given} without a change: ${reason}.`, {
      hint: `Give it the type ${detected.type}, which holds all of its values, and cast it in a later step.`,
      field: ['columns', name, 'type'],
    })
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
