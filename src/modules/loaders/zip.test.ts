import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../shared/errors.ts'
import { csvExtract } from '../extractors/csv/implementation.ts'
import { fixedWidthExtract } from '../extractors/fixed-width/implementation.ts'
import { jsonExtract } from '../extractors/json/implementation.ts'
import { xmlExtract } from '../extractors/xml/implementation.ts'
import { type FileLab, openFileLab } from '../kit/files/testing.ts'
import { openZip } from '../kit/files/zip-archive.ts'
import { raw } from '../kit/sql.ts'
import { csvLoad } from './csv/implementation.ts'
import { fixedWidthLoad } from './fixed-width/implementation.ts'
import { jsonLoad } from './json/implementation.ts'
import { parquetLoad } from './parquet/implementation.ts'
import { xmlLoad } from './xml/implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const QUERY = raw("SELECT i AS id, 'é ' || i AS name FROM range(3) AS t(i)")
const fields = [
  { name: 'id', width: 4 },
  { name: 'name', width: 8 },
]
const inside = async (path: string) => {
  const zip = await openZip(join(lab.root, path), path)
  zip.close()
  return zip.names
}

describe('a target that ends with .zip', () => {
  const cases = [
    { load: csvLoad, extract: csvExtract, ending: 'csv', more: { bom: true } },
    { load: jsonLoad, extract: jsonExtract, ending: 'json', more: {} },
    { load: xmlLoad, extract: xmlExtract, ending: 'xml', more: {} },
    { load: fixedWidthLoad, extract: fixedWidthExtract, ending: 'txt', more: { fields } },
  ] as const
  for (const { load, extract, ending, more } of cases)
    it(`is an archive of one ${ending} file, with the same bytes each time`, async () => {
      const written = await lab.load(load, { path: 'out/orders.zip', ...more }, QUERY)
      expect(written).toMatchObject({ rows: 3n, written: ['out/orders.zip'] })
      expect(await inside('out/orders.zip')).toEqual([`orders.${ending}`])
      const once = await readFile(join(lab.root, 'out/orders.zip'))
      await lab.load(load, { path: 'out/orders.zip', ...more }, QUERY)
      expect((await readFile(join(lab.root, 'out/orders.zip'))).equals(once)).toBe(true)
      expect(await readdir(join(lab.root, 'out'))).toEqual(['orders.zip'])
      const read = { path: 'out/orders.zip', ...('fields' in more ? more : {}) }
      const { rows } = await lab.extract(extract, read)
      expect(rows).toEqual([
        ['0', 'é 0'],
        ['1', 'é 1'],
        ['2', 'é 2'],
      ])
      // A root element has an end, after which nothing stands.
      if (ending === 'xml') return
      const again = lab.load(load, { path: 'out/orders.zip', mode: 'append', ...more }, QUERY)
      expect(await again.catch(toErrorInfo)).toMatchObject({ code: 'zip.append', field: ['mode'] })
    })

  it('keeps the name that stands before .zip, and the old archive when the rows fail', async () => {
    await lab.load(parquetLoad, { path: 'a.parquet.zip' }, QUERY)
    expect(await inside('a.parquet.zip')).toEqual(['a.parquet'])
    await lab.load(csvLoad, { path: 'b.tsv.zip' }, QUERY)
    const before = await readFile(join(lab.root, 'b.tsv.zip'))
    const failing = raw("SELECT CASE WHEN i > 100000 THEN error('no') ELSE i END AS id FROM range(200000) AS t(i)")
    await expect(lab.load(csvLoad, { path: 'b.tsv.zip' }, failing)).rejects.toThrow()
    expect((await readFile(join(lab.root, 'b.tsv.zip'))).equals(before)).toBe(true)
    expect((await readdir(lab.root)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})
