import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { excelExtract } from '../../extractors/excel/implementation.ts'
import { SheetNames, sheetNameProblem } from '../../kit/files/sheet-names.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { raw } from '../../kit/sql.ts'
import { excelLoad, excelLoadWith } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const write = (query: string, config: object = {}) => lab.load(excelLoad, { path: 'a.xlsx', ...config }, raw(query))
const readBack = (config: object = {}) => lab.extract(excelExtract, { path: 'a.xlsx', ...config })
const roundTrip = async (query: string, config: object = {}, reading: object = {}) => {
  await write(query, config)
  return readBack(reading)
}
const errorOf = (running: Promise<unknown>) => running.then(() => undefined, toErrorInfo)

const EVERYTHING = `SELECT * FROM (VALUES
  (1::BIGINT, 'a & <b> "é📦"', 0.1::DOUBLE + 0.2::DOUBLE, 12.50::DECIMAL(9,2), true, DATE '2024-02-29', TIMESTAMP '2024-01-05 10:30:15.123', TIME '23:59:59', INTERVAL '30 hours 15 minutes'),
  (999999999999999, ' two' || chr(10) || 'lines ', -1e-300, -0.01, false, DATE '1900-01-01', TIMESTAMP '1900-02-28 00:00:01', TIME '00:00:00', INTERVAL '1 second'),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (-5, '=1+1', 1e300, 0, true, DATE '1900-03-01', TIMESTAMP '9999-12-31 23:59:59.999', TIME '12:00:00.5', INTERVAL '0 seconds')
) AS t(id, text, number, amount, yes, day, "at", clock, span)`

