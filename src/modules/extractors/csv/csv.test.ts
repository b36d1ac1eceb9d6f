import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FileLab, openFileLab, type Table } from '../../kit/files/testing.ts'
import { csvExtract } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const read = async (content: string | Uint8Array, config: object = {}, port?: string): Promise<Table> => {
  await lab.write('a.csv', content)
  return lab.extract(csvExtract, { path: 'a.csv', ...config }, port)
}
const types = (table: Table) => Object.fromEntries(table.columns.map((column) => [column.name, column.type]))

describe('dialects', () => {
  for (const [name, delimiter] of [
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
    ['pipe', '|'],
  ] as const) {
    it(`detects a ${name}`, async () => {
      const table = await read(`id${delimiter}name\n1${delimiter}a\n2${delimiter}b\n`)
      expect(types(table)).toEqual({ id: 'BIGINT', name: 'VARCHAR' })
      expect(table.rows).toEqual([
        ['1', 'a'],
        ['2', 'b'],
      ])
    })
  }

  it('skips a title above the header', async () => {
    const table = await read('Sales report\nExported 2024-01-01\n\nid;name;n\n1;a;2\n2;b;3\n')
    expect(types(table)).toEqual({ id: 'BIGINT', name: 'VARCHAR', n: 'BIGINT' })
    expect(table.rows).toHaveLength(2)
  })

  it('keeps line breaks, delimiters and doubled quotes inside quotes', async () => {
    const table = await read('id,text\n1,"a\nb, ""c"""\n2,"d\r\ne"\n3,f\n')
    expect(table.rows).toEqual([
      ['1', 'a\nb, "c"'],
      ['2', 'd\r\ne'],
      ['3', 'f'],
    ])
  })

  it('reads quotes that a backslash escapes', async () => {
    expect((await read('id,text\n1,"a\\"b"\n2,"c"\n')).rows).toEqual([
      ['1', 'a"b'],
      ['2', 'c'],
    ])
  })

  it('reads line breaks of all kinds in one file', async () => {
    expect((await read('a,b\r\n1,2\n3,4\r5,6\n')).rows).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
    ])
  })

  it('leaves comment lines out, and only whole lines', async () => {
    const table = await read('#made today\na,b\n1,x#y\n#no\n2,z\n', { comment: '#' })
    expect(table.rows).toEqual([
      ['1', 'x#y'],
      ['2', 'z'],
    ])
  })

  it('tells a file without a header', async () => {
    const table = await read('1,a\n2,b\n')
    expect(types(table)).toEqual({ column_1: 'BIGINT', column_2: 'VARCHAR' })
    expect(table.rows).toHaveLength(2)
  })

  it('gives empty and repeated names of a header names of their own', async () => {
    const table = await read('id,,ID,id_2\n1,2,3,4\n')
    expect(table.columns.map((column) => column.name)).toEqual(['id', 'column_2', 'ID_3', 'id_2'])
  })

  it('reads a header without rows', async () => {
    const table = await read('id,name\n')
    expect(table).toEqual({
      columns: [
        { name: 'id', type: 'VARCHAR' },
        { name: 'name', type: 'VARCHAR' },
      ],
      rows: [],
    })
  })

  it('says that a file is empty', async () => {
    await expect(read('')).rejects.toThrow('a.csv is empty')
  })

  it('reads one column, its empty lines being NULL', async () => {
    expect((await read('name\na\n\nb\n')).rows).toEqual([['a'], [null], ['b']])
  })

  it('reads two thousand columns', async () => {
    const header = Array.from({ length: 2000 }, (_, index) => `c${index}`).join(',')
    const row = Array.from({ length: 2000 }, (_, index) => `v${index}`).join(',')
    const table = await read(`${header}\n${row}\n${row}\n`)
    expect(table.columns).toHaveLength(2000)
    expect(table.rows[1]?.[1999]).toBe('v1999')
  })
})

