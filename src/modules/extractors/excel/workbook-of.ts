import { ZipFile } from 'yazl'

/** The parts of a small workbook, for tests: what is left out is what Excel itself would write. */
export interface WorkbookParts {
  /** XML of `<sheetData>`'s rows, or a whole part when it begins with `<?xml`; by name. */
  readonly sheets: Readonly<Record<string, string>>
  readonly shared?: readonly string[]
  /** Format codes of the styles 1, 2, … */
  readonly formats?: readonly string[]
  readonly date1904?: boolean
  /** Further or other parts, by name. */
  readonly parts?: Readonly<Record<string, string | Buffer>>
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export async function workbookOf(given: WorkbookParts): Promise<Buffer> {
  const names = Object.keys(given.sheets)
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`
  const relations = (inner: string) =>
    `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inner}</Relationships>`
  const formats = given.formats ?? []
  const parts: Record<string, string | Buffer> = {
    '[Content_Types].xml': `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    '_rels/.rels': relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}">${given.date1904 ? '<workbookPr date1904="1"/>' : ''}<sheets>${names
      .map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="s${index}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      names.map((_, index) => relation(`s${index}`, 'worksheet', `worksheets/sheet${index}.xml`)).join('') +
        relation('styles', 'styles', 'styles.xml') +
        relation('shared', 'sharedStrings', 'sharedStrings.xml'),
    ),
    'xl/styles.xml': `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts>${formats
      .map((code, index) => `<numFmt numFmtId="${200 + index}" formatCode="${code.replaceAll('"', '&quot;')}"/>`)
      .join(
        '',
      )}</numFmts><cellXfs><xf numFmtId="0"/>${formats.map((_, index) => `<xf numFmtId="${200 + index}"/>`).join('')}</cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${HEAD}<sst xmlns="${MAIN}">${(given.shared ?? []).join('')}</sst>`,
  }
  for (const [index, xml] of Object.values(given.sheets).entries())
    parts[`xl/worksheets/sheet${index}.xml`] = xml.startsWith('<?xml')
      ? xml
      : `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${xml}</sheetData></worksheet>`
  return zipOf({ ...parts, ...given.parts })
}

export async function zipOf(parts: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