describe('what is written is read back', () => {
  it('in every type', async () => {
    const { columns, rows } = await roundTrip(
      EVERYTHING,
      {},
      { blank_rows: 'keep', columns: { amount: { type: 'DECIMAL(9,2)' } } },
    )
    expect(columns.map(({ type }) => type)).toEqual([
      'BIGINT',
      'VARCHAR',
      'DOUBLE',
      'DECIMAL(9,2)',
      'BOOLEAN',
      'DATE',
      'TIMESTAMP',
      'TIME',
      'INTERVAL',
    ])
    expect(rows).toEqual([
      ['1', 'a & <b> "é📦"', '0.3', '12.50', 'true', '2024-02-29', '2024-01-05 10:30:15.123', '23:59:59', '30:15:00'],
      [
        '999999999999999',
        ' two\nlines ',
        '-1e-300',
        '-0.01',
        'false',
        '1900-01-01',
        '1900-02-28 00:00:01',
        '00:00:00',
        '00:00:01',
      ],
      [null, null, null, null, null, null, null, null, null],
      ['-5', '=1+1', '1e+300', '0.00', 'true', '1900-03-01', '9999-12-31 23:59:59.999', '12:00:00.5', '00:00:00'],
    ])
  })

  it('with odd names and characters that XML cannot hold', async () => {
    const { columns, rows } = await roundTrip(
      `SELECT 'a' || chr(1) || chr(13) || chr(10) || '_x0041_' || chr(11) || chr(65534) AS "a ""b"" <&>", '' AS "select", 'x' AS "📦", chr(9) || 'tab' AS "é"`,
      {},
      { null_values: [] },
    )
    expect(columns.map(({ name }) => name)).toEqual(['a "b" <&>', 'select', '📦', 'é'])
    expect(rows).toEqual([['a\u0001\r\n_x0041_\u000b\ufffe', '', 'x', '\ttab']])
  })

  it('as text, exactly, where Excel would round', async () => {
    const query = `SELECT 9223372036854775807::BIGINT AS a, 18446744073709551615::UBIGINT AS b, 170141183460469231731687303715884105727::HUGEINT AS c,
      1234567890123.4567::DECIMAL(38,4) AS d, 'NaN'::DOUBLE AS e, '-Infinity'::DOUBLE AS f, DATE '1899-12-31' AS g, DATE '10000-01-01' AS h,
      TIMESTAMP '2024-01-05 10:00:00.123456' AS i, TIMESTAMP '0044-03-15 (BC) 00:00:00' AS j, INTERVAL '1 month' AS k, 'infinity'::DATE AS l, TIME '10:00:00.000001' AS m`
    expect((await roundTrip(query)).rows).toEqual([
      [
        '9223372036854775807',
        '18446744073709551615',
        '170141183460469231731687303715884105727',
        '1234567890123.4567',
        'nan',
        '-inf',
        '1899-12-31',
        '10000-01-01',
        '2024-01-05 10:00:00.123456',
        '0044-03-15 (BC) 00:00:00',
        '1 month',
        'infinity',
        '10:00:00.000001',
      ],
    ])
    for (const value of [
      "'NaN'::DOUBLE",
      '1000000000000000',
      '0.1234567890123456::DECIMAL(38,16)',
      "DATE '1899-12-31'",
      "TIMESTAMP '2024-01-01 00:00:00.0000001'::TIMESTAMP_NS + INTERVAL 1 microsecond",
    ])
      expect(await errorOf(write(`SELECT ${value} AS v`, { inexact: 'fail' })), value).toMatchObject({
        code: 'excel.inexact',
        message: expect.stringContaining('Cell A2, column v'),
      })
    await write('SELECT 0.123456789012345::DECIMAL(38,16) AS v, 100000000000000000000::DECIMAL(38,0) AS w', {
      inexact: 'fail',
    })
  })

  it('for lists, structs, bytes and UUIDs as text', async () => {
    const query = `SELECT [1, NULL] AS a, {'x': 1} AS b, '\\x00'::BLOB AS c, '00000000-0000-0000-0000-000000000001'::UUID AS d, TIMESTAMPTZ '2024-01-05 10:00:00+02' AS e`
    expect((await roundTrip(query)).rows).toEqual([
      ['[1,null]', '{"x":1}', '\\x00', '00000000-0000-0000-0000-000000000001', '2024-01-05 08:00:00'],
    ])
  })

  it('with no rows, and with no header', async () => {
    await write('SELECT 1 AS id WHERE FALSE')
    expect(await readBack()).toMatchObject({ columns: [{ name: 'id' }], rows: [] })
    expect((await roundTrip('SELECT 1 AS id, 2 AS x', { header: false }, { header_rows: 0 })).rows).toEqual([
      ['1', '2'],
    ])
  })

  it('by openpyxl too, where it is installed', async (context) => {
    const python = process.env.LOGIDATA_TEST_PYTHON ?? 'python3'
    if (spawnSync(python, ['-c', 'import openpyxl']).status !== 0) return context.skip('openpyxl is not installed')
    await write(EVERYTHING, { header_style: 'shaded', filter_buttons: true, columns: { id: { width: 30 } } })
    const code = `import openpyxl, sys
wb = openpyxl.load_workbook(sys.argv[1]); ws = wb.active
print(ws.title, ws.freeze_panes, ws.auto_filter.ref, ws.column_dimensions['A'].width, ws['A1'].font.b, ws['D2'].number_format)
for row in ws.iter_rows(values_only=True): print(row)`
    const { stdout, stderr } = spawnSync(python, ['-c', code, join(lab.root, 'a.xlsx')], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout.split('\n')).toEqual([
      'Data A2 A1:I5 30.0 True 0.00',
      "('id', 'text', 'number', 'amount', 'yes', 'day', 'at', 'clock', 'span')",
      `(1, 'a & <b> "é📦"', 0.30000000000000004, 12.5, True, datetime.datetime(2024, 2, 29, 0, 0), datetime.datetime(2024, 1, 5, 10, 30, 15, 123000), datetime.time(23, 59, 59), datetime.timedelta(days=1, seconds=22500))`,
      "(999999999999999, ' two\\nlines ', -1e-300, -0.01, False, datetime.datetime(1900, 1, 1, 0, 0), datetime.datetime(1900, 2, 28, 0, 0, 1), datetime.time(0, 0), datetime.timedelta(seconds=1))",
      '(None, None, None, None, None, None, None, None, None)',
      "(-5, '=1+1', 1e+300, 0.0, True, datetime.datetime(1900, 3, 1, 0, 0), datetime.datetime(9999, 12, 31, 23, 59, 59, 999000), datetime.time(12, 0, 0, 500000), datetime.timedelta(0))",
      '',
    ])
  })
})

