import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { xmlExtract } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const read = async (content: string | Uint8Array, config: object = {}, port?: string) => {
  await lab.write('a.xml', content)
  const table = await lab.extract(xmlExtract, { path: 'a.xml', ...config }, port)
  return { types: Object.fromEntries(table.columns.map(({ name, type }) => [name, type])), rows: table.rows }
}

const CATALOG = `<?xml version="1.0"?>
<!-- books --><catalog xmlns:x="urn:x">
  <book id="007" x:lang="fr"><title>Café &amp; <![CDATA[<thé>]]></title><price>1.50</price><day>2024-02-29</day><author><name>A</name><born>1900</born></author><tag>a</tag><tag>b</tag></book>
  <book id="8"><x:title>Z</x:title><price>9007199254740993</price><day/><author><name>B</name></author><tag>c</tag></book>
</catalog>`

it('finds the rows, types texts, keeps what is nested and lists what repeats anywhere', async () => {
  const { types, rows } = await read(CATALOG)
  expect(types).toMatchObject({
    '@id': 'VARCHAR',
    '@x:lang': 'VARCHAR',
    title: 'VARCHAR',
    day: 'DATE',
    author: 'STRUCT("name" VARCHAR, born BIGINT)',
    tag: 'VARCHAR[]',
  })
  expect(rows[0]).toEqual([
    '007',
    'fr',
    'Café & <thé>',
    expect.anything(),
    '2024-02-29',
    '{"name":"A","born":1900}',
    '["a","b"]',
  ])
  expect(rows[1]).toEqual(['8', null, 'Z', expect.anything(), null, '{"name":"B","born":null}', '["c"]'])
})

it('joins, flattens, keeps prefixes and sets types exactly', async () => {
  const config = { repeated: 'join', separator: '|', nested: 'columns', columns: { price: { type: 'DECIMAL(20,2)' } } }
  const { types, rows } = await read(CATALOG, { ...config, row_path: '/catalog/book' })
  expect(types).toMatchObject({
    price: 'DECIMAL(20,2)',
    'author.name': 'VARCHAR',
    'author.born': 'BIGINT',
    tag: 'VARCHAR',
  })
  expect(rows.map((row) => row.slice(3))).toEqual([
    ['1.50', '2024-02-29', 'A', '1900', 'a|b'],
    ['9007199254740993.00', null, 'B', null, 'c'],
  ])
  expect(Object.keys((await read(CATALOG, { prefixes: 'keep' })).types)).toContain('x:title')
  expect((await read(CATALOG, { row_path: '//name' })).rows).toEqual([['A'], ['B']])
  expect((await read(CATALOG, { row_path: '/*/*/author' })).rows).toEqual([
    ['A', '1900'],
    ['B', null],
  ])
})

it('rejects values that do not fit, and what is not well-formed, with file and line', async () => {
  const config = { columns: { v: { type: 'INTEGER' } }, on_bad_row: 'reject', row_path: '/r/e' }
  const content = '<r>\n<e><v>1</v></e>\n<e><v>x</v></e>\n<e><v>2</w></e>\n</r>'
  expect((await read(content, config)).rows).toEqual([['1']])
  const rejected = (await read(content, config, 'reject')).rows.map((row) => row.slice(0, 4))
  expect(rejected).toContainEqual(['a.xml', '3', 'v', 'v: "x" is not exactly a INTEGER'])
  expect(rejected.some((row) => row[1] === '4' && /not well-formed/.test(row[3] ?? ''))).toBe(true)
  await expect(read(content, { row_path: '/r/e' })).rejects.toThrow(/^a.xml, line 4: this is not well-formed XML/)
})

it('fetches and defines nothing: document types and entities of the file', async () => {
  await expect(read('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><e>&x;</e><e/></r>')).rejects.toThrow(
    'undefined entity',
  )
  const bomb = `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><r><e>&b;</e><e/></r>`
  await expect(read(bomb)).rejects.toThrow('undefined entity')
  expect((await read('<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd"><r><e>1</e><e>&#233;</e></r>')).rows).toEqual([
    ['1'],
    ['é'],
  ])
})

it('reads the encoding that the file declares', async () => {
  const text = '<?xml version="1.0" encoding="ISO-8859-1"?><r><e>é</e><e>b</e></r>'
  expect((await read(Buffer.from(text, 'latin1'))).rows).toEqual([['é'], ['b']])
  const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text.replace('ISO-8859-1', 'UTF-16'), 'utf16le')])
  expect((await read(wide)).rows).toEqual([['é'], ['b']])
})

it('tells empty, cut off, garbage and endless files', async () => {
  await expect(read('')).rejects.toMatchObject({ info: { code: 'xml.no-element' } })
  await expect(read('garbage & more')).rejects.toMatchObject({ info: { code: 'xml.no-element' } })
  await expect(read('<r><e>1</e><e>2')).rejects.toThrow('not well-formed')
  await expect(read('<r><e>\0</e><e/></r>')).rejects.toThrow('not well-formed')
  await expect(read('<a>'.repeat(2000))).rejects.toThrow('nested more than 500 deep')
  await expect(read('<r><e/></r>', { row_path: '/r/x' })).rejects.toMatchObject({ info: { code: 'xml.no-rows' } })
})

it('tells an empty element from one that is not there, where asked to, and trims the white space of XML alone', async () => {
  const nil = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
  const content = `<r>\n<e k=""><a/><n>1</n></e><e k="x"><a> \u00a0 </a><n/></e><e><n>2</n></e><e><a ${nil}/><n>3</n></e></r>`
  expect((await read(content)).rows).toEqual([
    [null, null, '1'],
    ['x', '\u00a0', null],
    [null, null, '2'],
    [null, null, '3'],
  ])
  const exact = await read(content, { empty: 'text', trim: false, columns: { n: { type: 'INTEGER' } } })
  expect(exact.rows).toEqual([
    ['', '', '1'],
    ['x', ' \u00a0 ', null],
    [null, null, '2'],
    [null, null, '3'],
  ])
  expect((await read(content, { empty: 'text' })).types).toMatchObject({ n: 'VARCHAR' })
  const nested = '<r><e><p><a/><b>1</b></p></e><e><p>\n  <a>x</a></p></e></r>'
  expect((await read(nested, { empty: 'text' })).rows).toEqual([['{"a":"","b":1}'], ['{"a":"x","b":null}']])
  expect((await read(nested)).rows).toEqual([['{"a":null,"b":1}'], ['{"a":"x","b":null}']])
})

it('reads a document without rows as an empty table of the columns that were given', async () => {
  const columns = { id: { type: 'BIGINT' }, day: { type: 'DATE', name: 'on' } }
  for (const content of ['<r/>', '<r>\n</r>']) {
    expect(await read(content, { columns })).toEqual({ types: { id: 'BIGINT', on: 'DATE' }, rows: [] })
    expect(await read(content, { columns, row_path: '/r/e' })).toMatchObject({ rows: [] })
    await expect(read(content)).rejects.toMatchObject({ info: { code: 'xml.no-rows', field: ['path'] } })
  }
  await expect(read('<r><x/></r>', { columns, row_path: '/r/e' })).rejects.toMatchObject({
    info: { code: 'xml.no-rows', field: ['row_path'] },
  })
  await lab.write('b/1.xml', '<r/>')
  await lab.write('b/2.xml', '<r><e><id>1</id></e></r>')
  expect((await lab.extract(xmlExtract, { path: 'b/*.xml' })).rows).toEqual([['1']])
})
