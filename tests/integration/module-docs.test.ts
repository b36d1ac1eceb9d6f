import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { moduleInfos } from '../../src/modules/catalogue.ts'
import { modulePages } from '../../src/shared/modules/module-page.ts'

const folder = fileURLToPath(new URL('../../docs/modules/', import.meta.url))

test('docs/modules says what the descriptors say: if this fails, run `npm run docs` and commit what it writes', () => {
  const wanted = modulePages(moduleInfos())
  const there = globSync('**/*.md', { cwd: folder }).map((path) => path.replaceAll('\\', '/'))
  const stale = [...wanted].filter(([path, text]) => there.includes(path) && read(path) !== text).map(([path]) => path)
  const missing = [...wanted.keys()].filter((path) => !there.includes(path))
  const needless = there.filter((path) => !wanted.has(path))
  expect({ missing, stale, needless }, 'run `npm run docs` and commit what it writes').toEqual({
    missing: [],
    stale: [],
    needless: [],
  })
})

const read = (path: string): string => readFileSync(join(folder, path), 'utf8').replaceAll('\r\n', '\n')
