import { spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { arrowExtract } from '../extractors/arrow/implementation.ts'
import { duckdbExtract } from '../extractors/duckdb/implementation.ts'
import { excelExtract } from '../extractors/excel/implementation.ts'
import { parquetExtract } from '../extractors/parquet/implementation.ts'
import { sqliteExtract } from '../extractors/sqlite/implementation.ts'
import { xmlExtract } from '../extractors/xml/implementation.ts'
import { temporaryPath } from '../kit/files/temporary-names.ts'
import { type FileLab, openFileLab } from '../kit/files/testing.ts'
import { raw } from '../kit/sql.ts'
import { arrowLoad } from './arrow/implementation.ts'
import { csvLoad } from './csv/implementation.ts'
import { duckdbLoad } from './duckdb/implementation.ts'
import { excelLoad } from './excel/implementation.ts'
import { fixedWidthLoad } from './fixed-width/implementation.ts'
import { parquetLoad } from './parquet/implementation.ts'
import { sqliteLoad } from './sqlite/implementation.ts'
import { textLoad } from './text/implementation.ts'
import { xmlLoad } from './xml/implementation.ts'

let lab: FileLab
beforeEach(async () => {
  lab = await openFileLab()
})
afterEach(() => lab.close())

const WRITER = join(import.meta.dirname, 'crash-writer.ts')

function writeInChild(module: string, config: object, query: string, step?: string, limitBlocks?: number) {
  const args = [WRITER, module, lab.root, JSON.stringify(config), query]
  const env = { ...process.env, ...(step ? { LOGIDATA_TEST_CRASH_AT: step } : {}) }
  if (limitBlocks === undefined) return spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  // The limit's signal is ignored, so that a write beyond it fails as it does on a full disk.
  const command = `trap '' XFSZ; ulimit -f ${limitBlocks}; exec "$@"`
  return spawnSync('bash', ['-c', command, 'bash', process.execPath, ...args], { env, encoding: 'utf8' })
}

const idsOf = async (path: string) => {
  const table = await lab.extract(parquetExtract, { path, columns: ['id'] })
  return table.rows.map((row) => row[0]).sort()
}

describe('a process that is killed while it replaces', () => {
  for (const [step, survivor] of [
    ['written', '1'],
    ['published', '2'],
  ] as const) {
    it(`a file, at the step "${step}", leaves one whole version`, async () => {
      await lab.load(csvLoad, { path: 'out/a.csv' }, raw('SELECT 1 AS id'))
      expect(writeInChild('csv', { path: 'out/a.csv' }, 'SELECT 2 AS id', step).signal).toBe('SIGKILL')
      expect(await lab.read('out/a.csv')).toBe(`id\n${survivor}\n`)
      await lab.load(csvLoad, { path: 'out/a.csv', mode: 'append' }, raw('SELECT 3 AS id'))
      expect(await readdir(join(lab.root, 'out'))).toEqual(['a.csv'])
    })
  }

  for (const [step, survivor] of [
    ['written', '1'],
    ['published', '2'],
  ] as const) {
    it(`a workbook, at the step "${step}", leaves one whole version`, async () => {
      const config = { path: 'out/a.xlsx' }
      await lab.load(excelLoad, config, raw('SELECT 1 AS id'))
      expect(writeInChild('excel', config, 'SELECT 2 AS id', step).signal).toBe('SIGKILL')
      expect((await lab.extract(excelExtract, config)).rows).toEqual([[survivor]])
      await lab.load(excelLoad, config, raw('SELECT 3 AS id'))
      expect(await readdir(join(lab.root, 'out'))).toEqual(['a.xlsx'])
    })
  }

  for (const [step, survivor] of [
    ['written', '1'],
    ['published', '2'],
  ] as const) {
    it(`a fixed-width file, at the step "${step}", leaves one whole version`, async () => {
      const config = { path: 'out/a.txt', fields: [{ name: 'id', width: 3 }] }
      await lab.load(fixedWidthLoad, config, raw('SELECT 1 AS id'))
      expect(writeInChild('fixed_width', config, 'SELECT 2 AS id', step).signal).toBe('SIGKILL')
      expect(await lab.read('out/a.txt')).toBe(`  ${survivor}\n`)
      await lab.load(fixedWidthLoad, config, raw('SELECT 3 AS id'))
      expect(await readdir(join(lab.root, 'out'))).toEqual(['a.txt'])
    })

    it(`lines of text, at the step "${step}", leave one whole version`, async () => {
      const config = { path: 'out/a.log', template: 'id {id}' }
      await lab.load(textLoad, config, raw('SELECT 1 AS id'))
      expect(writeInChild('text', config, 'SELECT 2 AS id', step).signal).toBe('SIGKILL')
      expect(await lab.read('out/a.log')).toBe(`id ${survivor}\n`)
      await lab.load(textLoad, config, raw('SELECT 3 AS id'))
      expect(await readdir(join(lab.root, 'out'))).toEqual(['a.log'])
    })
  }

  for (const [name, load, extract] of [
    ['xml', xmlLoad, xmlExtract],
    ['arrow', arrowLoad, arrowExtract],
  ] as const) {
    for (const [step, survivor] of [
      ['written', '1'],
      ['published', '2'],
    ] as const) {
      it(`an ${name} file, at the step "${step}", leaves one whole version`, async () => {
        const config = { path: `out/a.${name}` }
        await lab.load(load, config, raw('SELECT 1 AS id'))
        expect(writeInChild(name, config, 'SELECT 2 AS id', step).signal).toBe('SIGKILL')
        expect((await lab.extract(extract, config)).rows).toEqual([[survivor]])
        await lab.load(load, config, raw('SELECT 3 AS id'))
        expect(await readdir(join(lab.root, 'out'))).toEqual([`a.${name}`])
      })
    }
  }

  for (const [step, survivor] of [
    ['written', '1'],
    ['swap', '1'],
    ['swapped', '2'],
    ['published', '2'],
  ] as const) {
    for (const config of [{ path: 'out/p', partition_by: ['k'] }, { path: 'out/p/' }]) {
      it(`a folder (${JSON.stringify(config)}), at the step "${step}", leaves one whole version to readers and writers`, async () => {
        const query = (id: number) => `SELECT ${id} AS id, k FROM (VALUES ('a'), ('b')) AS t(k)`
        await lab.load(parquetLoad, config, raw(query(1)))
        expect(writeInChild('parquet', config, query(2), step).signal).toBe('SIGKILL')
        expect(await idsOf('out/p/')).toEqual([survivor, survivor])
        await lab.load(parquetLoad, { ...config, mode: 'append' }, raw(query(3)))
        expect(await idsOf('out/p/')).toEqual([survivor, survivor, '3', '3'].sort())
        expect(await readdir(join(lab.root, 'out'))).toEqual(['p'])
      })
    }
  }
})

describe('a process that is killed while it writes into a table', () => {
  for (const [name, load, extract] of [
    ['sqlite', sqliteLoad, sqliteExtract],
    ['duckdb', duckdbLoad, duckdbExtract],
  ] as const) {
    for (const [step, survivors] of [
      ['written', ['1']],
      ['published', ['1', '2']],
    ] as const) {
      for (const mode of ['append', 'replace'] as const) {
        it(`${name}, ${mode}, at the step "${step}", leaves the old rows or the new`, async () => {
          const config = { path: 'out/a.db', table: 't', mode }
          await lab.load(load, config, raw('SELECT 1 AS id'))
          const rows = mode === 'append' ? 'SELECT 2 AS id' : 'SELECT unnest([1, 2]) AS id'
          expect(writeInChild(name, config, rows, step).signal).toBe('SIGKILL')
          expect((await lab.extract(extract, { path: 'out/a.db', table: 't' })).rows.flat()).toEqual(survivors)
          await lab.load(load, { ...config, mode: 'append' }, raw('SELECT 3 AS id'))
          expect((await lab.extract(extract, { path: 'out/a.db', table: 't' })).rows.flat()).toEqual([
            ...survivors,
            '3',
          ])
        })
      }
    }
  }
})

describe('no room left', () => {
  const rows = 'SELECT i AS id, md5(i::VARCHAR) AS text FROM range(200000) AS t(i)'
  for (const [module, config] of [
    ['csv', { path: 'out/a' }],
    ['parquet', { path: 'out/a' }],
    ['excel', { path: 'out/a.xlsx' }],
    ['xml', { path: 'out/a.xml' }],
    ['arrow', { path: 'out/a.arrow' }],
    ['text', { path: 'out/a.log', template: '{id} {text}' }],
    [
      'fixed_width',
      {
        path: 'out/a.txt',
        fields: [
          { name: 'id', width: 10 },
          { name: 'text', width: 40 },
        ],
      },
    ],
  ] as const) {
    it(`is one clear error, and the ${module} target stays as it was`, async () => {
      const load = {
        csv: csvLoad,
        parquet: parquetLoad,
        excel: excelLoad,
        xml: xmlLoad,
        arrow: arrowLoad,
        text: textLoad,
        fixed_width: fixedWidthLoad,
      }[module]
      await lab.load(load, config, raw("SELECT 1 AS id, 'a' AS text"))
      const before = await readFile(join(lab.root, config.path))
      const { status, stderr } = writeInChild(module, config, rows, undefined, 512)
      expect(status).toBe(1)
      expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
        code: 'disk.full',
        kind: 'operational',
        message: `There was no room left to write ${config.path}. What it held before is unchanged.`,
      })
      expect(await readFile(join(lab.root, config.path))).toEqual(before)
      expect(await readdir(join(lab.root, 'out'))).toEqual([config.path.slice(4)])
    })
  }
})

it('does not take the unfinished files of a live writer for those of a dead one', async () => {
  const live = temporaryPath(join(lab.root, 'a.csv'), 'new')
  await writeFile(live, 'half')
  await lab.load(csvLoad, { path: 'a.csv' }, raw('SELECT 1 AS id'))
  expect(await readFile(live, 'utf8')).toBe('half')
})