describe('encodings', () => {
  const content = 'id,ville\n1,Orléans\n2,Nîmes\n'
  const rows = [
    ['1', 'Orléans'],
    ['2', 'Nîmes'],
  ]
  const utf16 = (bigEndian: boolean, bom: boolean) => {
    const bytes = Buffer.from((bom ? '\ufeff' : '') + content, 'utf16le')
    return bigEndian ? bytes.swap16() : bytes
  }

  it('reads UTF-8 with a byte order mark', async () => {
    const table = await read(`\ufeff${content}`)
    expect(table.columns[0]?.name).toBe('id')
    expect(table.rows).toEqual(rows)
  })
  it('detects UTF-16 with and without a mark', async () => {
    expect((await read(utf16(false, true))).rows).toEqual(rows)
    expect((await read(utf16(true, true))).rows).toEqual(rows)
    expect((await read(utf16(false, false))).rows).toEqual(rows)
  })
  it('reads Latin-1 when told so, and names the line when not', async () => {
    const bytes = Buffer.from(content, 'latin1')
    expect((await read(bytes, { encoding: 'latin-1' })).rows).toEqual(rows)
    await expect(read(bytes)).rejects.toThrow('a.csv, line 2: these bytes are not utf-8 text')
  })
  it('names the line of an invalid byte that the sample did not reach', async () => {
    const long = Buffer.concat([
      Buffer.from(`id,ville\n${'1,abc\n'.repeat(300_000)}`),
      Buffer.from([0x32, 0x2c, 0xe9, 0x0a]),
    ])
    await expect(read(long)).rejects.toThrow('a.csv, line 300002: these bytes are not utf-8 text')
  })
  it('replaces invalid bytes when told so', async () => {
    const table = await read(Buffer.from('id,v\n1,\xe9\n', 'latin1'), { on_invalid_bytes: 'replace' })
    expect(table.rows).toEqual([['1', '\ufffd']])
  })
  it('reads windows-1252 through to the euro sign', async () => {
    expect((await read(Buffer.from([0x61, 10, 0x80, 10]), { encoding: 'windows-1252', header: 'yes' })).rows).toEqual([
      ['€'],
    ])
  })
  it('reads what Excel writes as CSV (MS-DOS)', async () => {
    const bytes = Buffer.concat([Buffer.from('n\n'), Buffer.from([0x82, 0x90, 0x85, 0x87, 0xd5, 0x0a])])
    expect((await read(bytes, { encoding: 'cp850', header: 'yes' })).rows).toEqual([['éÉàçı']])
    expect((await read(bytes, { encoding: 'IBM858', header: 'yes' })).rows).toEqual([['éÉàç€']])
    expect((await read(bytes, { encoding: 'cp437', header: 'yes' })).rows).toEqual([['éÉàç╒']])
  })
  it('refuses an encoding that does not exist', async () => {
    await expect(read('a\n1\n', { encoding: 'utf-9' })).rejects.toThrow('There is no encoding "utf-9"')
  })
})

