import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { modules } from '../../../src/modules/catalogue.ts'
import type { Module } from '../../../src/modules/kit/contract.ts'
import { type Fixture, readFixtures } from '../../../src/modules/kit/run-fixtures.ts'

export interface ModuleUnderTest {
  readonly type: string
  readonly module: Module
  /** Its folder's fixtures; none where what it reads or writes cannot be said in one. */
  readonly fixtures: readonly { readonly file: string; readonly fixture: Fixture }[]
  readonly fixtureFolder: URL
  /** The text of all of its tests. */
  readonly tests: string
  readonly testFiles: readonly string[]
}

const FAMILIES: Readonly<Record<string, string>> = {
  extract: 'extractors',
  transform: 'transformers',
  load: 'loaders',
}

/** Every module of the catalogue, with what lies beside it. */
export const modulesUnderTest: readonly ModuleUnderTest[] = modules.map((module) => {
  const { type } = module.descriptor
  const [kind = '', name = ''] = type.split('.')
  const folder = new URL(`../../../src/modules/${FAMILIES[kind]}/${name.replaceAll('_', '-')}/`, import.meta.url)
  const fixtureFolder = new URL('fixtures/', folder)
  const testFiles = readdirSync(folder).filter((file) => file.endsWith('.test.ts'))
  return {
    type,
    module,
    fixtureFolder,
    fixtures: existsSync(fixtureFolder) ? readFixtures(fixtureFolder) : [],
    testFiles,
    tests: testFiles.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n'),
  }
})
