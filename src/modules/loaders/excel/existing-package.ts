import { posix } from 'node:path'
import type { LogiDataError } from '../../../shared/errors.ts'
import { userError } from '../../../shared/errors.ts'
import { attributeOf } from '../../kit/files/xml-scanner.ts'
import { corrupt, openZip, type ZipArchive } from '../../kit/files/zip-archive.ts'
import type { ExcelLoadConfig } from './descriptor.ts'
import { OFFICE, stylesPart, TYPE, type WorkbookPackage, xmlText } from './package-parts.ts'
import { type Relation, reachable, relationsIn, relationsPart } from './relations.ts'
import { isStyleSheet, StyleSheet } from './style-sheet.ts'
import { appended, elementsOf, sectionOf, withAttribute, without } from './xml-edit.ts'

const LARGEST_PART = 256 * 2 ** 20
const TYPES = '[Content_Types].xml'

interface Sheet {
  readonly name: string
  /** Undefined of a chart that is a tab. */
  readonly part: string | undefined
}

/**
 * A workbook whose sheets are added to, or replaced one by one. Every other part is passed on as it is; only the lists of sheets, parts and
 * styles get further entries.
 * @throws LogiDataError `excel.not-a-workbook`, `excel.strict`, `excel.dates-1904`, `archive.corrupt`
 */
export async function existingPackage(
  path: string,
  shown: string,
  config: Pick<ExcelLoadConfig, 'mode' | 'header_style'>,
  signal: AbortSignal,
): Promise<WorkbookPackage> {
  const archive = await openZip(path, shown)
  try {
    return await ExistingPackage.read(archive, shown, config, signal)
  } catch (error) {
    archive.close()
    throw error
  }
}

class ExistingPackage implements WorkbookPackage {
  readonly #archive: ZipArchive
  readonly #shown: string
  readonly #config: Pick<ExcelLoadConfig, 'mode' | 'header_style'>
  readonly #signal: AbortSignal
  readonly #main: string
  readonly #xml: { types: string; workbook: string; relations: string }
  readonly #sheets: readonly Sheet[]
  readonly #styles: { part: string; sheet: StyleSheet } | undefined
  readonly #formats = new Map<string, number>()
  readonly #replaced = new Set<string>()
  readonly #added: { name: string; part: string }[] = []

