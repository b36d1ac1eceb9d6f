import { attributeOf } from '../../kit/files/xml-scanner.ts'
import type { ExcelLoadConfig } from './descriptor.ts'
import { xmlText } from './package-parts.ts'
import { appended, childrenOf, elementsOf, sectionOf } from './xml-edit.ts'

const FIRST_OWN_FORMAT = 164

/** The styles of a workbook that another program wrote. What a sheet needs and is not there is added at the end, once. */
export class StyleSheet {
  readonly #xml: string
  readonly #prefix: string
  readonly #lists = new Map<string, { all: string[]; before: number }>()
  readonly #formats = new Map<string, number>()
  readonly #newFormats: string[] = []
  #nextFormat = FIRST_OWN_FORMAT

  /** @param xml with `cellXfs`, `fonts` and `fills`; see `isStyleSheet` */
  constructor(xml: string) {
    this.#xml = xml
    this.#prefix = sectionOf(xml, 'cellXfs')?.prefix ?? ''
    for (const [list, name] of [
      ['fonts', 'font'],
      ['fills', 'fill'],
      ['cellXfs', 'xf'],
    ] as const) {
      const section = sectionOf(xml, list)
      const all = section ? childrenOf(section, name) : []
      this.#lists.set(list, { all, before: all.length })
    }
    for (const { attributes } of elementsOf(xml, 'numFmt')) {
      const id = Number(attributeOf(attributes, 'numFmtId'))
      this.#formats.set(attributeOf(attributes, 'formatCode') ?? '', id)
      this.#nextFormat = Math.max(this.#nextFormat, id + 1)
    }
  }

  /** The index of the style with a number format. */
  of(format: string): number {
    return this.#index('cellXfs', this.#xf(this.#format(format), 0, 0, ' applyNumberFormat="1"'))
  }

  /** The index of the style of a header. */
  header(style: ExcelLoadConfig['header_style']): number {
    if (style === 'plain') return this.#index('cellXfs', this.#xf(0, 0, 0, ''))
    const p = this.#prefix
    const usual = this.#lists.get('fonts')?.all[0] ?? ''
    const inner = new RegExp(`^<${p}font(?:\\s[^>]*)?>([\\s\\S]*)</${p}font>$`).exec(usual)?.[1] ?? ''
    const bold = inner.includes(`<${p}b/>`) ? usual : `<${p}font><${p}b/>${inner}</${p}font>`
    const fill = `<${p}fill><${p}patternFill patternType="solid"><${p}fgColor rgb="FFE7E9EC"/><${p}bgColor indexed="64"/></${p}patternFill></${p}fill>`
    const font = this.#index('fonts', bold)
    return this.#index(
      'cellXfs',
      this.#xf(0, font, style === 'shaded' ? this.#index('fills', fill) : 0, ' applyFont="1" applyFill="1"'),
    )
  }

  /** With what was added. */
  xml(): string {
    let xml = this.#xml
    for (const [list, { all, before }] of this.#lists) xml = appended(xml, list, all.slice(before))
    if (this.#newFormats.length === 0) return xml
    if (sectionOf(xml, 'numFmts')) return appended(xml, 'numFmts', this.#newFormats)
    const p = this.#prefix
    const at = sectionOf(xml, 'fonts')?.start ?? 0
    const formats = `<${p}numFmts count="${this.#newFormats.length}">${this.#newFormats.join('')}</${p}numFmts>`
    return xml.slice(0, at) + formats + xml.slice(at)
  }

  #index(list: string, element: string): number {
    const all = this.#lists.get(list)?.all ?? []
    const found = all.indexOf(element)
    return found === -1 ? all.push(element) - 1 : found
  }

  #format(code: string): number {
    const known = this.#formats.get(code)
    if (known !== undefined) return known
    const id = this.#nextFormat++
    this.#formats.set(code, id)
    this.#newFormats.push(`<${this.#prefix}numFmt numFmtId="${id}" formatCode="${xmlText(code)}"/>`)
    return id
  }

  #xf(format: number, font: number, fill: number, more: string): string {
    return `<${this.#prefix}xf numFmtId="${format}" fontId="${font}" fillId="${fill}" borderId="0" xfId="0"${more}/>`
  }
}

export const isStyleSheet = (xml: string): boolean =>
  ['fonts', 'fills', 'cellXfs'].every((name) => (sectionOf(xml, name)?.inner ?? '') !== '')
