import { type DefaultTreeAdapterTypes, html, parse } from 'parse5'

export type Element = DefaultTreeAdapterTypes.Element
type Node = DefaultTreeAdapterTypes.Node

export interface FoundTable {
  readonly element: Element
  /** Of the page, before the table. */
  readonly heading: string
}

/** Every table of a page, in the order in which they begin. */
export function findTables(text: string): FoundTable[] {
  const document = parse(text, { sourceCodeLocationInfo: true })
  const tables: FoundTable[] = []
  let heading = ''
  // Not recursive: pages may be nested as deeply as somebody likes.
  const waiting: Node[] = [document]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (isElement(node)) {
      if (/^h[1-6]$/.test(node.tagName)) heading = textOf(node)
      if (node.tagName === 'table') tables.push({ element: node, heading })
    }
    for (const child of childrenOf(node).toReversed()) waiting.push(child)
  }
  return tables
}

export const isElement = (node: Node): node is Element => 'tagName' in node && node.namespaceURI === html.NS.HTML

export const childrenOf = (node: Node): readonly Node[] => ('childNodes' in node ? node.childNodes : [])

export const attributeOf = (element: Element, name: string): string | undefined =>
  element.attrs.find((attribute) => attribute.name === name)?.value

const SILENT = new Set(['script', 'style', 'template', 'table', 'noscript', 'head', 'title'])
const BLOCKS = new Set([
  'p',
  'div',
  'li',
  'ul',
  'ol',
  'dd',
  'dt',
  'tr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'pre',
  'blockquote',
])

/** The text that a reader sees: white space collapsed, `<br>` and blocks on lines of their own. */
export function textOf(root: Element): string {
  let text = ''
  const waiting: (Node | string)[] = [...root.childNodes].reverse()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node === 'string') text += node
    else if ('value' in node && node.nodeName === '#text') text += node.value.replace(/[\s\u00a0]+/g, ' ')
    else if (isElement(node)) {
      if (SILENT.has(node.tagName)) continue
      if (node.tagName === 'br') text += '\n'
      else if (node.tagName === 'img') text += attributeOf(node, 'alt') ?? ''
      else {
        const block = BLOCKS.has(node.tagName)
        if (block) {
          text += '\n'
          waiting.push('\n')
        }
        for (const child of node.childNodes.toReversed()) waiting.push(child)
      }
    }
  }
  return text
    .replace(/ +/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim()
}

/** The addresses of the links in a cell, one a line. */
export function linksOf(root: Element): string {
  const found: string[] = []
  const waiting: Node[] = [...root.childNodes].reverse()
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (!isElement(node) || SILENT.has(node.tagName)) continue
    const href = node.tagName === 'a' ? attributeOf(node, 'href')?.trim() : undefined
    if (href) found.push(href)
    for (const child of node.childNodes.toReversed()) waiting.push(child)
  }
  return found.join('\n')
}
