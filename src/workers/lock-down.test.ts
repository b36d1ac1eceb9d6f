import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw } from '../modules/kit/sql.ts'
import { errorOf, never, type TemporaryProject, temporaryProject } from './testing/temporary-project.ts'

let own: TemporaryProject
const outside = join(tmpdir(), `logidata-outside-${process.pid}.csv`)

beforeAll(async () => {
  own = await temporaryProject()
  own.write('data/own.csv', 'a\n1\n')
  writeFileSync(outside, 'secret\nhidden-value\n')
  mkdirSync(join(own.root, 'out'))
  symlinkSync(outside, join(own.root, 'data', 'link.csv'))
})
afterAll(() => own.close())

const ask = (text: string) => own.project.session.lease(never, (lease) => lease.query(raw(text)))
const run = (text: string) => own.project.session.lease(never, (lease) => lease.execute(raw(text)))

describe('a query of a pipeline', () => {
  test('reads a file of its project', async () => {
    const { rows } = await ask(`SELECT * FROM read_csv('${own.root}/data/own.csv')`)
    expect(rows).toEqual([['1']])
  })

  test('finds no best row where there are no rows', async () => {
    for (const test of ['= 1', '<= 1', '+ 0 < 2']) {
      const rank = 'row_number() OVER (ORDER BY a DESC)'
      const { rows } = await ask(`SELECT a FROM (SELECT 1 AS a WHERE FALSE) QUALIFY ${rank} ${test}`)
      expect(rows).toEqual([])
    }
  })

  test.each([
    ['a file by its path', `SELECT * FROM read_csv('/etc/passwd')`],
    ['a file as text', `SELECT * FROM read_text('/etc/passwd')`],
    ['a file as bytes', `SELECT * FROM read_blob('/etc/hostname')`],
    ['a file named as a table', `SELECT * FROM '${outside}'`],
    ['a folder', `SELECT * FROM glob('/etc/*')`],
    ['a way out by ..', `SELECT * FROM read_text('PROJECT/data/../../../etc/passwd')`],
    ['a link that leads out', `SELECT * FROM read_csv('PROJECT/data/link.csv')`],
    ['the network', `SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')`],
    ['the network by S3', `SELECT * FROM read_parquet('s3://bucket/x.parquet')`],
    ['a foreign table function', `SELECT * FROM sniff_csv('/etc/passwd')`],
    ['the environment', `SELECT getenv('HOME')`],
  ])('cannot read %s', async (_what, text) => {
    const error = await errorOf(ask(text.replaceAll('PROJECT', own.root)))
    expect(error.message).not.toMatch(/root:|secret|hidden-value/)
  })

  test.each([
    ['a database', `ATTACH '/tmp/other.db' AS other`],
    ['a file outside', `COPY (SELECT 1) TO '/tmp/logidata-written.csv'`],
    ['an extension', 'INSTALL httpfs'],
    ['an extension in memory', 'LOAD httpfs'],
    ['the allowed folders', `SET allowed_directories = ['/']`],
    ['external access', 'SET enable_external_access = true'],
    ['the memory limit', `SET memory_limit = '100GB'`],
    ['the lock', 'SET lock_configuration = false'],
    ['everything, by export', `EXPORT DATABASE '/tmp/logidata-exported'`],
  ])('cannot change %s', async (_what, text) => {
    await errorOf(run(text))
  })

  test('finds no secret among the settings', async () => {
    const { rows } = await ask('SELECT name, value FROM duckdb_settings() WHERE value IS NOT NULL')
    const text = JSON.stringify(rows.filter(([name]) => !/allowed|directory|path/.test(name ?? '')))
    expect(text).not.toContain(process.env.HOME ?? '/root')
    expect((await ask('SELECT * FROM duckdb_secrets()')).rows).toEqual([])
  })
})

describe('the files that a module names', () => {
  const files = () => own.project.session.files
  test.each(['/etc/passwd', '../x.csv', 'data/../../x', 'data/link.csv', 'http://127.0.0.1/x', '/etc/*', '../*'])(
    'stay inside the project: %s',
    async (path) => {
      expect((await errorOf(files().inputs(path))).code).toBe('file.outside-project')
    },
  )
  test('are found by a pattern, in order', async () => {
    own.write('data/many/b.csv', '')
    own.write('data/many/a.csv', '')
    const found = await files().inputs('data/many/*.csv')
    expect(found.map((file) => file.name)).toEqual(['data/many/a.csv', 'data/many/b.csv'])
  })
  test('are written inside the project only', async () => {
    symlinkSync('/tmp', join(own.root, 'out', 'tmp'))
    for (const path of ['/tmp/x.csv', '../x.csv', 'out/tmp/x.csv'])
      expect((await errorOf(files().output(path))).code).toBe('file.outside-project')
    expect((await files().output('out/new/x.csv')).name).toBe('out/new/x.csv')
  })
})
