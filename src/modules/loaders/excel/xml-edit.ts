import { attributeOf } from '../../kit/files/xml-scanner.ts'

/**
 * Small changes of XML that another program wrote, as text: all that is not changed stays as it is, to the byte. Only for the parts around
 * the sheets, in which the same element does not nest.
 */
export interface Section {
  readonly start: number
  readonly end: number
  /** Of its name: `x:` or nothing. */
  readonly prefix: string
  readonly attributes: string
  readonly inner: string
}

/** The first element of a name, whatever its prefix. */
export function sectionOf(xml: string, name: string): Section | undefined {
  const match = new RegExp(`<((?:[\\w.-]+:)?)${name}(\\s[^>]*)?>`).exec(xml)
  if (!match) return undefined
  const [opening, prefix = '', attributes = ''] = match
  const from = match.index + opening.length
  if (opening.endsWith('/>'))
    return { start: match.index, end: from, prefix, attributes: attributes.slice(0, -1), inner: '' }
  const closing = `</${prefix}${name}>`
  const to = xml.indexOf(closing, from)
  if (to === -1) return undefined
  return { start: match.index, end: to + closing.length, prefix, attributes, inner: xml.slice(from, to) }
}

/** The elements of a name inside a section, as they are written. */
export function childrenOf({ inner, prefix }: Section, name: string): string[] {
  const element = `${prefix}${name}`
  const pattern = new RegExp(`<${element}(?:\\s[^>]*)?/>|<${element}(?:\\s[^>]*)?>[\\s\\S]*?</${element}>`, 'g')
  return inner.match(pattern) ?? []
}

/** The attributes of all elements of a name, whatever their prefix, with the place of each. */
export function elementsOf(xml: string, name: string): { attributes: string; start: number; end: number }[] {
  const pattern = new RegExp(`<(?:[\\w.-]+:)?${name}(\\s[^>]*?)?/?>`, 'g')
  return [...xml.matchAll(pattern)].map((match) => ({
    attributes: match[1] ?? '',
    start: match.index,
    end: match.index + match[0].length,
  }))
}

/** An attribute given another value, or a first one. */
export function withAttribute(attributes: string, name: string, value: string): string {
  if (attributeOf(attributes, name) === undefined) return `${attributes} ${name}="${value}"`
  return attributes.replace(new RegExp(`(\\s${name}\\s*=\\s*)(?:"[^"]*"|'[^']*')`), `$1"${value}"`)
}

/** A section with further elements at its end and, where it has one, their number. */
export function appended(xml: string, name: string, elements: readonly string[]): string {
  const section = sectionOf(xml, name)
  if (!section || elements.length === 0) return xml
  const { start, end, prefix, attributes, inner } = section
  const before = Number(attributeOf(attributes, 'count'))
  const counted = Number.isFinite(before)
    ? withAttribute(attributes, 'count', String(before + elements.length))
    : attributes
  return `${xml.slice(0, start)}<${prefix}${name}${counted}>${inner}${elements.join('')}</${prefix}${name}>${xml.slice(end)}`
}

/** XML without the elements of a name for whose attributes the test is true. */
export function without(xml: string, name: string, test: (attributes: string) => boolean): string {
  let rest = ''
  let at = 0
  for (const { attributes, start, end } of elementsOf(xml, name)) {
    if (!test(attributes)) continue
    rest += xml.slice(at, start)
    at = end
  }
  return rest + xml.slice(at)
}
