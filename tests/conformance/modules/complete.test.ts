import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { moduleInfos } from '../../../src/modules/catalogue.ts'
import { modulesUnderTest } from './catalogue.ts'
import { FORMATS } from './formats.ts'
import { REAL } from './real.ts'

// What every module of the catalogue must have, so that none comes in without it. That it holds is told by the tests beside this one.

const shared = ['properties.test.ts', 'row-steps.property.test.ts']
  .map((name) => readFileSync(new URL(`../../../src/modules/transformers/${name}`, import.meta.url), 'utf8'))
  .join('\n')

const modulesFolder = new URL('../../../src/modules/', import.meta.url)
/** Tests of modules that talk to a real server. */
const serviceTests = readdirSync(modulesFolder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name.replaceAll('\\', '/'), modulesFolder), 'utf8'))
  .filter((text) => /\bdescribeService\(|\bcreateServer\(/.test(text))
const engineFolder = new URL('../../../src/workers/sources/', import.meta.url)
/** Of those whose tests need runs and previews. */
const engineTests = readdirSync(engineFolder)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, engineFolder), 'utf8'))
  .filter((text) => text.includes('describeService('))

const icons = readFileSync(new URL('../../../src/renderer/icons/icons.ts', import.meta.url), 'utf8')

/** Modules whose tests need a whole engine, and the file that has them. */
const IN_THE_ENGINE: Readonly<Record<string, string>> = {
  'transform.script': 'hostile.test.ts',
  'transform.pipeline': 'hostile.test.ts',
}
/** Steps that change no row, or whose rows are what a person's program says. */
const NO_REFERENCE = new Set(['transform.output', 'transform.pipeline', 'transform.script'])
/** Steps whose fixtures cannot be said as tables in and tables out. */
const NO_FIXTURES = new Set(['transform.output', 'transform.pipeline', 'transform.script'])

describe.each(modulesUnderTest.map((each) => [each.type, each] as const))('%s has', (type, each) => {
  const kind = type.split('.')[0]
  // What it reads or writes is a system outside: tests talk to a real one.
  const connects = moduleInfos().some(
    (info) => info.type === type && info.fields.some(({ control }) => control === 'connection'),
  )

  it('a case on real data', () => {
    if (connects)
      expect(
        serviceTests.some(
          (text) =>
            each.tests.includes(text) ||
            text.includes(`'../${type.split('.')[1]?.replaceAll('_', '-')}/implementation.ts'`),
        ) || engineTests.some((text) => text.includes(`'${type}'`)),
      ).toBe(true)
    else if (kind === 'transform') expect(Object.keys(REAL)).toContain(type)
    else if (!['extract.inline', 'extract.rows', 'extract.input', 'extract.html'].includes(type))
      expect(FORMATS.flatMap(({ load, extract }) => [load, extract])).toContain(type)
    else expect(each.fixtures.length).toBeGreaterThan(0)
  })

  it('fixtures of what it gives and of what it refuses', () => {
    if (connects || kind !== 'transform' || NO_FIXTURES.has(type)) return
    expect(each.fixtures.filter(({ fixture }) => fixture.expect).length).toBeGreaterThan(0)
    expect(
      each.fixtures.filter(({ fixture }) => fixture.error).length + Number(/code:|toMatchObject/.test(each.tests)),
    ).toBeGreaterThan(0)
  })

  it('hostile input', () => {
    if (connects || kind !== 'transform') return
    if (IN_THE_ENGINE[type]) expect(readFileSync(new URL(IN_THE_ENGINE[type], import.meta.url), 'utf8')).toContain(type)
    else expect(each.tests).toMatch(/\brunHostile\(/)
  })

  it('a reference that it is compared with, when it is relational', () => {
    if (connects || kind !== 'transform' || NO_REFERENCE.has(type)) return
    const name = type.split('.')[1]?.replaceAll('_', '-')
    expect(each.tests.includes("from 'fast-check'") || shared.includes(`'./${name}/implementation.ts'`)).toBe(true)
  })

  it('a page with an example in both languages, an icon, and words to find it by', () => {
    const info = moduleInfos().find((found) => found.type === type)
    expect(info?.example && Object.keys(info.example).length + Number(info.fields.length === 0)).toBeGreaterThan(0)
    expect(info?.keywords.length).toBeGreaterThanOrEqual(3)
    for (const folder of ['', 'fr/']) {
      const page = readFileSync(new URL(`../../../docs/modules/${folder}${type}.md`, import.meta.url), 'utf8')
      expect(page).toContain('```yaml')
    }
    expect(icons).toMatch(new RegExp(`^ +'?${info?.icon}'?[:,]`, 'm'))
  })
})

it('no case is of a module that is gone', () => {
  const types = new Set(modulesUnderTest.map(({ type }) => type))
  expect(Object.keys(REAL).filter((type) => !types.has(type))).toEqual([])
})
