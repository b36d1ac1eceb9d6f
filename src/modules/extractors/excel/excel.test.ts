import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { columnLetters, columnNumber } from '../../kit/files/spreadsheet-columns.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { parseArea } from './addresses.ts'
import { excelExtract } from './implementation.ts'
import { dateText, kindOfBuiltIn, kindOfFormat, numberText } from './serials.ts'
import { type WorkbookParts, workbookOf, zipOf } from './workbook-of.ts'

runFixtures(excelExtract, new URL('./fixtures/', import.meta.url))

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const read = async (parts: WorkbookParts, config: object = {}, port?: string) => {
  await lab.write('a.xlsx', await workbookOf(parts))
  return lab.extract(excelExtract, { path: 'a.xlsx', header_rows: 0, ...config }, port)
}
const rowsOf = async (xml: string, parts: Omit<WorkbookParts, 'sheets'> = {}, config: object = {}) =>
  (await read({ sheets: { S: xml }, ...parts }, config)).rows
const errorOf = (running: Promise<unknown>) => running.then(() => undefined, toErrorInfo)
const refused = async (content: Buffer) => {
  await lab.write('a.xlsx', content)
  return errorOf(lab.extract(excelExtract, { path: 'a.xlsx' }))
}

describe('values', () => {
  it('of every way to write a text', async () => {
    const shared = [
      '<si><t>plain</t></si>',
      '<si><r><t>ri</t></r><r><rPr><b/></rPr><t xml:space="preserve">ch </t></r><rPh sb="0" eb="1"><t>no</t></rPh></si>',
      '<si><t>a_x000D_b_x005F_x0041_ &#233; &lt;</t></si>',
      '<si><t/></si>',
    ]
    const cells = shared.map((_, index) => `<row r="${index + 1}"><c r="A${index + 1}" t="s"><v>${index}</v></c></row>`)
    const more =
      '<row r="5"><c r="A5" t="inlineStr"><is><t>in</t></is></c></row><row r="6"><c r="A6" t="str"><f>A1</f><v>for</v></c></row>' +
      '<row><c t="inlineStr"><is><t><![CDATA[<&>]]></t></is></c></row>'
    expect(await rowsOf(cells.join('') + more, { shared }, { null_values: [], blank_rows: 'keep' })).toEqual([
      ['plain'],
      ['rich '],
      ['a\rb_x0041_ é <'],
      [''],
      ['in'],
      ['for'],
      ['<&>'],
    ])
  })

  it('of numbers are what Excel shows, and whole ones are exact', () => {
    const cases: [string, string | undefined][] = [
      ['0.30000000000000004', '0.3'],
      ['1.1000000000000001', '1.1'],
      ['0.1234567890123456', '0.1234567890123456'],
      ['3.1415926535897931', '3.141592653589793'],
      ['9007199254740993', '9007199254740993'],
      ['12345678901234567890', '12345678901234567890'],
      ['1E-3', '0.001'],
      ['1.2345E+20', '123450000000000000000'],
      ['1e308', '1e+308'],
      ['-0', '0'],
      ['5e-324', '5e-324'],
      ['1e400', undefined],
      ['NaN', undefined],
      ['', undefined],
    ]
    for (const [stored, text] of cases) expect(numberText(stored), stored).toBe(text)
  })

  it('of dates are exact in both systems, and days that never were are none', () => {
    const cases: [number, boolean, string | undefined][] = [
      [1, false, '1900-01-01'],
      [59, false, '1900-02-28'],
      [60, false, undefined],
      [61, false, '1900-03-01'],
      [0, false, undefined],
      [0.5, false, undefined],
      [-1, false, undefined],
      [45351, false, '2024-02-29'],
      [43889, true, '2024-02-29'],
      [0, true, '1904-01-01'],
      [2958465, false, '9999-12-31'],
      [2958465.999999999, false, undefined],
      [2958466, false, undefined],
      [44561.99999999999, false, '2022-01-01'],
      [44561.00001157408, false, '2021-12-31 00:00:01'],
      [44561.123456789, false, '2021-12-31 02:57:46.667'],
    ]
    for (const [serial, system1904, text] of cases) expect(dateText(serial, system1904), String(serial)).toBe(text)
  })

  it('are dates by their format alone', () => {
    const cases: [string, string][] = [
      ['General', 'number'],
      ['0.00', 'number'],
      ['#,##0.00 "days"', 'number'],
      ['[Red]0.00;[Blue]-0.00', 'number'],
      ['0.00E+00', 'number'],
      ['#,##0\\ "h"', 'number'],
      ['[$-40C]d mmmm yyyy', 'date'],
      ['yyyy-mm-dd hh:mm', 'date'],
      ['mmm', 'date'],
      ['mm:ss', 'time'],
      ['h:mm AM/PM', 'time'],
      ['[h]:mm:ss', 'duration'],
      ['[mm]:ss', 'duration'],
      ['0_d', 'number'],
    ]
    for (const [code, kind] of cases) expect(kindOfFormat(code), code).toBe(kind)
    expect([14, 22, 20, 46, 47, 9, 44, 49].map(kindOfBuiltIn)).toEqual([
      'date',
      'date',
      'time',
      'duration',
      'time',
      'number',
      'number',
      'number',
    ])
  })

  it('of dates that never were do not fit, and as text are their number', async () => {
    const xml = '<row r="1"><c r="A1" s="1"><v>61</v></c></row><row r="2"><c r="A2" s="1"><v>60</v></c></row>'
    const parts = { sheets: { S: xml }, formats: ['yyyy-mm-dd'] }
    expect(await errorOf(read(parts))).toMatchObject({
      code: 'excel.bad-value',
      message: 'a.xlsx, S!A2: 60 is formatted as a date, but there is no such day.',
    })
    expect((await read(parts, { columns: { A: { type: 'VARCHAR' } } })).rows).toEqual([['1900-03-01'], ['60']])
    expect((await read(parts, { on_bad_row: 'reject' })).rows).toEqual([['1900-03-01']])
  })

  it('that are texts are read as a type that was given, with their separators and date format', async () => {
    const xml =
      '<row r="1"><c r="A1" t="str"><v>1.234,50</v></c><c r="B1" t="str"><v>31/12/2024</v></c></row><row r="2"><c r="A2"><v>7.25</v></c></row>'
    const columns = {
      A: { type: 'DECIMAL(9,2)', decimal_separator: ',', thousands_separator: '.' },
      B: { type: 'DATE', format: 'dd/MM/yyyy' },
    }
    expect(await rowsOf(xml, {}, { columns })).toEqual([
      ['1234.50', '2024-12-31'],
      ['7.25', null],
    ])
  })

  it('of 64-bit and longer whole numbers lose nothing', async () => {
    const big = await read({ sheets: { S: '<row r="1"><c r="A1"><v>9223372036854775807</v></c></row>' } })
    expect(big).toMatchObject({ columns: [{ type: 'BIGINT' }], rows: [['9223372036854775807']] })
    const huge = await read({ sheets: { S: '<row r="1"><c r="A1"><v>9223372036854775808</v></c></row>' } })
    expect(huge).toMatchObject({ columns: [{ type: 'DECIMAL(38,0)' }], rows: [['9223372036854775808']] })
  })

  it('of the strict format are dates as ISO texts', async () => {
    const cell = (value: string, row: number) => `<row r="${row}"><c r="A${row}" t="d"><v>${value}</v></c></row>`
    expect(await rowsOf(cell('2024-02-29', 1) + cell('2024-02-29T10:00:00.5', 2))).toEqual([
      ['2024-02-29 00:00:00'],
      ['2024-02-29 10:00:00.5'],
    ])
  })
})

