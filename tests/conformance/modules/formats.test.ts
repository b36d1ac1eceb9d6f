import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { moduleInfos } from '../../../src/modules/catalogue.ts'
import { toErrorInfo } from '../../../src/shared/errors.ts'
import type { JsonValue } from '../../../src/shared/pipeline/document.ts'
import {
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../../../src/workers/testing/temporary-project.ts'
import { modulesUnderTest } from './catalogue.ts'
import { type Nodes, previewOf, type Rows, runNodes } from './engine.ts'
import { FORMATS, type Format, HTML } from './formats.ts'
import { SOURCES } from './real.ts'

// Every load writes what every extract reads again: names and values whole, on one thread and on several, or refused in words.

const projects: TemporaryProject[] = []
beforeAll(async () => {
  for (const threads of [1, 4]) {
    const own = await temporaryProject({ threads })
    cpSync(join(import.meta.dirname, '../../../resources/sample-project/data'), join(own.root, 'data'), {
      recursive: true,
    })
    projects.push(own)
  }
})
afterAll(async () => {
  for (const own of projects) await own.close()
})

const WITHOUT_FILES = ['extract.inline', 'extract.rows', 'extract.input']

it('no load and no extract of the catalogue is left out', () => {
  const tested = new Set(FORMATS.flatMap(({ load, extract }) => [load, extract]))
  // Over a connection there is no file; complete.test.ts asks for a real server.
  const types = modulesUnderTest
    .map(({ type }) => type)
    .filter((type) => !type.startsWith('transform.') && !connects(type))
  expect(types.filter((type) => !tested.has(type)).sort()).toEqual([...WITHOUT_FILES, 'extract.html'].sort())
})

const connects = (type: string): boolean =>
  moduleInfos().some((info) => info.type === type && info.fields.some(({ control }) => control === 'connection'))

const writing = (format: Format, source: TestNode): Nodes => ({
  source,
  load: {
    type: format.load,
    inputs: { in: 'source' },
    config: { path: `out/${format.file}`, ...format.write } as Record<string, JsonValue>,
  },
})
const reading = (format: Format, path = `out/${format.file}`): Nodes => ({
  read: { type: format.extract, config: { path, ...format.read } as Record<string, JsonValue> },
})
const read = (own: TemporaryProject, format: Format, path?: string) =>
  previewOf(own, reading(format, path), 'read', 'out')

/** By name, since some formats sort or leave out columns; an empty text and NULL are one where a format has one for both. */
function recordsOf({ columns, rows }: Rows, names: readonly string[], { pads }: Format): string[] {
  const places = names.map((name) => columns.findIndex((column) => column.name === name))
  return rows
    .map((row) => JSON.stringify(places.map((place) => (pads ? row[place]?.trim() : row[place]) || null)))
    .sort()
}

const HOSTILE = `SELECT * FROM (VALUES
  (1, 'plain', 'x', TRUE), (2, '"quoted"', 'a;b,c' || chr(9) || 'd', FALSE), (3, E'two\\nlines', E'\\r\\n', NULL),
  (4, '=1+1', '-- ; DROP', TRUE), (5, '<b>&amp;', ']]>', TRUE), (6, 'é📦日本', ' ', FALSE), (7, NULL, '', NULL),
  (9223372036854775807, 'NULL', 'true', TRUE), (-9223372036854775808, repeat('é', 20000), '{"a":1}', FALSE)
) AS t("a b", "select", "📦 é", "x")`

describe.each(FORMATS.map((format) => [`${format.load} and ${format.extract}`, format] as const))('%s', (_, format) => {
  it('keep real data, and a preview writes nothing', async () => {
    for (const own of projects) {
      const nodes = writing(format, SOURCES.customers ?? { type: '' })
      const source = await previewOf(own, nodes, 'source', 'out')
      expect(existsSync(join(own.root, 'out', format.file))).toBe(false)
      await runNodes(own, nodes)
      const again = await read(own, format)
      const names = again.columns.map(({ name }) => name)
      expect(names.length).toBeGreaterThanOrEqual(3)
      expect(source.columns.map(({ name }) => name)).toEqual(expect.arrayContaining(names))
      expect(recordsOf(again, names, format)).toEqual(recordsOf(source, names, format))
    }
  })

  it('keep hostile names and values, or refuse them in words', async () => {
    const [own] = projects
    if (!own) throw new Error('no project')
    const file = `hostile-${format.file}`
    const hostile = { ...format, file, write: withoutFields(format.write), read: withoutFields(format.read) }
    const nodes = writing(hostile, { type: 'transform.sql', config: { sql: HOSTILE } })
    const failure = await runNodes(own, nodes).then(
      () => undefined,
      (thrown: Error) => JSON.parse(thrown.message),
    )
    if (failure) {
      expect(failure.error).toMatchObject({ kind: 'user', code: expect.stringMatching(/^[a-z-]+\./) })
      expect(existsSync(join(own.root, 'out', file))).toBe(false)
      return
    }
    const source = await previewOf(own, nodes, 'source', 'out')
    const again = await read(own, hostile)
    const names = source.columns.map(({ name }) => name)
    const found = again.columns.map(({ name }) => name)
    expect(found).toEqual(format.renames ? names.map(() => expect.any(String)) : names)
    expect(recordsOf(again, found, format)).toEqual(recordsOf(source, names, format))
  })

  it('a file that is cut, emptied or not of the format is read or refused, never a fault of the program', async () => {
    const [own] = projects
    if (!own) throw new Error('no project')
    await runNodes(own, writing(format, SOURCES.customers ?? { type: '' }))
    await checkDamaged(own, format, readFileSync(join(own.root, 'out', format.file)))
  })
})

it('extract.html reads its tables, and damaged pages do no harm', async () => {
  const [own] = projects
  if (!own) throw new Error('no project')
  const format: Format = { load: '', extract: 'extract.html', file: 'a.html', write: {}, read: {} }
  own.write('out/a.html', HTML)
  expect((await read(own, format)).rows).toEqual([
    ['Luís', 'São Paulo'],
    ['Leonie', null],
  ])
  await checkDamaged(own, format, Buffer.from(HTML))
})

/** The hostile table has other columns. */
const withoutFields = ({ fields, template, pattern, ...rest }: Format['write']): Format['write'] => {
  if (fields)
    return {
      ...rest,
      fields: [
        { name: 'a b', width: 20 },
        { name: 'select', width: 50 },
      ],
    }
  if (template) return { ...rest, template: '{a b}|{select}|{📦 é}|{x}' }
  return pattern ? { ...rest, pattern: '^(?<a>[^|]*)\\|(.*)$' } : rest
}

async function checkDamaged(own: TemporaryProject, format: Format, bytes: Uint8Array): Promise<void> {
  const flipped = Uint8Array.from(bytes, (byte, index) => (index % 97 === 13 ? byte ^ 0x5a : byte))
  const damaged: Readonly<Record<string, Uint8Array>> = {
    empty: new Uint8Array(),
    half: bytes.subarray(0, Math.floor(bytes.length / 2)),
    'without its end': bytes.subarray(0, -1),
    'without its start': bytes.subarray(7),
    'flipped bits': flipped,
    zeros: new Uint8Array(5000),
    noise: Uint8Array.from({ length: 5000 }, (_, index) => (index * index * 31 + index * 7) % 251),
  }
  for (const [what, content] of Object.entries(damaged)) {
    const path = `damaged/${what.replaceAll(' ', '-')}-${format.file}`
    own.write(path, content)
    const result = await read(own, format, path).catch(toErrorInfo)
    if ('rows' in result) continue
    expect(result.kind, `${format.extract}, ${what}: ${result.code} ${result.message}`).toBe('user')
    expect(result.message, what).not.toBe('')
  }
}