describe('sheets', () => {
  it('are one for each value, sorted, rows in their order', async () => {
    const query = "SELECT * FROM (VALUES ('b/1', 1), ('a', 2), (NULL, 3), ('b/1', 4), ('A', 5)) AS t(k, v)"
    const { rows } = await roundTrip(query, { sheet_by: 'k' }, { sheets: 'all', sheet_name_column: 's' })
    expect(rows).toEqual([
      ['5', 'A'],
      ['2', 'a (2)'],
      ['1', 'b_1'],
      ['4', 'b_1'],
      ['3', '(empty)'],
    ])
  })

  it('go on when one is full, or the run fails', async () => {
    const small = excelLoadWith(5)
    const load = (config: object) =>
      lab.load(small, { path: 'a.xlsx', ...config }, raw('SELECT i FROM range(10) AS t(i)'))
    expect(await errorOf(load({}))).toMatchObject({ code: 'excel.too-many-rows', field: ['too_many_rows'] })
    expect(await readdir(lab.root)).toEqual(['.logidata'])
    await load({ too_many_rows: 'sheets', sheet: 'x'.repeat(31) })
    const rows = await readBack({ sheets: 'all', sheet_name_column: 's', row_number_column: 'r' })
    expect(rows.rows.map(([value, sheet, row]) => `${value} ${sheet?.slice(-4)} ${row}`)).toEqual(
      Array.from(
        { length: 10 },
        (_, index) => `${index} ${['xxxx', ' (2)', ' (3)'][Math.floor(index / 4)]} ${(index % 4) + 2}`,
      ),
    )
  })

  it('have names that Excel takes', () => {
    for (const name of ['', 'x'.repeat(32), 'a/b', "'a", 'History', 'a\u0001'])
      expect(sheetNameProblem(name), name).toBeDefined()
    expect(sheetNameProblem("Année d'été 📦")).toBeUndefined()
    const names = new SheetNames()
    expect(
      ['x'.repeat(40), 'X'.repeat(35), "'a'", null, '', `${'y'.repeat(30)}📦`].map((name) => names.take(name)),
    ).toEqual(['x'.repeat(31), `${'X'.repeat(27)} (2)`, '_a_', '(empty)', '(empty) (2)', 'y'.repeat(30)])
  })
})

describe('texts', () => {
  it('that are too long fail or are cut', async () => {
    const query = "SELECT repeat('x', 32768) AS v"
    expect(await errorOf(write(query))).toMatchObject({
      code: 'excel.text-too-long',
      message: 'Cell A2, column v: a text of 32768 characters is longer than a cell can hold.',
    })
    expect((await roundTrip(query, { long_texts: 'cut' })).rows[0]?.[0]).toHaveLength(32767)
    expect(await errorOf(write("SELECT repeat('📦', 16384) AS v"))).toMatchObject({ code: 'excel.text-too-long' })
    await write("SELECT repeat('📦', 16383) AS v")
  })

  it('that begin a formula are neutralised when asked', async () => {
    const query = "SELECT unnest(['=1', '+1', '-1', '@x', chr(9) || 'x', chr(13) || 'x', 'a=1', '']) AS v"
    expect((await roundTrip(query, { spreadsheet_safe: true }, { null_values: [] })).rows.flat()).toEqual([
      "'=1",
      "'+1",
      "'-1",
      "'@x",
      "'\tx",
      "'\rx",
      'a=1',
      '',
    ])
  })
})