describe('columns', () => {
  it('are as many as the widest row, wherever it stands', async () => {
    const rows = Array.from(
      { length: 3000 },
      (_, index) => `<row r="${index + 1}"><c r="A${index + 1}"><v>1</v></c></row>`,
    )
    const table = await read({ sheets: { S: `${rows.join('')}<row r="5000"><c r="XFD5000"><v>2</v></c></row>` } })
    expect(table.columns.map(({ name }) => name)).toEqual(['A', 'XFD'])
    expect(table.rows).toHaveLength(3001)
    expect(table.rows.at(-1)).toEqual([null, '2'])
  })

  it('with the same header get a number, without one their letter', async () => {
    const header =
      '<row r="2"><c r="B2" t="str"><v>Total</v></c><c r="C2" t="str"><v>total</v></c><c r="E2"><v>2024</v></c></row>'
    const data = '<row r="3"><c r="B3"><v>1</v></c><c r="D3"><v>2</v></c></row>'
    const table = await read({ sheets: { S: header + data } }, { header_rows: 1 })
    expect(table.columns.map(({ name }) => name)).toEqual(['Total', 'total_2', 'D', '2024'])
  })

  it('of several kinds are text, and a warning says so', async () => {
    const xml =
      '<row r="1"><c r="A1"><v>1.50</v></c></row><row r="2"><c r="A2" t="str"><v>x</v></c></row><row r="3"><c r="A3" t="b"><v>1</v></c></row>'
    expect(await rowsOf(xml)).toEqual([['1.5'], ['x'], ['true']])
    const config = excelExtract.descriptor.config.parse({ path: 'a.xlsx', header_rows: 0 })
    const facts = await excelExtract.prepare?.({
      nodeId: 'n',
      config,
      parameters: new Map(),
      files: lab.files,
      session: lab.session,
      signal: new AbortController().signal,
    })
    expect(facts && excelExtract.warnings?.(facts, config)).toMatchObject([
      {
        code: 'excel.mixed-column',
        message: 'Column A holds 1 numbers and 1 texts and 1 true or false: it is read as text.',
      },
    ])
  })

  it('are decided from a sample that can be widened; what comes later does not fit', async () => {
    const xml = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>1.5</v></c></row>'
    expect(await errorOf(rowsOf(xml, {}, { sample_rows: 1 }))).toMatchObject({
      message: 'a.xlsx, S!A2: "1.5" is not exactly a BIGINT.',
    })
    expect(await rowsOf(xml)).toEqual([['1.0'], ['1.5']])
  })
})