  private constructor(
    archive: ZipArchive,
    shown: string,
    config: Pick<ExcelLoadConfig, 'mode' | 'header_style'>,
    signal: AbortSignal,
    main: string,
    xml: { types: string; workbook: string; relations: string },
    styles: { part: string; sheet: StyleSheet } | undefined,
  ) {
    this.#archive = archive
    this.#shown = shown
    this.#config = config
    this.#signal = signal
    this.#main = main
    this.#xml = xml
    this.#styles = styles
    const relations = new Map(relationsIn(xml.relations, main).map((relation) => [relation.id, relation]))
    this.#sheets = elementsOf(sectionOf(xml.workbook, 'sheets')?.inner ?? '', 'sheet').map(({ attributes }) => {
      const id = /\s[\w.-]+:id\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1] ?? ''
      const relation = relations.get(id)
      const part = relation?.type.endsWith('/worksheet') ? relation.target : undefined
      return { name: attributeOf(attributes, 'name') ?? '', part }
    })
  }

  static async read(
    archive: ZipArchive,
    shown: string,
    config: Pick<ExcelLoadConfig, 'mode' | 'header_style'>,
    signal: AbortSignal,
  ): Promise<ExistingPackage> {
    const text = (part: string) => textOf(archive, part, shown, signal)
    if (!archive.has(TYPES)) throw notAWorkbook(shown)
    const root = archive.has('_rels/.rels') ? relationsIn(await text('_rels/.rels'), '') : []
    const main = root.find(({ type }) => type.endsWith('/officeDocument'))?.target ?? 'xl/workbook.xml'
    if (!archive.has(main) || !archive.has(relationsPart(main))) throw notAWorkbook(shown)
    const workbook = await text(main)
    const relations = await text(relationsPart(main))
    if (workbook.includes('http://purl.oclc.org/ooxml/')) throw strict(shown)
    const properties = elementsOf(workbook, 'workbookPr')[0]?.attributes ?? ''
    if (/^(1|true|on)$/.test(attributeOf(properties, 'date1904') ?? '')) throw dates1904(shown)
    if (!sectionOf(workbook, 'sheets')) throw corrupt(shown, new Error('it has no list of sheets'))
    const part = relationsIn(relations, main).find(({ type }) => type.endsWith('/styles'))?.target
    const xml = part !== undefined && archive.has(part) ? await text(part) : ''
    const styles = part !== undefined && isStyleSheet(xml) ? { part, sheet: new StyleSheet(xml) } : undefined
    const parts = { types: await text(TYPES), workbook, relations }
    return new ExistingPackage(archive, shown, config, signal, main, parts, styles)
  }

  headerStyle(): number {
    return this.#styles?.sheet.header(this.#config.header_style) ?? 1
  }

  styleOf(format: string): number {
    if (this.#styles) return this.#styles.sheet.of(format)
    if (!this.#formats.has(format)) this.#formats.set(format, this.#formats.size + 2)
    return this.#formats.get(format) ?? 0
  }

  place(name: string): string {
    const there = this.#sheets.find((sheet) => sheet.name.toLowerCase() === name.toLowerCase())
    if (there) {
      if (this.#config.mode !== 'replace_sheets' || there.part === undefined)
        throw sheetExists(this.#shown, there, this.#config.mode)
      this.#replaced.add(there.part)
      return there.part
    }
    const folder = posix.join(posix.dirname(this.#main), 'worksheets')
    const taken = new Set(
      [...this.#archive.names, ...this.#added.map(({ part }) => part)].map((one) => one.toLowerCase()),
    )
    let number = this.#sheets.length + this.#added.length + 1
    while (taken.has(posix.join(folder, `sheet${number}.xml`).toLowerCase())) number++
    const part = posix.join(folder, `sheet${number}.xml`)
    this.#added.push({ name, part })
    return part
  }

  async *rest(): AsyncGenerator<[name: string, content: Buffer | AsyncIterable<Buffer>]> {
    const { relations, styles } = this.#newRelations()
    const dropped = await this.#dropped(relations)
    const edited = new Map<string, string>([
      [this.#main, this.#workbook(relations)],
      [relationsPart(this.#main), relations],
      [TYPES, this.#types(dropped, styles)],
    ])
    if (styles) edited.set(styles, stylesPart([...this.#formats.keys()], this.#config.header_style))
    else if (this.#styles) edited.set(this.#styles.part, this.#styles.sheet.xml())
    for (const [name, xml] of edited) yield [name, Buffer.from(xml)]
    for (const name of this.#archive.names) {
      if (edited.has(name) || dropped.has(name) || this.#replaced.has(name) || name.endsWith('/')) continue
      yield [name, this.#archive.read(name, this.#signal)]
    }
  }

  close(): void {
    this.#archive.close()
  }

  /** @returns also where the styles go, of a workbook that had none */
  #newRelations(): { relations: string; styles: string | undefined } {
    let xml = this.#xml.relations
    const prefix = sectionOf(xml, 'Relationships')?.prefix ?? ''
    const relation = (id: string, type: string, part: string) =>
      `<${prefix}Relationship Id="${id}" Type="${OFFICE}/${type}" Target="/${xmlText(part)}"/>`
    // The order in which formulas were computed names cells that may be gone; Excel makes it again.
    if (this.#replaced.size > 0)
      xml = without(xml, 'Relationship', (given) => attributeOf(given, 'Type')?.endsWith('/calcChain') === true)
    const further = this.#added.map(({ part }, index) => relation(this.#idOf(index), 'worksheet', part))
    let styles: string | undefined
    if (!this.#styles) {
      styles = posix.join(posix.dirname(this.#main), 'styles.xml')
      xml = without(xml, 'Relationship', (given) => attributeOf(given, 'Type')?.endsWith('/styles') === true)
      further.push(relation(this.#idOf(this.#added.length), 'styles', styles))
    }
    return { relations: appended(xml, 'Relationships', further), styles }
  }

  /** Of the relation to an added part. */
  #idOf(index: number): string {
    const taken = relationsIn(this.#xml.relations, this.#main).map(({ id }) => Number(/\d+$/.exec(id)?.[0] ?? 0))
    return `rId${Math.max(0, ...taken.filter(Number.isSafeInteger)) + index + 1}`
  }

  /** Parts to which nothing leads any more: what belonged to a replaced sheet (its tables, drawings, comments), and the order of formulas. */
  async #dropped(workbookRelations: string): Promise<Set<string>> {
    const read = new Map<string, readonly Relation[]>()
    const relationsOf = async (part: string): Promise<readonly Relation[]> => {
      const path = relationsPart(part)
      if (!this.#archive.has(path)) return []
      let known = read.get(part)
      if (!known) {
        known = relationsIn(await textOf(this.#archive, path, this.#shown, this.#signal), part)
        read.set(part, known)
      }
      return known
    }
    const before = await reachable(relationsOf)
    const after = await reachable(async (part) => {
      if (this.#replaced.has(part)) return []
      return part === this.#main ? relationsIn(workbookRelations, part) : await relationsOf(part)
    })
    const gone = [...before].filter((part) => !after.has(part))
    return new Set([...gone, ...[...gone, ...this.#replaced].map(relationsPart)])
  }

  #workbook(relations: string): string {
    let xml = this.#xml.workbook
    const { inner = '', prefix = '' } = sectionOf(xml, 'sheets') ?? {}
    const ids = elementsOf(inner, 'sheet').map(({ attributes }) => Number(attributeOf(attributes, 'sheetId')))
    const first = Math.max(0, ...ids.filter(Number.isSafeInteger)) + 1
    const bound = new RegExp(`xmlns:([\\w.-]+)\\s*=\\s*["']${OFFICE}["']`).exec(xml)?.[1]
    const own = bound === undefined ? ` xmlns:r="${OFFICE}"` : ''
    const byTarget = new Map(relationsIn(relations, this.#main).map(({ id, target }) => [target, id]))
    const sheets = this.#added.map(
      ({ name, part }, index) =>
        `<${prefix}sheet${own} name="${xmlText(name)}" sheetId="${first + index}" ${bound ?? 'r'}:id="${byTarget.get(part)}"/>`,
    )
    xml = appended(xml, 'sheets', sheets)
    if (this.#replaced.size === 0) return xml
    // Formulas that read a replaced sheet hold what they were before.
    const calculation = elementsOf(xml, 'calcPr')[0]
    if (calculation) {
      const { start, end, attributes } = calculation
      return `${xml.slice(0, start)}<${prefix}calcPr${withAttribute(attributes.trimEnd(), 'fullCalcOnLoad', '1')}/>${xml.slice(end)}`
    }
    const before = ['definedNames', 'externalReferences', 'functionGroups', 'sheets']
    const at = before.map((name) => sectionOf(xml, name)?.end).find((end) => end !== undefined) ?? xml.length
    return `${xml.slice(0, at)}<${prefix}calcPr fullCalcOnLoad="1"/>${xml.slice(at)}`
  }

  #types(dropped: ReadonlySet<string>, styles: string | undefined): string {
    const gone = new Set([...dropped, ...(styles ? [styles] : [])].map((part) => `/${part}`.toLowerCase()))
    const xml = without(this.#xml.types, 'Override', (given) =>
      gone.has((attributeOf(given, 'PartName') ?? '').toLowerCase()),
    )
    const prefix = sectionOf(xml, 'Types')?.prefix ?? ''
    const override = (part: string, type: string) =>
      `<${prefix}Override PartName="/${xmlText(part)}" ContentType="${TYPE}.${type}+xml"/>`
    const further = this.#added.map(({ part }) => override(part, 'worksheet'))
    if (styles) further.push(override(styles, 'styles'))
    return appended(xml, 'Types', further)
  }
}

/** A part as text; what it is written again as is UTF-8. */
async function textOf(archive: ZipArchive, part: string, shown: string, signal: AbortSignal): Promise<string> {
  const bytes = await archive.readWhole(part, LARGEST_PART, signal)
  const wide = bytes[0] === 0xff ? 'utf-16le' : bytes[0] === 0xfe ? 'utf-16be' : 'utf-8'
  try {
    const text = new TextDecoder(wide, { fatal: true }).decode(bytes)
    return wide === 'utf-8' ? text : text.replace(/(<\?xml[^>]*?encoding\s*=\s*)(?:"[^"]*"|'[^']*')/, '$1"UTF-8"')
  } catch (cause) {
    throw corrupt(shown, cause)
  }
}

const notAWorkbook = (shown: string): LogiDataError =>
  userError('excel.not-a-workbook', `${shown} is no Excel workbook that could be added to.`, {
    hint: 'Choose another file, or in “If the file exists” to replace it.',
    field: ['path'],
  })

const strict = (shown: string): LogiDataError =>
  userError('excel.strict', `${shown} is a “Strict Open XML” workbook, which is not added to.`, {
    hint: 'Save it in Excel as “Excel Workbook (*.xlsx)”.',
    field: ['path'],
  })

const dates1904 = (shown: string): LogiDataError =>
  userError('excel.dates-1904', `${shown} counts its days from 1904: dates that are added would be four years off.`, {
    hint: 'Switch off “Use 1904 date system” in its options (Advanced), or write a new workbook.',
    field: ['path'],
  })

function sheetExists(shown: string, { name, part }: Sheet, mode: ExcelLoadConfig['mode']): LogiDataError {
  const chart = part === undefined
  return userError('excel.sheet-exists', `${shown} has ${chart ? 'a chart' : 'a sheet'} “${name}” already.`, {
    hint:
      mode === 'add_sheets' && !chart
        ? 'Choose another name, or in “If the file exists” to replace the sheet.'
        : 'Choose another name.',
    field: [mode === 'add_sheets' && !chart ? 'mode' : 'sheet'],
  })
}
