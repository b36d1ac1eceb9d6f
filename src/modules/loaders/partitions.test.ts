import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { arrowExtract } from '../extractors/arrow/implementation.ts'
import { csvExtract } from '../extractors/csv/implementation.ts'
import { jsonExtract } from '../extractors/json/implementation.ts'
import { ndjsonExtract } from '../extractors/ndjson/implementation.ts'
import { parquetExtract } from '../extractors/parquet/implementation.ts'
import type { LoadModule } from '../kit/contract.ts'
import { type FileLab, openFileLab } from '../kit/files/testing.ts'
import { filesBelow } from '../kit/files/write-folder.ts'
import type { AnyRelationModule } from '../kit/harness.ts'
import { raw } from '../kit/sql.ts'
import { arrowLoad } from './arrow/implementation.ts'
import { csvLoad } from './csv/implementation.ts'
import { jsonLoad } from './json/implementation.ts'
import { parquetLoad } from './parquet/implementation.ts'

// Folders of files: one per value of columns, or one that each run adds a file to.

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

interface Case {
  // biome-ignore lint/suspicious/noExplicitAny: each load has a config of its own.
  readonly load: LoadModule<any>
  readonly extract: AnyRelationModule
  readonly config: object
  readonly ending: RegExp
  readonly read?: object
}

const CASES: Readonly<Record<string, Case>> = {
  parquet: { load: parquetLoad, extract: parquetExtract, config: {}, ending: /\.parquet$/ },
  csv: { load: csvLoad, extract: csvExtract, config: {}, ending: /\.csv$/ },
  'csv, with a byte order mark and packed': {
    load: csvLoad,
    extract: csvExtract,
    config: { bom: true, compression: 'zstd', delimiter: ';' },
    ending: /\.csv\.zst$/,
  },
  'json, arrays': { load: jsonLoad, extract: jsonExtract, config: {}, ending: /\.json$/ },
  'json, lines, packed': {
    load: jsonLoad,
    extract: ndjsonExtract,
    config: { format: 'ndjson', compression: 'gzip' },
    ending: /\.ndjson\.gz$/,
  },
  arrow: { load: arrowLoad, extract: arrowExtract, config: {}, ending: /\.arrow$/ },
  'arrow, streams': { load: arrowLoad, extract: arrowExtract, config: { format: 'stream' }, ending: /\.arrows$/ },
}

const VALUES = `SELECT * FROM (VALUES
  (1, '007', 'x"y', 2024), (2, NULL, E'two\\nlines', 2024), (3, '', ',;', 2025), (4, 'a/b c=é📦%', '{}', 2024), (5, '007', '[]', 2025)
) AS t("a b", code, "select", year)`

describe.each(Object.entries(CASES))('a folder of %s', (_, { load, extract, config, ending }) => {
  const write = (more: object, query = VALUES) => lab.load(load, { path: 'out/p', ...config, ...more }, raw(query))
  const read = async (path = 'out/p/') => {
    const { columns, rows } = await lab.extract(extract, { path })
    const names = columns.map(({ name }) => name)
    return rows
      .map((row) => JSON.stringify(['a b', 'code', 'select', 'year'].map((name) => row[names.indexOf(name)] ?? null)))
      .sort()
  }
  const ROWS = [
    ['1', '007', 'x"y', '2024'],
    ['2', null, 'two\nlines', '2024'],
    ['3', '', ',;', '2025'],
    ['4', 'a/b c=é📦%', '{}', '2024'],
    ['5', '007', '[]', '2025'],
  ].map((row) => JSON.stringify(row))

  it('has a folder for each value, and reads back as it was', async () => {
    const result = await write({ partition_by: ['code', 'year'] })
    expect(result.rows).toBe(5n)
    const files = await filesBelow(join(lab.root, 'out/p'))
    expect(files).toHaveLength(5)
    for (const file of files) expect(file).toMatch(ending)
    expect(files.filter((file) => file.startsWith('code=007/year=2024/'))).toHaveLength(1)
    expect(files.filter((file) => file.startsWith('code=__HIVE_DEFAULT_PARTITION__/'))).toHaveLength(1)
    expect(result.written).toEqual(files.map((file) => `out/p/${file}`))
    expect(await read()).toEqual(ROWS)
    expect(await readdir(join(lab.root, 'out'))).toEqual(['p'])
  })

  it('gets files added, by the same partitions and columns only', async () => {
    await write({ partition_by: ['year'] })
    await write({ partition_by: ['year'], mode: 'append' }, `${VALUES} WHERE "a b" = 3`)
    expect((await read()).length).toBe(6)
    const refused = (more: object, query?: string) => expect(write({ mode: 'append', ...more }, query)).rejects
    await refused({ partition_by: ['code'] }).toMatchObject({ info: { code: 'target.partitions-differ' } })
    await refused({ partition_by: ['year'] }, "SELECT 1 AS other, 'x' AS code, 2024 AS year").toMatchObject({
      info: { code: 'target.columns-differ' },
    })
    await refused({ partition_by: ['year'], mode: 'fail' }).toMatchObject({ info: { code: 'target.exists' } })
    expect((await read()).length).toBe(6)
    await writeFile(join(lab.root, 'out/p/notes.md'), 'mine')
    await refused({ partition_by: ['year'], mode: 'overwrite' }).toMatchObject({
      info: { code: 'target.foreign-files' },
    })
  })

  it('without partitions has one file for each run', async () => {
    await write({ path: 'out/f/' })
    await write({ path: 'out/f/', mode: 'append' })
    expect(await filesBelow(join(lab.root, 'out/f'))).toHaveLength(2)
    expect(await read('out/f/')).toEqual([...ROWS, ...ROWS].sort())
    await write({ path: 'out/f/' }, `${VALUES} WHERE year = 2025`)
    expect((await read('out/f/')).length).toBe(2)
  })

  it('is refused for columns that are missing, all there are, or hold values that differ in case only', async () => {
    const refused = (partition_by: string[], query?: string) => expect(write({ partition_by }, query)).rejects
    await refused(['c']).toMatchObject({ info: { code: 'column.missing' } })
    await refused(['a', 'b'], "SELECT 1 AS a, 'x' AS b").toMatchObject({ info: { code: 'partition.all-columns' } })
    await refused(['b'], "SELECT 1 AS a, 'FR' AS b UNION ALL SELECT 2, 'fr'").toMatchObject({
      info: { code: 'partition.case-collision' },
    })
    expect(await readdir(join(lab.root, 'out')).catch(() => [])).toEqual([])
  })
})

it('rows of a folder of Arrow keep their order', async () => {
  const query = 'SELECT i AS id, i % 3 AS k FROM range(10000) AS t(i)'
  await lab.load(arrowLoad, { path: 'out/k', partition_by: ['k'] }, raw(query))
  const { rows } = await lab.extract(arrowExtract, { path: 'out/k/' })
  const expected = [0, 1, 2].flatMap((k) => Array.from({ length: 10_000 }, (_, i) => i).filter((i) => i % 3 === k))
  expect(rows.map(([id]) => Number(id))).toEqual(expected)
})

it('an Arrow file is never added to', async () => {
  await expect(lab.load(arrowLoad, { path: 'a.arrow', mode: 'append' }, raw('SELECT 1 AS a'))).rejects.toMatchObject({
    info: { code: 'arrow.append' },
  })
})