describe('addresses', () => {
  it('are read both ways', () => {
    for (const [letters, number] of [
      ['A', 1],
      ['Z', 26],
      ['AA', 27],
      ['XFD', 16384],
    ] as const) {
      expect(columnNumber(letters)).toBe(number)
      expect(columnLetters(number)).toBe(letters)
    }
    expect(parseArea('$A$1:$D$20')).toEqual({ left: 1, top: 1, right: 4, bottom: 20 })
    expect(parseArea('b:f')).toEqual({ left: 2, top: 1, right: 6, bottom: 1048576 })
    expect(parseArea('2:50')).toEqual({ left: 1, top: 2, right: 16384, bottom: 50 })
    expect(parseArea('C3:')).toEqual({ left: 3, top: 3, right: 16384, bottom: 1048576 })
    expect(parseArea('C3')).toEqual({ left: 3, top: 3, right: 3, bottom: 3 })
    for (const wrong of ['', 'D1:A1', 'A0', 'XFE1', 'A1048577', 'A:', 'ABCD1', 'Sales'])
      expect(wrong === 'A:' ? undefined : parseArea(wrong), wrong).toBeUndefined()
  })
})

describe('files that are refused', () => {
  const good = () => workbookOf({ sheets: { S: '<row r="1"><c r="A1"><v>1</v></c></row>' } })

  it('with a password, of old formats, of others', async () => {
    const old = Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(2000)])
    expect(await refused(old)).toMatchObject({ code: 'excel.old-format', hint: 'Save it as .xlsx.' })
    expect(await refused(Buffer.concat([old, Buffer.from('EncryptedPackage', 'utf16le')]))).toMatchObject({
      code: 'excel.password',
    })
    expect(
      await refused(await zipOf({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<a/>' })),
    ).toMatchObject({ code: 'excel.old-format' })
    expect(await refused(await zipOf({ 'a.txt': 'x' }))).toMatchObject({ code: 'excel.not-a-workbook' })
    expect(await refused(Buffer.alloc(0))).toMatchObject({ code: 'archive.corrupt' })
  })

  it('being damaged, at whatever byte', async () => {
    const bytes = await good()
    for (let cut = 100; cut < bytes.length; cut += 211)
      expect((await refused(bytes.subarray(0, cut)))?.code, String(cut)).toMatch(
        /^archive\.corrupt|^excel\.not-a-workbook/,
      )
    for (let at = 30; at < bytes.length; at += 97) {
      const spoilt = Buffer.from(bytes)
      spoilt[at] = (spoilt[at] ?? 0) ^ 0xff
      const error = await refused(spoilt)
      if (error) expect(error, String(at)).toMatchObject({ kind: 'user' })
    }
  })

  it('with tricks in their XML', async () => {
    const bomb =
      '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'
    expect(await errorOf(read({ sheets: { S: bomb } }))).toMatchObject({
      code: 'archive.corrupt',
      message: expect.stringContaining('document type'),
    })
    for (const xml of [
      '<row><c t="str"><v>&xxe;</v></c></row>',
      '<row><c></row>',
      '<row r="0"><c r="A0"/></row>',
      '<row r="2"/><row r="1"/>',
      '<row r="1048577"><c/></row>',
      '<row><c t="s"><v>9</v></c></row>',
      '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
      '<row>'.repeat(300),
    ])
      expect(await errorOf(rowsOf(xml)), xml.slice(0, 40)).toMatchObject({ kind: 'user', code: 'archive.corrupt' })
  })

  it('that unpack to far more than their size', async () => {
    const xml = `<row r="1"><c r="A1" t="str"><v>${' '.repeat(100_000_000)}</v></c></row>`
    expect(await errorOf(rowsOf(xml))).toMatchObject({ code: 'archive.too-large' })
  })

  it('without any value', async () => {
    expect(await errorOf(rowsOf(''))).toMatchObject({ code: 'excel.empty' })
    expect(await errorOf(rowsOf('<row r="1"><c r="A1" s="0"/></row>'))).toMatchObject({ code: 'excel.empty' })
  })
})

it('gives the same rows whatever the size of the pieces in which a sheet is read', async () => {
  const { XmlScanner } = await import('../../kit/files/xml-scanner.ts')
  const xml = readFileSync(new URL('./excel.test.ts', import.meta.url), 'utf8').slice(0, 200)
  const text = `<?xml version="1.0"?><!-- <a> --><x:a b='>"' c="1&lt;"><d/><![CDATA[ ]] ]]>t &amp; ${xml.replace(/[<&]/g, '')}</x:a >`
  const events = (size: number) => {
    const seen: string[] = []
    let run = ''
    const flush = () => {
      if (run) seen.push(run)
      run = ''
    }
    const note = (event: string) => {
      flush()
      seen.push(event)
    }
    const scanner = new XmlScanner({
      open: (name, attributes) => note(`<${name}${attributes}`),
      close: (name) => note(`>${name}`),
      text: (part) => {
        run += part
      },
    })
    for (let at = 0; at < text.length; at += size) scanner.push(text.slice(at, at + size))
    scanner.end()
    return seen
  }
  for (const size of [1, 2, 3, 7, 50]) expect(events(size), String(size)).toEqual(events(text.length))
})
