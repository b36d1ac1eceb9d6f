import { readdir, readFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { excelExtract } from '../../extractors/excel/implementation.ts'
import { zipOf } from '../../extractors/excel/workbook-of.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { openZip } from '../../kit/files/zip-archive.ts'
import { raw } from '../../kit/sql.ts'
import { excelLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const KIND = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const relations = (...inner: string[]) =>
  `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${inner.join('')}</Relationships>`
const relation = (id: string, type: string, target: string) =>
  `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`

/** A workbook as somebody keeps it: a table and formulas over the data, a chart, names, styles of its own. */
const kept: Record<string, string> = {
  '[Content_Types].xml': `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${KIND}.sheet.main+xml"/><Override PartName="/xl/tables/table1.xml" ContentType="${KIND}.table+xml"/><Override PartName="/xl/calcChain.xml" ContentType="${KIND}.calcChain+xml"/></Types>`,
  '_rels/.rels': relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
  'xl/workbook.xml': `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><bookViews><workbookView activeTab="1"/></bookViews><sheets><sheet name="Summary &amp; notes" sheetId="7" r:id="rId4"/><sheet name="Data" sheetId="3" state="hidden" r:id="rId2"/><sheet name="Chart" sheetId="9" r:id="rId8"/></sheets><definedNames><definedName name="total">Data!$B$2</definedName></definedNames><calcPr calcId="191029"/></workbook>`,
  'xl/_rels/workbook.xml.rels': relations(
    relation('rId4', 'worksheet', 'worksheets/sheet1.xml'),
    relation('rId2', 'worksheet', '/xl/worksheets/sheet2.xml'),
    relation('rId8', 'chartsheet', 'chartsheets/sheet1.xml'),
    relation('rId5', 'styles', 'styles.xml'),
    relation('rId6', 'calcChain', 'calcChain.xml'),
  ),
  'xl/styles.xml': `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="yyyy\\-mm"/></numFmts><fonts count="2"><font><sz val="10"/><name val="Arial"/></font><font><i/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"><alignment wrapText="1"/></xf><xf numFmtId="170" fontId="1" fillId="0" borderId="0" xfId="0"/></cellXfs><dxfs count="1"><dxf><font><b/></font></dxf></dxfs></styleSheet>`,
  'xl/worksheets/sheet1.xml': `${HEAD}<worksheet xmlns="${MAIN}"><sheetData><row r="1"><c r="A1"><f>total*2</f><v>84</v></c></row></sheetData></worksheet>`,
  'xl/worksheets/sheet2.xml': `${HEAD}<worksheet xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>old</t></is></c></row></sheetData><tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>`,
  'xl/worksheets/_rels/sheet2.xml.rels': relations(relation('rId1', 'table', '../tables/table1.xml')),
  'xl/tables/table1.xml': `${HEAD}<table xmlns="${MAIN}" id="1" name="T" displayName="T" ref="A1:A1"/>`,
  'xl/chartsheets/sheet1.xml': `${HEAD}<chartsheet xmlns="${MAIN}"/>`,
  'xl/calcChain.xml': `${HEAD}<calcChain xmlns="${MAIN}"><c r="A1" i="7"/></calcChain>`,
}
const put = async (parts: Record<string, string> = kept) => lab.write('a.xlsx', await zipOf(parts))
const orders = "SELECT 1 AS id, 12.5::DECIMAL(9,2) AS amount, DATE '2024-02-29' AS day"
const write = (config: object, query = orders) => lab.load(excelLoad, { path: 'a.xlsx', ...config }, raw(query))
const errorOf = (running: Promise<unknown>) => running.then(() => undefined, toErrorInfo)
const parts = async (): Promise<Record<string, string>> => {
  const zip = await openZip(join(lab.root, 'a.xlsx'), 'a.xlsx')
  const signal = new AbortController().signal
  const found: Record<string, string> = {}
  for (const name of zip.names) found[name] = (await zip.readWhole(name, 1e6, signal)).toString()
  zip.close()
  return found
}
const read = async (sheet: string) =>
  (await lab.extract(excelExtract, { path: 'a.xlsx', sheets: 'name', sheet_name: sheet, hidden: [] })).rows

describe('sheets added to a workbook', () => {
  it('stand at its end, and every other part is the same to the byte', async () => {
    await put()
    await write({ mode: 'add_sheets', sheet: 'Orders' })
    expect(await read('Orders')).toEqual([['1', '12.5', '2024-02-29']])
    const now = await parts()
    const changed = Object.keys(now).filter((name) => now[name] !== kept[name])
    expect(changed.sort()).toEqual([
      '[Content_Types].xml',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet4.xml',
    ])
    expect(Object.keys(kept).filter((name) => !(name in now))).toEqual([])
    expect(now['xl/workbook.xml']).toBe(
      kept['xl/workbook.xml']?.replace('</sheets>', '<sheet name="Orders" sheetId="10" r:id="rId9"/></sheets>'),
    )
  })

  it('find styles that are there already, so that a second time adds none', async () => {
    await put()
    await write({ mode: 'add_sheets', sheet: 'One', header_style: 'shaded' })
    const once = (await parts())['xl/styles.xml'] ?? ''
    expect(once).toContain('<fonts count="3">')
    expect(once).toContain('<font><b/><sz val="10"/><name val="Arial"/></font></fonts>')
    expect(once).toContain('<dxfs count="1"><dxf><font><b/></font></dxf></dxfs>')
    expect(once).toContain('<numFmt numFmtId="170" formatCode="yyyy\\-mm"/><numFmt numFmtId="171" formatCode="')
    await write({ mode: 'add_sheets', sheet: 'Two', header_style: 'shaded' })
    expect((await parts())['xl/styles.xml']).toBe(once)
    expect(await read('One')).toEqual(await read('Two'))
  })

  it('fail where the name is taken, in any case, and change nothing', async () => {
    await put()
    const before = await readFile(join(lab.root, 'a.xlsx'))
    for (const [sheet, field] of [
      ['data', 'mode'],
      ['Chart', 'sheet'],
    ])
      expect(await errorOf(write({ mode: 'add_sheets', sheet }))).toMatchObject({
        code: 'excel.sheet-exists',
        field: [field],
      })
    expect((await readFile(join(lab.root, 'a.xlsx'))).equals(before)).toBe(true)
    expect((await readdir(lab.root)).filter((name) => !name.startsWith('.'))).toEqual(['a.xlsx'])
  })

  it('make the workbook where there is none', async () => {
    await write({ mode: 'add_sheets', sheet: 'Orders' })
    expect(await read('Orders')).toHaveLength(1)
  })
})

describe('sheets replaced in a workbook', () => {
  it('keep their tab, and lose what stood on them; formulas are computed again', async () => {
    await put()
    await write({ mode: 'replace_sheets', sheet: 'data' })
    expect(await read('Data')).toEqual([['1', '12.5', '2024-02-29']])
    const now = await parts()
    expect(now['xl/workbook.xml']).toBe(
      kept['xl/workbook.xml']?.replace('<calcPr calcId="191029"/>', '<calcPr calcId="191029" fullCalcOnLoad="1"/>'),
    )
    expect(Object.keys(kept).filter((name) => !(name in now))).toEqual([
      'xl/worksheets/_rels/sheet2.xml.rels',
      'xl/tables/table1.xml',
      'xl/calcChain.xml',
    ])
    expect(now['[Content_Types].xml']).not.toMatch(/table1|calcChain/)
    expect(now['xl/_rels/workbook.xml.rels']).not.toContain('calcChain')
    for (const name of ['xl/worksheets/sheet1.xml', 'xl/chartsheets/sheet1.xml']) expect(now[name]).toBe(kept[name])
  })

  it('give the same bytes when they are written again', async () => {
    await put()
    const countries = "SELECT * FROM (VALUES (1, 'fr'), (2, 'de')) AS t(id, country)"
    const bytes = async () => {
      await write({ mode: 'replace_sheets', sheet_by: 'country' }, countries)
      return readFile(join(lab.root, 'a.xlsx'))
    }
    await bytes()
    const once = await bytes()
    expect((await bytes()).equals(once)).toBe(true)
    expect([await read('de'), await read('fr')]).toEqual([[['2']], [['1']]])
  })
})

describe('a workbook that is not added to', () => {
  it('says why', async () => {
    const with_ = (name: string, from: string, to: string) =>
      put({ ...kept, [name]: kept[name]?.replaceAll(from, to) ?? '' })
    await with_('xl/workbook.xml', '<bookViews>', '<workbookPr date1904="1"/><bookViews>')
    expect(await errorOf(write({ mode: 'add_sheets' }))).toMatchObject({ code: 'excel.dates-1904' })
    await with_('xl/workbook.xml', MAIN, 'http://purl.oclc.org/ooxml/spreadsheetml/main')
    expect(await errorOf(write({ mode: 'add_sheets' }))).toMatchObject({ code: 'excel.strict' })
    await lab.write('a.xlsx', await zipOf({ 'a.txt': 'x' }))
    expect(await errorOf(write({ mode: 'add_sheets' }))).toMatchObject({ code: 'excel.not-a-workbook' })
    await lab.write('a.xlsx', 'no zip')
    expect(await errorOf(write({ mode: 'add_sheets' }))).toMatchObject({ code: 'archive.corrupt' })
  })

  it('was saved by somebody else meanwhile', async () => {
    const path = await put()
    let saved = false
    const { stream } = lab.session
    lab.session.stream = async function* (query) {
      yield* stream.call(lab.session, query)
      await utimes(path, new Date(), new Date(Date.now() + 5000))
      saved = true
    }
    expect(await errorOf(write({ mode: 'add_sheets', sheet: 'Orders' }))).toMatchObject({ code: 'excel.changed' })
    expect(saved).toBe(true)
    expect((await stat(path)).isFile()).toBe(true)
    expect(Object.keys(await parts()).sort()).toEqual(Object.keys(kept).sort())
  })
})

it('a workbook of prefixed names, without styles, is added to as well', async () => {
  const prefixed: Record<string, string> = {
    ...kept,
    'xl/workbook.xml': `<x:workbook xmlns:x="${MAIN}"><x:sheets><x:sheet name="Data" sheetId="1" xmlns:q="${OFFICE}" q:id="rId2"/></x:sheets></x:workbook>`,
    'xl/_rels/workbook.xml.rels': relations(relation('rId2', 'worksheet', 'worksheets/sheet2.xml')),
  }
  await put(prefixed)
  await write({ mode: 'replace_sheets', sheet: 'Data' })
  await write({ mode: 'replace_sheets', sheet: 'More' })
  expect(await read('Data')).toEqual([['1', '12.5', '2024-02-29']])
  expect(await read('More')).toEqual([['1', '12.5', '2024-02-29']])
  expect((await parts())['xl/workbook.xml']).toContain('<x:calcPr fullCalcOnLoad="1"/>')
})