describe('types', () => {
  const typeOf = async (values: string[], config: object = {}) => {
    const table = await read(`v;other\n${values.map((value) => `${value};x`).join('\n')}\n`, {
      delimiter: ';',
      header: 'yes',
      ...config,
    })
    return { type: table.columns[0]?.type, values: table.rows.map((row) => row[0]) }
  }

  it('keeps codes with leading zeros as text', async () => {
    expect(await typeOf(['00123', '00456'])).toEqual({ type: 'VARCHAR', values: ['00123', '00456'] })
  })
  it('reads whole numbers of any size exactly', async () => {
    expect(await typeOf(['1', '9007199254740993'])).toEqual({ type: 'BIGINT', values: ['1', '9007199254740993'] })
    expect(await typeOf(['1', '9223372036854775808'])).toEqual({
      type: 'HUGEINT',
      values: ['1', '9223372036854775808'],
    })
    const huge = '1234567890123456789012345678901234567890'
    expect(await typeOf(['1', huge])).toEqual({ type: 'VARCHAR', values: ['1', huge] })
  })
  it('reads decimals that a double cannot hold as DECIMAL', async () => {
    expect(await typeOf(['1.5', '2.25'])).toEqual({ type: 'DOUBLE', values: ['1.5', '2.25'] })
    expect((await typeOf(['0.12345678901234567890', '1.5'])).type).toBe('DECIMAL(38,20)')
  })
  it('reads a decimal comma, also with thousands', async () => {
    expect(await typeOf(['1,5', '2,25'])).toEqual({ type: 'DOUBLE', values: ['1.5', '2.25'] })
    expect(await typeOf(['1.234,56', '7,10'])).toEqual({ type: 'DOUBLE', values: ['1234.56', '7.1'] })
    expect(await typeOf(['1,234.56', '7.10'])).toEqual({ type: 'DOUBLE', values: ['1234.56', '7.1'] })
    expect(await typeOf(['1 234,56', '7,10'])).toEqual({ type: 'DOUBLE', values: ['1234.56', '7.1'] })
  })
  it('keeps 1,234 as text, which could be two numbers, until it is told', async () => {
    expect(await typeOf(['1,234', '5,678'])).toEqual({ type: 'VARCHAR', values: ['1,234', '5,678'] })
    expect(await typeOf(['1,234', '5,678'], { decimal_separator: ',' })).toEqual({
      type: 'DOUBLE',
      values: ['1.234', '5.678'],
    })
    expect(await typeOf(['1,234', '5,678'], { thousands_separator: ',' })).toEqual({
      type: 'BIGINT',
      values: ['1234', '5678'],
    })
  })
  it('tells day and month apart by a day beyond 12, and keeps text when nothing tells', async () => {
    expect(await typeOf(['05/06/2024', '13/06/2024'])).toEqual({ type: 'DATE', values: ['2024-06-05', '2024-06-13'] })
    expect(await typeOf(['05/06/2024', '06/13/2024'])).toEqual({ type: 'DATE', values: ['2024-05-06', '2024-06-13'] })
    expect(await typeOf(['05/06/2024', '07/08/2024'])).toEqual({
      type: 'VARCHAR',
      values: ['05/06/2024', '07/08/2024'],
    })
    expect(await typeOf(['05/06/2024'], { date_format: 'dd/MM/yyyy' })).toEqual({
      type: 'DATE',
      values: ['2024-06-05'],
    })
  })
  it('keeps 30 February as text', async () => {
    expect((await typeOf(['2024-02-28', '2024-02-30'])).type).toBe('VARCHAR')
  })
  it('reads timestamps, and those with an offset as points in time', async () => {
    expect(await typeOf(['2024-01-05T10:00:00', '2024-01-05 10:00:00.5'])).toEqual({
      type: 'TIMESTAMP',
      values: ['2024-01-05 10:00:00', '2024-01-05 10:00:00.5'],
    })
    expect(await typeOf(['2024-01-05T10:00:00+02:00', '2024-01-05T10:00:00Z'])).toEqual({
      type: 'TIMESTAMP WITH TIME ZONE',
      values: ['2024-01-05 08:00:00+00', '2024-01-05 10:00:00+00'],
    })
    expect(await typeOf(['13/01/2024 10:30', '14/01/2024 11:45'])).toEqual({
      type: 'TIMESTAMP',
      values: ['2024-01-13 10:30:00', '2024-01-14 11:45:00'],
    })
  })
  it('tells NULL from an empty text, and takes NULL texts when told', async () => {
    const table = await read('a,b\n"",\nNA,"NA"\n', { null_values: ['', 'NA'], header: 'yes' })
    expect(table.rows).toEqual([
      ['', null],
      [null, 'NA'],
    ])
  })
  it('takes a type, a format, separators and a name per column', async () => {
    const table = await read('amount;day;code\n1.234,50;05/06/2024;007\n', {
      columns: {
        amount: { type: 'DECIMAL(10,2)', decimal_separator: ',', thousands_separator: '.' },
        day: { type: 'DATE', format: '%m/%d/%Y', name: 'on' },
        code: { type: 'INTEGER', leading_zeros: true },
      },
    })
    expect(types(table)).toEqual({ amount: 'DECIMAL(10,2)', on: 'DATE', code: 'INTEGER' })
    expect(table.rows).toEqual([['1234.50', '2024-05-06', '7']])
  })
  it('widens the sample when told', async () => {
    const content = `v,w\n${'1,a\n'.repeat(50)}x,b\n`
    await expect(read(content, { sample_rows: 10 })).rejects.toThrow(
      'a.csv, line 52, column v: "x" is not exactly a BIGINT',
    )
    expect(types(await read(content, { sample_rows: 'all' }))).toEqual({ v: 'VARCHAR', w: 'VARCHAR' })
  })
})

