import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { failure, SALES } from './testing/app-fixtures.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { TestApp } from './testing/test-app.ts'

const own = TestApp.forEachTest()

async function documentOf(path = 'pipelines/sales.pipeline.yaml') {
  const { document, revision } = await own.app.call('pipeline.read', { path })
  if (!document) throw new Error('no document')
  return { document, revision }
}

describe('the project', () => {
  test('lists its pipelines by the names in them, at the own.root and in pipelines/', async () => {
    await writeFile(join(own.root, 'b.pipeline.yaml'), 'name: >\n  folded\n')
    await writeFile(join(own.root, 'pipelines/.x.pipeline.yaml'), SALES)
    await writeFile(join(own.root, 'pipelines/notes.yaml'), SALES)
    const { pipelines, name, sample } = await own.app.call('project.current', {})
    expect(pipelines.map(({ path, name: title }) => [path, title])).toEqual([
      ['b.pipeline.yaml', 'b'],
      ['pipelines/sales.pipeline.yaml', 'Sales: all'],
    ])
    expect([name, sample]).toEqual(['Project', false])
  })

  test('tells every watcher of a change on disk, by whatever program', async () => {
    const seen = own.app.stream('project.watch', {})[Symbol.asyncIterator]()
    expect((await seen.next()).value?.pipelines).toHaveLength(1)
    await sleep(200)
    await writeFile(join(own.root, 'pipelines/second.pipeline.yaml'), SALES)
    expect((await seen.next()).value?.pipelines).toHaveLength(2)
    await rm(join(own.root, 'pipelines/second.pipeline.yaml'))
    expect((await seen.next()).value?.pipelines).toHaveLength(1)
    await seen.return?.()
  })

  test('another folder can be opened, and watchers hear of it', async () => {
    const seen = own.app.stream('project.watch', {})[Symbol.asyncIterator]()
    await seen.next()
    const other = await temporaryFolder()
    expect((await own.app.call('project.open', { root: other })).root).toBe(other)
    expect((await seen.next()).value?.root).toBe(other)
    expect((await own.app.call('project.current', {})).root).toBe(other)
    await seen.return?.()
  })

  test('a folder that is not there, or is a file, is refused and changes nothing', async () => {
    expect((await failure(own.app.call('project.open', { root: join(own.root, 'nothing') }))).code).toBe(
      'file.not-found',
    )
    const file = join(own.root, 'pipelines/sales.pipeline.yaml')
    expect((await failure(own.app.call('project.open', { root: file }))).code).toBe('project.not-folder')
    expect((await own.app.call('project.current', {})).root).toBe(own.root)
  })

  test('without a folder it is the one that was opened last, and the sample once that is gone', async () => {
    const other = `${own.root} two`
    await mkdir(other)
    own.app = await own.start('')
    expect((await own.app.call('project.current', {})).root).toBe(own.root)
    await own.app.call('project.open', { root: other })
    own.app = await own.start('')
    expect(await own.app.call('project.current', {})).toMatchObject({ root: other, sample: false })
    await rm(other, { recursive: true })
    own.app = await own.start('')
    expect((await own.app.call('project.current', {})).sample).toBe(true)
  })

  test('before any was opened it is a copy of the sample project, made once', async () => {
    own.dataDirectory = `${own.dataDirectory} of another person`
    own.app = await own.start('')
    const project = await own.app.call('project.current', {})
    expect(project.root).toBe(join(own.dataDirectory, 'sample-project'))
    expect(project.sample).toBe(true)
    await writeFile(join(project.root, 'pipelines/mine.pipeline.yaml'), SALES)
    own.app = await own.start('')
    expect((await own.app.call('project.current', {})).pipelines.map(({ path }) => path)).toContain(
      'pipelines/mine.pipeline.yaml',
    )
  })

  test('finds data files by a part of their path', async () => {
    for (const name of ['data/a.csv', 'data/more/b.parquet', 'data/c.json.gz', 'data/readme.md', 'out.ndjson'])
      await writeFile(join(own.root, name), 'x')
    const find = async (contains: string) => (await own.app.call('project.files', { contains })).map(({ path }) => path)
    expect(await find('')).toEqual(['data/a.csv', 'data/c.json.gz', 'data/more/b.parquet', 'out.ndjson'])
    expect(await find('MORE')).toEqual(['data/more/b.parquet'])
  })

  test('folders are listed to choose from', async () => {
    const { path, parent, folders } = await own.app.call('folders.list', { path: own.root })
    expect({ path, parent, folders }).toEqual({
      path: own.root,
      parent: join(own.root, '..'),
      folders: ['data', 'pipelines'],
    })
    expect((await failure(own.app.call('folders.list', { path: 'data' }))).code).toBe('folder.not-absolute')
    expect((await failure(own.app.call('folders.list', { path: join(own.root, 'x') }))).code).toBe('file.not-found')
  })
})

