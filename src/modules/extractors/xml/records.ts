import { parseExactly } from '../../kit/files/json/shape.ts'
import type { XmlConfig } from './descriptor.ts'
import type { XmlElement } from './read-elements.ts'

/** What an element looks like in all rows together, so that it becomes the same in each. */
export interface XmlShape {
  repeats: boolean
  /** Every text is one of these, as JSON writes them. */
  numbers: boolean
  booleans: boolean
  hasText: boolean
  /** Some text is nothing but white space, and would count if this were an element of text alone. */
  hasBlank: boolean
  readonly attributes: Map<string, XmlShape>
  readonly children: Map<string, XmlShape>
}

export const newXmlShape = (): XmlShape => ({
  repeats: false,
  numbers: true,
  booleans: true,
  hasText: false,
  hasBlank: false,
  attributes: new Map(),
  children: new Map(),
})

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/

function shapeIn(shapes: Map<string, XmlShape>, name: string): XmlShape {
  let shape = shapes.get(name)
  if (!shape) {
    shape = newXmlShape()
    shapes.set(name, shape)
  }
  return shape
}

export function observeElement(shape: XmlShape, element: XmlElement, config: XmlConfig): void {
  if (!isNil(element)) observeText(shape, element.text, config)
  for (const [name, value] of attributesOf(element)) observeText(shapeIn(shape.attributes, name), value, config)
  const seen = new Set<string>()
  for (const child of element.children) {
    const inner = shapeIn(shape.children, child.name)
    if (seen.has(child.name)) inner.repeats = true
    seen.add(child.name)
    observeElement(inner, child, config)
  }
}

function observeText(shape: XmlShape, given: string, config: XmlConfig): void {
  const text = textOf(given, config)
  if (text === null) return
  if (trimXml(text) === '') {
    shape.hasBlank = true
    return
  }
  shape.hasText = true
  shape.numbers &&= NUMBER.test(text)
  shape.booleans &&= text === 'true' || text === 'false'
}

const NIL = /:nil$/
const isNil = (element: XmlElement): boolean =>
  element.attributes.some(([name, value]) => NIL.test(name) && /^(true|1)$/.test(value))
const attributesOf = (element: XmlElement) => element.attributes.filter(([name]) => !NIL.test(name))

/** What XML calls white space: a no-break space is a character like any other. No regular expression, which is quadratic here. */
function trimXml(text: string): string {
  const isSpace = (at: number) => ' \t\r\n'.includes(text.charAt(at))
  let from = 0
  let to = text.length
  while (from < to && isSpace(from)) from++
  while (to > from && isSpace(to - 1)) to--
  return text.slice(from, to)
}

/** The text of an attribute, or of an element that holds nothing else. */
function textOf(given: string, config: XmlConfig): string | null {
  const text = config.trim ? trimXml(given) : given
  return text === '' && config.empty === 'null' ? null : text
}

/** The text of an element: white space around the elements in it is layout. */
function textIn(element: XmlElement, shape: XmlShape, config: XmlConfig): string | null {
  if (isNil(element)) return null
  return !isSimple(shape) && trimXml(element.text) === '' ? null : textOf(element.text, config)
}

const isSimple = (shape: XmlShape): boolean => shape.attributes.size === 0 && shape.children.size === 0
const holdsText = (shape: XmlShape): boolean => shape.hasText || (shape.hasBlank && isSimple(shape))

/** The columns of a row; the texts at the top stay texts, whose types are found later. */
export function recordOf(element: XmlElement, shape: XmlShape, config: XmlConfig): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  addFields(record, element, shape, config, '')
  return record
}

function addFields(
  record: Record<string, unknown>,
  element: XmlElement | undefined,
  shape: XmlShape,
  config: XmlConfig,
  prefix: string,
): void {
  for (const name of shape.attributes.keys()) {
    const given = element?.attributes.find(([key]) => key === name)?.[1]
    record[`${prefix}${config.attribute_prefix}${name}`] = given === undefined ? null : textOf(given, config)
  }
  const text = element ? textIn(element, shape, config) : null
  if (holdsText(shape) && (prefix !== '' || isSimple(shape) || text !== null || shape.children.size === 0))
    record[prefix === '' ? '#text' : isSimple(shape) ? prefix.slice(0, -1) : `${prefix}#text`] = text
  const groups = Map.groupBy(element?.children ?? [], (child) => child.name)
  for (const [name, inner] of shape.children) {
    const found = groups.get(name) ?? []
    const key = `${prefix}${name}`
    if (inner.repeats && config.repeated === 'list')
      record[key] = found.length === 0 ? null : found.map((child) => valueFrom(child, inner, config))
    else if (inner.repeats && config.repeated === 'join') record[key] = joined(found, config)
    else if (isSimple(inner)) record[key] = found[0] ? textIn(found[0], inner, config) : null
    else if (config.nested === 'columns') addFields(record, found[0], inner, config, `${key}.`)
    else record[key] = found[0] ? valueFrom(found[0], inner, config) : null
  }
}

function joined(elements: readonly XmlElement[], config: XmlConfig): string | null {
  const texts = elements
    .map((element) => (isNil(element) ? null : textOf(allText(element), config)))
    .filter((text) => text !== null)
  return texts.length === 0 ? null : texts.join(config.separator)
}

const allText = (element: XmlElement): string =>
  element.children.length === 0
    ? element.text
    : [element.text, ...element.children.map(allText)].filter((text) => trimXml(text) !== '').join(' ')

function valueFrom(element: XmlElement, shape: XmlShape, config: XmlConfig): unknown {
  if (isSimple(shape)) return typed(textIn(element, shape, config), shape)
  if (isNil(element) && element.children.length === 0) return null
  const value: Record<string, unknown> = {}
  for (const [name, inner] of shape.attributes) {
    const given = element.attributes.find(([key]) => key === name)?.[1]
    value[`${config.attribute_prefix}${name}`] = given === undefined ? null : typed(textOf(given, config), inner)
  }
  if (holdsText(shape)) value['#text'] = typed(textIn(element, shape, config), shape)
  const groups = Map.groupBy(element.children, (child) => child.name)
  for (const [name, inner] of shape.children) {
    const found = groups.get(name) ?? []
    if (inner.repeats && config.repeated === 'list') value[name] = found.map((child) => valueFrom(child, inner, config))
    else if (inner.repeats && config.repeated === 'join') value[name] = joined(found, config)
    else value[name] = found[0] ? valueFrom(found[0], inner, config) : null
  }
  return value
}

function typed(text: string | null, shape: XmlShape): unknown {
  if (text === null) return null
  // An empty text that counts makes all of them texts.
  if (shape.hasBlank && isSimple(shape)) return text
  if (shape.numbers) return parseExactly(text)
  return shape.booleans ? text === 'true' : text
}