describe('the file', () => {
  it('is the same bytes for the same rows', async () => {
    await write(EVERYTHING)
    const first = await readFile(join(lab.root, 'a.xlsx'))
    await write(EVERYTHING)
    expect((await readFile(join(lab.root, 'a.xlsx'))).equals(first)).toBe(true)
  })

  it('stays as it was when the rows fail in the middle, or it exists', async () => {
    await write('SELECT 1 AS id')
    const before = await readFile(join(lab.root, 'a.xlsx'))
    const failing = "SELECT CASE WHEN i = 150000 THEN error('stop') ELSE i::VARCHAR END AS v FROM range(200000) AS t(i)"
    expect((await errorOf(write(failing)))?.message).toMatch(/stop/)
    expect(await errorOf(write('SELECT 2 AS id', { mode: 'fail' }))).toMatchObject({ code: 'target.exists' })
    expect((await readFile(join(lab.root, 'a.xlsx'))).equals(before)).toBe(true)
    expect((await readdir(lab.root)).sort()).toEqual(['.logidata', 'a.xlsx'])
    expect((await lab.session.query(raw('SELECT 1'))).rows).toEqual([['1']])
  })

  it('is refused for more columns than a sheet has, and for columns that are not there', async () => {
    const many = Array.from({ length: 16_385 }, (_, index) => ({ name: `c${index}`, type: 'INTEGER' }))
    expect(() =>
      excelLoad.check?.(excelLoad.descriptor.config.parse({ path: 'a.xlsx' }), many, new Map([['in', many]])),
    ).toThrow(/16384 columns/)
    expect(await errorOf(write('SELECT 1 AS id', { columns: { idd: { width: 3 } } }))).toMatchObject({
      code: 'column.not-found',
      hint: 'Did you mean “id”?',
    })
    expect(await errorOf(write('SELECT 1 AS id', { sheet_by: 'idd' }))).toMatchObject({
      code: 'column.not-found',
      field: ['sheet_by'],
    })
  })

  it('is read back with 2,000 typed columns, truth values among them, soon enough', async () => {
    // An IN with more than a few values is a join for DuckDB: eight such columns took longer than all of these.
    const types = ['BOOLEAN', 'DATE', 'DOUBLE', 'DECIMAL(9,2)']
    const values = ['true', "DATE '2024-02-29'", '0.5::DOUBLE', '1.25::DECIMAL(9,2)']
    const columns = Array.from({ length: 2000 }, (_, index) => `${values[index % 4]} AS c${index}`)
    const given = Object.fromEntries(columns.map((_, index) => [`c${index}`, { type: types[index % 4] }]))
    const query = `SELECT ${columns.join(', ')}`
    const { rows } = await roundTrip(query, {}, { columns: given, on_bad_row: 'reject' })
    expect(rows[0]?.slice(-4)).toEqual(['true', '2024-02-29', '0.5', '1.25'])
    const bad = await lab.extract(excelExtract, { path: 'a.xlsx', columns: given, on_bad_row: 'reject' }, 'reject')
    expect(bad.rows).toEqual([])
  }, 60_000)

  it('says of every cell what does not fit, when all cells of a column are of another kind', async () => {
    const given = { a: { type: 'DATE' }, b: { type: 'BIGINT' }, c: { type: 'BIGINT' } }
    await roundTrip("SELECT true AS a, 'x' AS b, NULL::BIGINT AS c", {}, { columns: given, on_bad_row: 'reject' })
    const { rows } = await lab.extract(excelExtract, { path: 'a.xlsx', columns: given, on_bad_row: 'reject' }, 'reject')
    expect(rows.map((row) => row[5])).toEqual(['A2: "true" is not exactly a DATE; B2: "x" is not exactly a BIGINT'])
  })

  it('holds 2,000 columns', async () => {
    const columns = Array.from({ length: 2000 }, (_, index) => `${index} AS c${index}`)
    const { rows } = await roundTrip(`SELECT ${columns.join(', ')}`)
    expect(rows[0]?.[1999]).toBe('1999')
  })
})
