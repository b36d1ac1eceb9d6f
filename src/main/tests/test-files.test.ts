import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TestFile } from '../../shared/tests/test-file.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { TestFiles } from './test-files.ts'

const FILE: TestFile = {
  format: 'logidata-test/v1',
  name: 'Totals',
  pipeline: 'pipelines/a.pipeline.yaml',
  given: {
    'a.rest': {
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'name', type: 'VARCHAR' },
      ],
      rows: [
        ['1', null],
        ['2', ''],
        ['3', 'a "b", c'],
      ],
    },
  },
  expect: { b: { count: '3' } },
}

test('tests are made beside others, listed with what is wrong, and saved only over what was read', async () => {
  const root = await temporaryFolder()
  const files = new TestFiles(root)
  expect(await files.list()).toEqual([])
  const first = await files.create(FILE)
  expect(first.path).toBe('tests/totals.test.yaml')
  expect((await files.create(FILE)).path).toBe('tests/totals-2.test.yaml')
  await mkdir(join(root, 'tests/more'))
  await writeFile(join(root, 'tests/more/broken.test.yaml'), 'format: other\n')
  expect((await files.list()).map(({ path, cases, problems }) => [path, cases, problems.length])).toEqual([
    ['tests/more/broken.test.yaml', [], 1],
    ['tests/totals-2.test.yaml', ['Totals'], 0],
    ['tests/totals.test.yaml', ['Totals'], 0],
  ])
  expect((await files.read(first.path)).file).toEqual(FILE)
  const saved = await files.save(first.path, first.revision, { ...FILE, name: 'Sums' })
  await expect(files.save(first.path, first.revision, FILE)).rejects.toMatchObject({ info: { code: 'test.conflict' } })
  expect((await files.read(first.path)).revision).toBe(saved.revision)
  for (const path of ['pipelines/a.pipeline.yaml', 'tests/x.yaml', '../tests/x.test.yaml'])
    await expect(files.read(path)).rejects.toMatchObject({ info: { code: expect.stringMatching(/test\.path|file\./) } })
})

test('given rows can go into files of their own, where NULL is nothing and an empty text is in quotes', async () => {
  const root = await temporaryFolder()
  const files = new TestFiles(root)
  const { path } = await files.create(FILE, { files: true })
  const data = 'tests/data/totals/a.rest.csv'
  expect((await files.read(path)).file?.given).toEqual({
    'a.rest': { columns: FILE.given?.['a.rest']?.columns, file: data },
  })
  expect(await readFile(join(root, data), 'utf8')).toBe('id,name\n1,\n2,""\n3,"a ""b"", c"\n')
})