describe('a pipeline file', () => {
  const path = 'pipelines/sales.pipeline.yaml'

  test('is read, changed and saved with its comments', async () => {
    const { document, revision } = await documentOf()
    const saved = await own.app.call('pipeline.save', { path, revision, document: { ...document, description: 'New' } })
    const text = await readFile(join(own.root, path), 'utf8')
    expect(text).toContain('# who asked for this: finance')
    expect(text).toContain('# ours')
    expect(text).toContain('description: New')
    expect((await own.app.call('pipeline.read', { path })).revision).toBe(saved.revision)
    expect(saved.revision).not.toBe(revision)
  })

  test('that could be read only in part is not saved over', async () => {
    const { document } = await documentOf()
    const broken = `${SALES}\nmisspelt: true\n`
    await writeFile(join(own.root, path), broken)
    const { revision } = await own.app.call('pipeline.read', { path })
    expect((await failure(own.app.call('pipeline.save', { path, revision, document }))).code).toBe(
      'pipeline.incomplete',
    )
    expect(await readFile(join(own.root, path), 'utf8')).toBe(broken)
  })

  test('that somebody changed meanwhile is not overwritten', async () => {
    const { document, revision } = await documentOf()
    await writeFile(join(own.root, path), `${SALES}\n# mine`)
    expect((await failure(own.app.call('pipeline.save', { path, revision, document }))).code).toBe('pipeline.conflict')
    expect(await readFile(join(own.root, path), 'utf8')).toBe(`${SALES}\n# mine`)
    await rm(join(own.root, path))
    expect((await failure(own.app.call('pipeline.save', { path, revision, document }))).code).toBe('pipeline.conflict')
    expect(existsSync(join(own.root, path))).toBe(false)
  })

  test('saved by two windows at once is changed by one of them', async () => {
    const { document, revision } = await documentOf()
    const save = (description: string) =>
      own.app.call('pipeline.save', { path, revision, document: { ...document, description } })
    const results = await Promise.allSettled([save('one'), save('two')])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('that cannot be read as a pipeline says where and why, and keeps its text', async () => {
    await writeFile(join(own.root, path), 'format: logidata/v1\nname: x\nnodes: [1, 2\n')
    const file = await own.app.call('pipeline.read', { path })
    expect(file.document).toBeUndefined()
    expect(file.text).toContain('nodes: [1, 2')
    expect(file.problems[0]?.position?.line).toBeGreaterThan(0)
  })

  test('of other than UTF-8 bytes is an error for people', async () => {
    await writeFile(join(own.root, path), Buffer.from([0x6e, 0xe9, 0xff]))
    expect((await failure(own.app.call('pipeline.read', { path }))).code).toBe('pipeline.encoding')
  })

  test.each([
    '../outside.pipeline.yaml',
    '/etc/outside.pipeline.yaml',
    'pipelines/../../outside.pipeline.yaml',
    'linked/outside.pipeline.yaml',
  ])('%s is outside the project, for reading and for writing', async (outside) => {
    const { document, revision } = await documentOf()
    await writeFile(join(own.root, '../outside.pipeline.yaml'), SALES)
    await symlink(join(own.root, '..'), join(own.root, 'linked'))
    const codes = await Promise.all([
      failure(own.app.call('pipeline.read', { path: outside })),
      failure(own.app.call('pipeline.save', { path: outside, revision, document })),
      failure(own.app.call('pipeline.remove', { path: outside })),
    ])
    expect(codes.map(({ code }) => code)).toEqual(Array(3).fill('file.outside-project'))
    expect(existsSync(join(own.root, '../outside.pipeline.yaml'))).toBe(true)
  })

  test('must be named as one', async () => {
    await writeFile(join(own.root, 'data/a.csv'), 'x')
    for (const other of ['data/a.csv', '.logidata/x.pipeline.yaml', 'data/.pipeline.yaml'])
      expect((await failure(own.app.call('pipeline.read', { path: other }))).code).toBe('pipeline.path')
  })

  test('is created under a name of its own', async () => {
    const first = await own.app.call('pipeline.create', { name: 'Été, par pays (€)' })
    const second = await own.app.call('pipeline.create', { name: 'Été, par pays (€)' })
    expect([first.path, second.path]).toEqual([
      'pipelines/ete-par-pays.pipeline.yaml',
      'pipelines/ete-par-pays-2.pipeline.yaml',
    ])
    expect(first.document).toMatchObject({ name: 'Été, par pays (€)', nodes: {} })
    expect((await own.app.call('pipeline.create', { name: '../../売上' })).path).toBe(
      'pipelines/pipeline.pipeline.yaml',
    )
    // With steps, under its own name and never over a file that is there.
    const document = { format: 'logidata/v1', name: 'x', nodes: { a: { type: 'extract.inline' } } } as const
    const third = await own.app.call('pipeline.create', { name: 'Été, par pays (€)', document })
    expect(third).toMatchObject({ path: 'pipelines/ete-par-pays-3.pipeline.yaml', document: { nodes: document.nodes } })
    expect(third.document?.name).toBe('Été, par pays (€)')
  })

  test('that is removed can be taken back from the trash', async () => {
    await own.app.call('pipeline.remove', { path })
    expect((await own.app.call('project.current', {})).pipelines).toEqual([])
    const [kept] = await readdir(join(own.root, '.logidata/trash'))
    expect(await readFile(join(own.root, '.logidata/trash', String(kept)), 'utf8')).toBe(SALES)
    expect((await failure(own.app.call('pipeline.remove', { path }))).code).toBe('file.not-found')
  })
})

describe('what the engine is asked', () => {
  test('names the project, and only the variables that were granted', async () => {
    const { document } = await documentOf()
    await own.app.call('draft.analyse', { document })
    await own.app.call('draft.preview', { document, nodeId: 'sales', limit: 5 })
    expect(own.engine.requests.map(({ method }) => method)).toEqual(['analyse', 'preview'])
    for (const { input } of own.engine.requests)
      expect(input).toMatchObject({ projectRoot: own.root, env: { LOGIDATA_FILE: 'sales', GRANTED: 'given' } })
    expect(JSON.stringify(own.engine.requests)).not.toContain('hidden')
  })

  test('its state and memory are told', async () => {
    expect(await own.app.call('engine.status', {})).toEqual({
      state: 'ready',
      restarts: 0,
      memoryBytes: 10,
      memoryLimitBytes: 20,
    })
  })
})

test('settings are changed key by key; what is no setting is refused', async () => {
  await own.app.call('settings.write', { theme: 'dark' })
  expect((await own.app.call('settings.write', { language: 'fr' })).theme).toBe('dark')
  expect((await failure(own.app.call('settings.write', { theme: 'pink' as 'dark' }))).code).toBe('rpc.invalid-input')
})

test('a project folder that vanishes is an operational error', async () => {
  await rename(own.root, `${own.root}-away`)
  expect(await failure(own.app.call('project.current', {}))).toMatchObject({
    code: 'file.not-found',
    kind: 'operational',
  })
})
