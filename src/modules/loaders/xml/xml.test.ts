import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { xmlExtract } from '../../extractors/xml/implementation.ts'
import { type FileLab, openFileLab } from '../../kit/files/testing.ts'
import { raw } from '../../kit/sql.ts'
import { xmlLoad } from './implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const write = (config: object, query: string) => lab.load(xmlLoad, { path: 'out/a.xml', ...config }, raw(query))

it('writes elements, attributes, structs and lists', async () => {
  const query = `SELECT 7 AS id, 'a & <b> "c"' AS "my name", NULL::INT AS n, {'city': 'é', 'zip': 9007199254740993} AS address, ['x', 'y'] AS tag, 1.10::DECIMAL(5,2) AS price`
  expect(await write({ attributes: ['ID'], root: 'orders', row: 'order' }, query)).toEqual({
    rows: 1n,
    written: ['out/a.xml'],
  })
  expect(await lab.read('out/a.xml')).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<orders>
  <order id="7">
    <my_name>a &amp; &lt;b&gt; "c"</my_name>
    <address>
      <city>é</city>
      <zip>9007199254740993</zip>
    </address>
    <tag>x</tag>
    <tag>y</tag>
    <price>1.10</price>
  </order>
</orders>
`)
  await write({ pretty: false, nulls: 'nil' }, 'SELECT NULL::INT AS n, 1 AS a')
  expect(await lab.read('out/a.xml')).toContain('<row><n xsi:nil="true"/><a>1</a></row></rows>')
  await write({ pretty: false, nulls: 'empty' }, 'SELECT NULL::INT AS n')
  expect(await lab.read('out/a.xml')).toContain('<row><n/></row>')
})

it('reads back as it was, also many rows, and gives the same bytes again', async () => {
  const query = "SELECT i AS id, 'x' || i || chr(13) || chr(10) || 'é📦]]>' AS v FROM range(20000) AS r(i)"
  await write({}, query)
  const before = await lab.read('out/a.xml')
  const { rows } = await lab.extract(xmlExtract, { path: 'out/a.xml' })
  expect(rows).toHaveLength(20_000)
  expect(rows[19_999]).toEqual(['19999', 'x19999\r\né📦]]>'])
  await write({}, query)
  expect(await lab.read('out/a.xml')).toBe(before)
  await write({ path: 'out/a.xml.gz' }, query)
  expect(gunzipSync(await readFile(join(lab.root, 'out/a.xml.gz'))).toString()).toBe(before)
})

it('refuses what XML cannot hold, and leaves the target as it was', async () => {
  await write({}, 'SELECT 1 AS a')
  const before = await lab.read('out/a.xml')
  const refused = (config: object, query: string) => expect(write(config, query)).rejects
  await refused({}, "SELECT 'a' || chr(1) AS v").toThrow(
    'The value in row 1, column v holds the character U+0001, which XML forbids.',
  )
  await refused({}, 'SELECT 1 AS "a b", 2 AS "a_b"').toMatchObject({ info: { code: 'column.duplicate' } })
  await refused({ attributes: ['a'] }, 'SELECT [1] AS a').toMatchObject({ info: { code: 'xml.attribute' } })
  await refused({ attributes: ['x'] }, 'SELECT 1 AS a').toMatchObject({ info: { code: 'column.not-found' } })
  await refused({ mode: 'fail' }, 'SELECT 1 AS a').toMatchObject({ info: { code: 'target.exists' } })
  expect(await lab.read('out/a.xml')).toBe(before)
  await write({ illegal_characters: 'remove' }, "SELECT 'a' || chr(1) AS v")
  expect(await lab.read('out/a.xml')).toContain('<v>a</v>')
})
