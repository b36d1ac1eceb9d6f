import type { Cell, Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { isNestedType } from '../../kit/cells.ts'
import type { LoadModule, LoadRequest } from '../../kit/contract.ts'
import { ExactNumber, parseExactly } from '../../kit/files/json/shape.ts'
import { compressionOf } from '../../kit/files/text-stream.ts'
import { writeFileTarget } from '../../kit/files/write-file.ts'
import { writeText } from '../../kit/files/write-text.ts'
import { requireColumn, sameName } from '../../kit/inputs.ts'
import { sql } from '../../kit/sql.ts'
import { type XmlLoadConfig, xmlLoadDescriptor } from './descriptor.ts'

export const xmlLoad: LoadModule<typeof xmlLoadDescriptor> = {
  kind: 'load',
  descriptor: xmlLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode }),
  check(config, columns) {
    fieldsOf(config, columns)
  },

  async write(request) {
    const { config } = request
    const compression = compressionOf(config.compression, config.path)
    const create = async (temporary: string) => {
      const count = { rows: 0n }
      await writeText(temporary, compression, documentOf(request, count))
      return count.rows
    }
    return writeFileTarget(request, config.path, config.mode, {
      ending: 'xml',
      create,
      append: () => Promise.reject(new TypeError('XML is never appended to')),
    })
  },
}

interface Field {
  readonly column: string
  readonly name: string
  readonly attribute: boolean
  readonly nested: boolean
  /** Its items are elements of its own name: none of them is no list, and one that is nil an item. */
  readonly list: boolean
}

function fieldsOf(config: XmlLoadConfig, columns: readonly Column[]): Field[] {
  const attributes = config.attributes.map((name, index) => requireColumn(columns, name, ['attributes', index]))
  const taken = new Map<string, string>()
  return columns.map(({ name: column, type }) => {
    const attribute = attributes.some((given) => sameName(given.name, column))
    const nested = isNestedType(type)
    if (attribute && nested)
      throw userError('xml.attribute', `Column ${column} is a list or struct, which no attribute can hold.`, {
        field: ['attributes'],
      })
    const name = elementName(column)
    const key = `${attribute ? '@' : ''}${name}`
    const other = taken.get(key)
    if (other !== undefined)
      throw userError('column.duplicate', `The columns ${other} and ${column} would both be named ${name}.`, {
        hint: 'Rename one of them before this step.',
        field: ['path'],
      })
    taken.set(key, column)
    return { column, name, attribute, nested, list: type.endsWith(']') }
  })
}

/** A column's name as XML allows it. */
export function elementName(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}_.-]/gu, '_')
  return /^[\p{L}_]/u.test(safe) ? safe : `_${safe}`
}

async function* documentOf(
  { config, input, session, signal }: LoadRequest<XmlLoadConfig>,
  count: { rows: bigint },
): AsyncGenerator<string> {
  const fields = fieldsOf(config, input.columns)
  const [line, inner] = config.pretty ? ['\n', '\n  '] : ['', '']
  const namespace = config.nulls === 'nil' ? ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' : ''
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<${config.root}${namespace}>`
  for await (const batch of session.stream(sql`SELECT * FROM ${input.name}`)) {
    signal.throwIfAborted()
    let text = ''
    for (const row of batch) {
      count.rows++
      text += inner + rowOf(row, fields, config, count.rows)
    }
    yield text
  }
  yield `${line}</${config.root}>\n`
}

function rowOf(row: readonly Cell[], fields: readonly Field[], config: XmlLoadConfig, number: bigint): string {
  let attributes = ''
  let content = ''
  const indent = config.pretty ? '\n    ' : ''
  fields.forEach((field, index) => {
    const cell = row[index] ?? null
    const place = () => `row ${number}, column ${field.column}`
    if (field.attribute) {
      if (cell !== null) attributes += ` ${field.name}="${escaped(cell, config, place, true)}"`
      return
    }
    if (cell === null && field.list) return
    const value = cell !== null && field.nested ? parseExactly(cell) : cell
    content += elementOf(field.name, value, config, place, indent)
  })
  if (content === '') return `<${config.row}${attributes}/>`
  return `<${config.row}${attributes}>${content}${config.pretty ? '\n  ' : ''}</${config.row}>`
}

function elementOf(name: string, value: unknown, config: XmlLoadConfig, place: () => string, indent: string): string {
  if (value === null || value === undefined) {
    if (config.nulls === 'omit') return ''
    return config.nulls === 'empty' ? `${indent}<${name}/>` : `${indent}<${name} xsi:nil="true"/>`
  }
  if (Array.isArray(value))
    return value.map((item) => elementOf(name, Array.isArray(item) ? { item } : item, config, place, indent)).join('')
  if (typeof value === 'object' && !(value instanceof ExactNumber)) {
    const deeper = indent && `${indent}  `
    const inner = Object.entries(value)
      .map(([key, item]) => elementOf(elementName(key), item, config, place, deeper))
      .join('')
    return inner === '' ? `${indent}<${name}/>` : `${indent}<${name}>${inner}${indent}</${name}>`
  }
  const text = value instanceof ExactNumber ? value.source : String(value)
  return `${indent}<${name}>${escaped(text, config, place, false)}</${name}>`
}

/** What XML 1.0 does not allow; halves of a character too. */
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

function escaped(given: string, config: XmlLoadConfig, place: () => string, attribute: boolean): string {
  let text = given
  const found = text.search(ILLEGAL)
  if (found !== -1) {
    if (config.illegal_characters === 'fail') {
      const code = text.charCodeAt(found).toString(16).toUpperCase().padStart(4, '0')
      throw userError(
        'xml.illegal-character',
        `The value in ${place()} holds the character U+${code}, which XML forbids.`,
        {
          hint: 'Clean the column before this step, or let such characters be left out.',
          field: ['illegal_characters'],
        },
      )
    }
    text = text.replace(ILLEGAL, config.illegal_characters === 'remove' ? '' : '\ufffd')
  }
  text = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;')
  return attribute ? text.replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;') : text
}
