/** The parts of a workbook around its sheets. */
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
export const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
export const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const HEADER_STYLE = 1

/** What is around the sheets that are written: a new workbook, or one that was there. */
export interface WorkbookPackage {
  /** The index of the header's style. */
  headerStyle(): number
  /** The index of the style with a number format; the same for the same format. */
  styleOf(format: string): number
  /** Where the next sheet stands. @throws LogiDataError where its name is taken */
  place(name: string): string
  /** All other parts, once the sheets are written. */
  rest(): AsyncIterable<readonly [name: string, content: Buffer | AsyncIterable<Buffer>]>
  close(): void
}

export function newPackage(headerStyle: 'bold' | 'shaded' | 'plain'): WorkbookPackage {
  const formats = new Map<string, number>()
  const sheets: string[] = []
  return {
    headerStyle: () => HEADER_STYLE,
    styleOf(format) {
      if (!formats.has(format)) formats.set(format, formats.size + HEADER_STYLE + 1)
      return formats.get(format) ?? 0
    },
    place: (name) => `xl/worksheets/sheet${sheets.push(name)}.xml`,
    async *rest() {
      for (const [name, xml] of packageParts(sheets, [...formats.keys()], headerStyle)) yield [name, Buffer.from(xml)]
    },
    close: () => undefined,
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold.
const NOT_XML = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g

export const xmlText = (text: string): string =>
  text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(NOT_XML, (bad) => `_x${bad.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)

/** Every part but the sheets. @param formats number formats of the styles from 2 on */
function packageParts(
  sheets: readonly string[],
  formats: readonly string[],
  headerStyle: 'bold' | 'shaded' | 'plain',
): [name: string, xml: string][] {
  const numbers = sheets.map((_, index) => index + 1)
  return [
    [
      '[Content_Types].xml',
      `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>${numbers
        .map((number) => `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${TYPE}.worksheet+xml"/>`)
        .join('')}<Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/></Types>`,
    ],
    [
      '_rels/.rels',
      `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets
        .map((name, index) => `<sheet name="${xmlText(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
        .join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${numbers
        .map(
          (number) =>
            `<Relationship Id="rId${number}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${number}.xml"/>`,
        )
        .join(
          '',
        )}<Relationship Id="rId${sheets.length + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ['xl/styles.xml', stylesPart(formats, headerStyle)],
  ]
}

/** @param formats number formats of the styles from 2 on */
export function stylesPart(formats: readonly string[], headerStyle: 'bold' | 'shaded' | 'plain'): string {
  const codes = formats
    .map((code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${xmlText(code)}"/>`)
    .join('')
  const font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
  const header = `<xf numFmtId="0" fontId="${headerStyle === 'plain' ? 0 : 1}" fillId="${headerStyle === 'shaded' ? 2 : 0}" borderId="0" xfId="0" applyFont="1" applyFill="1"/>`
  const cells = formats.map(
    (_, index) => `<xf numFmtId="${164 + index}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`,
  )
  return `${HEAD}<styleSheet xmlns="${MAIN}">${formats.length > 0 ? `<numFmts count="${formats.length}">${codes}</numFmts>` : ''}<fonts count="2"><font>${font}</font><font><b/>${font}</font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE7E9EC"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${formats.length + 2}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>${header}${cells.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}

export interface SheetFrame {
  /** In characters; undefined leaves it to Excel. */
  readonly widths: readonly (number | undefined)[]
  readonly freeze: boolean
  /** XML of the header's row. */
  readonly header: string
}

export function sheetStart({ widths, freeze, header }: SheetFrame): string {
  const view = freeze
    ? '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    : ''
  const columns = widths
    .map((width, index) =>
      width === undefined ? '' : `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
    )
    .join('')
  return `${HEAD}<worksheet xmlns="${MAIN}">${view}${columns === '' ? '' : `<cols>${columns}</cols>`}<sheetData>${header}`
}

/** @param filter the area that gets filter buttons */
export const sheetEnd = (filter: string | undefined): string =>
  `</sheetData>${filter ? `<autoFilter ref="${filter}"/>` : ''}</worksheet>`