describe('bad rows', () => {
  const content =
    'id,day,note\n1,2024-01-01,a\nx,2024-01-02,"b\nc"\n3,2024-02-30,d\n4,2024-01-04\n5,2024-01-05,e,f\n6,2024-01-06,"g\n7,2024-01-07,h\n'
  const columns = { id: { type: 'BIGINT' }, day: { type: 'DATE' } }

  it('go to the reject port with file, line, column and reason, and none is lost', async () => {
    const out = await read(content, { columns, on_bad_row: 'reject' })
    const reject = await read(content, { columns, on_bad_row: 'reject' }, 'reject')
    expect(out.rows).toEqual([
      ['1', '2024-01-01', 'a'],
      ['7', '2024-01-07', 'h'],
    ])
    expect(reject.columns.map((column) => `${column.name} ${column.type}`)).toEqual([
      'file VARCHAR',
      'line BIGINT',
      'column VARCHAR',
      'reason VARCHAR',
      'raw VARCHAR',
    ])
    expect([...reject.rows].sort((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
      ['a.csv', '3', 'id', 'id: "x" is not exactly a BIGINT', 'x,2024-01-02,"b\nc"'],
      ['a.csv', '5', 'day', 'day: "2024-02-30" is not exactly a DATE', '3,2024-02-30,d'],
      ['a.csv', '6', null, '2 values where there are 3 columns', '4,2024-01-04'],
      ['a.csv', '7', null, '4 values where there are 3 columns', '5,2024-01-05,e,f'],
      ['a.csv', '8', null, 'a quote is opened and never closed', '6,2024-01-06,"g'],
    ])
  })

  it('end a run with file, line, column and value', async () => {
    const bad = 'id,note\n1,"a\nb"\n2,c\nx,d\n'
    await expect(read(bad, { columns: { id: { type: 'BIGINT' } } })).rejects.toThrow(
      'a.csv, line 5, column id: "x" is not exactly a BIGINT.',
    )
    await expect(read('a,b\n1,2\n3\n', {})).rejects.toThrow('a.csv, line 3: 1 value where there are 2 columns: 3')
    await expect(read('a,b\n1,2\n3,"x\n', {})).rejects.toThrow('a.csv, line 3: a quote is opened and never closed')
  })

  it('include what DuckDB’s own casts would change: fractions, extra digits, times of day, nanoseconds', async () => {
    const one = (value: string, type: string, more: object = {}) =>
      read(`v;w\n${value};x\n`, { delimiter: ';', header: 'yes', columns: { v: { type, ...more } } })
    await expect(one('1.7', 'BIGINT')).rejects.toThrow('is not exactly')
    await expect(one('1.239', 'DECIMAL(10,2)')).rejects.toThrow('is not exactly')
    await expect(one('2024-01-01 10:00:00', 'DATE')).rejects.toThrow('is not exactly')
    await expect(one('2024-01-01 10:00:00.123456789', 'TIMESTAMP')).rejects.toThrow('is not exactly')
    await expect(one('2024-01-01 10:00:00+02', 'TIMESTAMP')).rejects.toThrow('is not exactly')
    await expect(one('1234.5', 'DOUBLE', { thousands_separator: '.', decimal_separator: ',' })).rejects.toThrow(
      'is not exactly',
    )
    await expect(one('1e999', 'DOUBLE')).rejects.toThrow('is not exactly')
    await expect(one('1_000', 'DOUBLE')).rejects.toThrow('is not exactly')
    await expect(one('00123', 'BIGINT')).rejects.toThrow('is not exactly')
    await expect(one('05/06/24', 'DATE', { format: 'dd/MM/yyyy' })).rejects.toThrow('is not exactly')
    expect((await one('1.50', 'DECIMAL(10,1)')).rows).toEqual([['1.5', 'x']])
    expect((await one(' 7 ', 'BIGINT')).rows).toEqual([['7', 'x']])
  })
})

describe('several files', () => {
  it('are put together by the names of their columns', async () => {
    await lab.write('d/1.csv', 'a,b\n1,2\n')
    await lab.write('d/2.csv', 'b,a\n3,4\n')
    await lab.write('d/3.csv', 'a,c\n5,x\n')
    await lab.write('d/4.csv', '')
    const table = await lab.extract(csvExtract, { path: 'd/*.csv', file_name_column: 'file' })
    expect(table.columns.map((column) => column.name)).toEqual(['a', 'b', 'c', 'file'])
    expect([...table.rows].sort()).toEqual([
      ['1', '2', null, 'd/1.csv'],
      ['4', '3', null, 'd/2.csv'],
      ['5', null, 'x', 'd/3.csv'],
    ])
  })
})

it('spells out what it detected, and reads the same with it', async () => {
  await lab.write('a.csv', 'Title\nid;day;amount\n1;13/01/2024;1,5\n2;14/01/2024;2,5\n')
  const config = csvExtract.descriptor.config.parse({ path: 'a.csv' })
  const detected = await csvExtract.detect?.({
    nodeId: 'n',
    config,
    parameters: new Map(),
    files: lab.files,
    session: lab.session,
    signal: new AbortController().signal,
  })
  expect(detected).toMatchObject({
    delimiter: ';',
    header: 'yes',
    skip: 1,
    columns: {
      id: { type: 'BIGINT' },
      day: { type: 'DATE', format: '%d/%m/%Y' },
      amount: { type: 'DOUBLE', decimal_separator: ',' },
    },
  })
  expect(await lab.extract(csvExtract, detected)).toEqual(await lab.extract(csvExtract, { path: 'a.csv' }))
  expect(csvExtract.descriptor.describe(csvExtract.descriptor.config.parse(detected))).toBe('a.csv · “;” · 3 columns')
})

it.each(['BIGINT[]', 'STRUCT(a INTEGER)', 'MAP(VARCHAR, INTEGER)'])(
  'refuses %s as the type of a column of texts',
  async (type) => {
    await lab.write('a.csv', 'id,v\n1,"[1, 2]"\n')
    await expect(lab.extract(csvExtract, { path: 'a.csv', columns: { v: { type } } })).rejects.toMatchObject({
      info: { code: 'type.nested', field: ['columns', 'v', 'type'], hint: expect.stringContaining('JSON') },
    })
  },
)

it('reads a header without rows as an empty table', async () => {
  await lab.write('a.csv', 'id,v\n')
  const { columns, rows } = await lab.extract(csvExtract, {
    path: 'a.csv',
    header: 'yes',
    columns: { id: { type: 'BIGINT' } },
  })
  expect([columns, rows]).toEqual([
    [
      { name: 'id', type: 'BIGINT' },
      { name: 'v', type: 'VARCHAR' },
    ],
    [],
  ])
  await lab.write('b.csv', '')
  await expect(lab.extract(csvExtract, { path: 'b.csv' })).rejects.toMatchObject({ info: { kind: 'user' } })
})
