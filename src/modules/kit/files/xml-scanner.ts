/** What of an XML text is not well formed, or not wanted. */
export class XmlError extends Error {
  override readonly name = 'XmlError'
}

export interface XmlSink {
  /**
   * @param name without its prefix
   * @param attributes as they are written; see `attributeOf`
   */
  open(name: string, attributes: string, empty: boolean): void
  close(name: string): void
  /** Text between tags, decoded. May come in several pieces. */
  text(text: string): void
}

/** A tag, comment or CDATA section longer than this is no document of an office program. Texts may have any length. */
const LONGEST = 4_000_000
/** The longest that `&…;` can be: until then it may be cut in two. */
const ENTITY = 14
const DEEPEST = 256

/**
 * A small, fast scanner for the XML inside office files: a push parser without a tree, about 60 MB/s where sax needs four times as
 * long. It knows elements, text, CDATA, comments and the declaration; a DOCTYPE, and with it every entity trick, is refused.
 */
export class XmlScanner {
  readonly #sink: XmlSink
  readonly #open: string[] = []
  #rest = ''
  #seen = false

  constructor(sink: XmlSink) {
    this.#sink = sink
  }

  /** @throws XmlError */
  push(chunk: string): void {
    const text = this.#rest === '' ? chunk : this.#rest + chunk
    let at = 0
    for (;;) {
      const tag = text.indexOf('<', at)
      if (tag === -1) break
      const end = endOfMarkup(text, tag)
      if (end === -1) {
        if (tag > at) this.#text(text.slice(at, tag))
        at = tag
        break
      }
      if (tag > at) this.#text(text.slice(at, tag))
      this.#markup(text, tag, end)
      at = end
    }
    // A text goes on as it comes: collected, a long one would be copied with every piece.
    if (at < text.length && text.charCodeAt(at) !== LESS) {
      const cut = text.lastIndexOf('&')
      const end = cut >= at && cut > text.length - ENTITY && !text.includes(';', cut) ? cut : text.length
      if (end > at) this.#text(text.slice(at, end))
      at = end
    }
    this.#rest = text.slice(at)
    if (this.#rest.length > LONGEST) throw new XmlError('a tag is endless')
  }

  /** @throws XmlError */
  end(): void {
    if (this.#rest.startsWith('<')) throw new XmlError('the XML ends inside a tag')
    if (this.#rest !== '') this.#text(this.#rest)
    this.#rest = ''
    if (this.#open.length > 0) throw new XmlError(`<${this.#open.at(-1)}> is not closed`)
    if (!this.#seen) throw new XmlError('there is no element')
  }

  #text(text: string): void {
    if (this.#open.length > 0) this.#sink.text(text.includes('&') ? decodeEntities(text) : text)
    else if (!/^[\s\ufeff]*$/.test(text)) throw new XmlError('there is text outside of the elements')
  }

  #markup(text: string, start: number, end: number): void {
    const second = text.charCodeAt(start + 1)
    if (second === SLASH) {
      const name = text.slice(start + 2, end - 1).trimEnd()
      if (this.#open.pop() !== name) throw new XmlError(`</${name}> closes nothing that is open`)
      this.#sink.close(local(name))
      return
    }
    if (second === QUESTION) return
    if (second === EXCLAMATION) {
      if (text.startsWith('<!--', start)) return
      if (!text.startsWith('<![CDATA[', start)) throw new XmlError('it declares a document type, which is not read')
      if (this.#open.length > 0) this.#sink.text(text.slice(start + 9, end - 3))
      return
    }
    const empty = text.charCodeAt(end - 2) === SLASH
    const last = empty ? end - 2 : end - 1
    let nameEnd = start + 1
    while (nameEnd < last && text.charCodeAt(nameEnd) > 32) nameEnd++
    const name = text.slice(start + 1, nameEnd)
    if (name === '' || name.includes('<')) throw new XmlError('a tag has no name')
    if (this.#open.length === 0 && this.#seen) throw new XmlError('there is a second root element')
    this.#seen = true
    const short = local(name)
    this.#sink.open(short, text.slice(nameEnd, last), empty)
    if (empty) this.#sink.close(short)
    else {
      this.#open.push(name)
      if (this.#open.length > DEEPEST) throw new XmlError('elements are nested too deeply')
    }
  }
}

const LESS = 60
const SLASH = 47
const QUESTION = 63
const EXCLAMATION = 33

/** Where the markup that starts at `start` ends, or -1 when that is not in the text yet. */
function endOfMarkup(text: string, start: number): number {
  const second = text.charCodeAt(start + 1)
  if (second === EXCLAMATION) {
    const opening = text.slice(start, start + 9)
    if (opening.length < 9 && !opening.endsWith('>')) return -1
    if (opening.startsWith('<!--')) return after(text, '-->', start + 4)
    if (opening === '<![CDATA[') return after(text, ']]>', start + 9)
    return after(text, '>', start)
  }
  if (second === QUESTION) return after(text, '?>', start)
  let from = start + 1
  for (;;) {
    const end = text.indexOf('>', from)
    if (end === -1) return -1
    // A quoted value may hold the sign.
    const quote = firstQuote(text, from, end)
    if (quote === -1) return end + 1
    const closing = text.indexOf(text.charAt(quote), quote + 1)
    if (closing === -1) return -1
    from = closing + 1
  }
}

function firstQuote(text: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 34 || code === 39) return at
  }
  return -1
}

function after(text: string, ending: string, from: number): number {
  const found = text.indexOf(ending, from)
  return found === -1 ? -1 : found + ending.length
}

function local(name: string): string {
  const colon = name.indexOf(':')
  return colon === -1 ? name : name.slice(colon + 1)
}

/** The value of an attribute; `name` with its prefix, as it is written. */
export function attributeOf(attributes: string, name: string): string | undefined {
  let at = 0
  for (;;) {
    const found = attributes.indexOf(name, at)
    if (found === -1) return undefined
    at = found + name.length
    // Before it stands white space, so that `r` is not found in `xr` or inside a value that ends like it.
    if (attributes.charCodeAt(found - 1) > 32) continue
    const match = VALUE.exec(attributes.slice(at))
    if (!match) continue
    const value = match[1] ?? match[2] ?? ''
    return value.includes('&') ? decodeEntities(value) : value
  }
}

const VALUE = /^\s*=\s*(?:"([^"]*)"|'([^']*)')/
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** @throws XmlError for an entity that XML itself does not know */
export function decodeEntities(text: string): string {
  return text.replace(/&([^;&\s]{0,12};?)/g, (_, body: string) => {
    const name = body.slice(0, -1)
    const known = body.endsWith(';') ? NAMED[name] : undefined
    if (known !== undefined) return known
    const code = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));$/.exec(body)
    const point = code ? Number.parseInt(code[1] ?? code[2] ?? '', code[1] === undefined ? 10 : 16) : Number.NaN
    if (!(point > 0 && point <= 0x10ffff)) throw new XmlError(`&${body} is no character`)
    return String.fromCodePoint(point)
  })
}
