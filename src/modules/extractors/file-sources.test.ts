import { readdir, readFile, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { toErrorInfo } from '../../shared/errors.ts'
import { type FileLab, openFileLab } from '../kit/files/testing.ts'
import { readBytes } from '../kit/files/text-stream.ts'
import { raw, sql } from '../kit/sql.ts'
import { excelLoad } from '../loaders/excel/implementation.ts'
import { csvExtract } from './csv/implementation.ts'
import { excelExtract } from './excel/implementation.ts'
import { jsonExtract } from './json/implementation.ts'
import { ndjsonExtract } from './ndjson/implementation.ts'
import { parquetExtract } from './parquet/implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

async function zipOf(entries: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(entries)) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** A file of one row `id`, with whatever else its format says. */
const formats = [
  ['csv', csvExtract, (id: number) => Buffer.from(`id,v\n${id},x\n`)],
  ['json', jsonExtract, (id: number) => Buffer.from(`[{"id":${id},"v":"x"}]`)],
  ['ndjson', ndjsonExtract, (id: number) => Buffer.from(`{"id":${id},"v":"x"}\n`)],
  [
    'parquet',
    parquetExtract,
    async (id: number) => {
      const path = join(lab.root, `made-${id}`)
      await lab.session.execute(sql`COPY (SELECT ${id}::BIGINT AS id, 'x' AS v) TO ${path} (FORMAT parquet)`)
      const bytes = await readFile(path)
      await rm(path)
      return bytes
    },
  ],
  [
    'xlsx',
    excelExtract,
    async (id: number) => {
      await lab.load(excelLoad, { path: 'made.xlsx' }, sql`SELECT ${id}::BIGINT AS id, 'x' AS v`)
      const bytes = await readFile(join(lab.root, 'made.xlsx'))
      await rm(join(lab.root, 'made.xlsx'))
      return bytes
    },
  ],
] as const

/** Rows of a sheet have the numbers that it gives them, below its header. */
const rowNumber = (extension: string) => (extension === 'xlsx' ? '2' : '1')

const ALL = { file_name_column: 'file', modified_column: 'changed', row_number_column: 'row' }

describe.each(formats)('%s', (extension, module, content) => {
  it('reads a folder, with columns from its folders’ names, the file’s name, its date and the row’s number', async () => {
    for (const [id, year] of [
      [1, '2023'],
      [2, '2024'],
    ] as const) {
      const path = await lab.write(`data/year=${year}/k=__HIVE_DEFAULT_PARTITION__/a.${extension}`, await content(id))
      await utimes(path, 0, new Date(`${year}-05-06T07:08:09Z`))
    }
    await lab.write('data/notes.md', 'no data')
    const { columns, rows } = await lab.extract(module, { path: 'data/', ...ALL })
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id BIGINT',
      'v VARCHAR',
      'year BIGINT',
      'k VARCHAR',
      'file VARCHAR',
      'changed TIMESTAMP WITH TIME ZONE',
      extension === 'xlsx' ? 'row INTEGER' : 'row BIGINT',
    ])
    const folder = 'k=__HIVE_DEFAULT_PARTITION__'
    expect([...rows].sort()).toEqual([
      [
        '1',
        'x',
        '2023',
        null,
        `data/year=2023/${folder}/a.${extension}`,
        '2023-05-06 07:08:09+00',
        rowNumber(extension),
      ],
      [
        '2',
        'x',
        '2024',
        null,
        `data/year=2024/${folder}/a.${extension}`,
        '2024-05-06 07:08:09+00',
        rowNumber(extension),
      ],
    ])
  })

  it('reads all files of an archive, or those that were chosen, once', async () => {
    const [one, two] = [await content(1), await content(2)]
    await lab.write(
      'a.zip',
      await zipOf({ [`y=1/one.${extension}`]: one, [`y=2/two.${extension}`]: two, '.hidden': 'x' }),
    )
    const config = { path: 'a.zip', file_name_column: 'file' }
    const table = await lab.extract(module, config)
    expect(table.rows.map((row) => [row[0], row.at(-1)]).sort()).toEqual([
      ['1', `a.zip/y=1/one.${extension}`],
      ['2', `a.zip/y=2/two.${extension}`],
    ])
    expect((await lab.extract(module, { ...config, archive_entries: `**/two.*` })).rows).toHaveLength(1)
    const before = (await readdir(lab.files.staging)).filter((name) => name.startsWith('zip-'))
    await lab.extract(module, config)
    expect((await readdir(lab.files.staging)).filter((name) => name.startsWith('zip-'))).toEqual(before)
    const refused = await lab.extract(module, { ...config, archive_entries: '*.xls' }).catch(toErrorInfo)
    expect(refused).toMatchObject({ code: 'zip.no-entry', hint: expect.stringContaining(`y=1/one.${extension}`) })
  })

  it('says how to read a folder that is named as a file', async () => {
    await lab.write(`data/a.${extension}`, await content(1))
    await expect(lab.extract(module, { path: 'data' })).rejects.toMatchObject({ info: { code: 'file.is-folder' } })
  })

  it('refuses columns that would be there twice', async () => {
    await lab.write(`data/a.${extension}`, await content(1))
    for (const field of ['file_name_column', 'modified_column', 'row_number_column'])
      await expect(lab.extract(module, { path: `data/a.${extension}`, [field]: 'ID' })).rejects.toMatchObject({
        info: { code: 'column.duplicate', field: [field] },
      })
  })
})

describe('archives that are not what they say', () => {
  it('cut off, garbage and wrong checksums are damaged', async () => {
    const whole = Buffer.from(await zipOf({ 'a.csv': `id\n${'1\n'.repeat(2000)}` }))
    const spoilt = Buffer.from(whole)
    spoilt.writeUInt32LE(0, whole.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1')) + 16)
    for (const content of [whole.subarray(0, whole.length - 30), Buffer.from('garbage'), Buffer.alloc(0), spoilt]) {
      await lab.write('a.zip', content)
      await expect(lab.extract(csvExtract, { path: 'a.zip' })).rejects.toMatchObject({ info: { code: 'zip.damaged' } })
    }
    expect((await readdir(lab.files.staging)).filter((name) => !name.startsWith('.'))).toEqual([])
  })

  it('bombs are refused before anything is unpacked', async () => {
    const bytes = Buffer.from(await zipOf({ 'a.csv': 'id\n1\n' }))
    const central = bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'))
    bytes.writeUInt32LE(2 ** 31, central + 24)
    await lab.write('a.zip', bytes)
    await expect(lab.extract(csvExtract, { path: 'a.zip' })).rejects.toMatchObject({ info: { code: 'zip.bomb' } })
  })

  it('names inside never lead out of the staging folder', async () => {
    const bytes = Buffer.from(await zipOf({ 'aa/aa/evil.csv': 'id\n1\n' }))
    const evil = Buffer.from(bytes.toString('latin1').replaceAll('aa/aa/', '../../'), 'latin1')
    await lab.write('a.zip', evil)
    const table = await lab.extract(csvExtract, { path: 'a.zip', file_name_column: 'f' }).catch(toErrorInfo)
    if ('rows' in table) expect(table.rows).toEqual([['1', 'a.zip/../../evil.csv']])
    expect(await readdir(lab.root)).toEqual(['.logidata', 'a.zip'])
  })
})

describe('columns that differ between files', () => {
  const csv = async () => {
    await lab.write('d/a.csv', 'id,n\n1,1\n')
    await lab.write('d/b.csv', 'N,m,ID\n2.5,x,2\n')
    return { path: 'd/*.csv' }
  }
  const parquet = async () => {
    for (const [name, query] of [
      ['a', 'SELECT 1 AS id, 1 AS n'],
      ['b', "SELECT 2.5 AS N, 'x' AS m, 2 AS ID"],
    ] as const) {
      await lab.write(`d/${name}.parquet`, '')
      await lab.session.execute(sql`COPY (${raw(query)}) TO ${join(lab.root, `d/${name}.parquet`)} (FORMAT parquet)`)
    }
    return { path: 'd/*.parquet' }
  }
  for (const [name, module, make] of [
    ['csv', csvExtract, csv],
    ['parquet', parquetExtract, parquet],
  ] as const) {
    it(`${name}: are filled, left out or refused, matched by name whatever the case`, async () => {
      const config = await make()
      const filled = await lab.extract(module, config)
      expect(filled.columns.map((column) => column.name)).toEqual(['id', 'n', 'm'])
      expect(filled.rows.map((row) => row.map((cell) => cell && String(Number(cell) || cell)))).toEqual([
        ['1', '1', null],
        ['2', '2.5', 'x'],
      ])
      const common = await lab.extract(module, { ...config, when_columns_differ: 'common' })
      expect(common.columns.map((column) => column.name)).toEqual(['id', 'n'])
      await expect(lab.extract(module, { ...config, when_columns_differ: 'fail' })).rejects.toThrow(
        `The files do not have the same columns: d/a.${name} lacks m.`,
      )
    })
  }

  it('are told as a warning', async () => {
    const config = csvExtract.descriptor.config.parse(await csv())
    const signal = new AbortController().signal
    const request = { nodeId: 'n', config, parameters: new Map(), files: lab.files, session: lab.session, signal }
    const facts = await csvExtract.prepare?.(request)
    expect(facts && csvExtract.warnings?.(facts, config)).toMatchObject([
      { code: 'files.columns-differ', message: 'The files do not have the same columns: d/a.csv lacks m.' },
    ])
  })
})

it('numbers rows by their place in the file, rejected ones counted', async () => {
  await lab.write('a.csv', 'id,v\n1,a\nx,b\n\n3,c\n')
  const config = { path: 'a.csv', columns: { id: { type: 'INTEGER' } }, on_bad_row: 'reject', row_number_column: 'n' }
  expect((await lab.extract(csvExtract, config)).rows).toEqual([
    ['1', 'a', '1'],
    ['3', 'c', '3'],
  ])
})

it('refuses a compressed bomb while it is read', async () => {
  const part = zstdCompressSync(Buffer.alloc(2 ** 26, '1'))
  const path = await lab.write('a.csv.zst', Buffer.concat(Array.from({ length: 18 }, () => part)))
  const drain = async () => {
    let bytes = 0
    for await (const chunk of readBytes({ path, name: 'a.csv.zst' }, 'zstd')) bytes += chunk.length
    return bytes
  }
  await expect(drain()).rejects.toMatchObject({ info: { code: 'file.bomb' } })
})
