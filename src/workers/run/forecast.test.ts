import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { service } from '../../../tests/services/services.ts'
import { filesOf } from '../../modules/connectors/kit/project-file.ts'
import { openS3 } from '../../modules/connectors/s3/client.ts'
import { S3Store } from '../../modules/connectors/s3/store.ts'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'
import type { JsonValue, PipelineNode } from '../../shared/pipeline/document.ts'
import { never, type TemporaryProject, temporaryProject } from '../testing/temporary-project.ts'
import { runNodes } from './testing.ts'

const rows = (sql: string): PipelineNode => ({ type: 'transform.sql', config: { sql } })
const YEARS = "SELECT 2024 AS year, 'a' AS name UNION ALL SELECT 2025, 'b'"

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
})
afterAll(() => own.close())

async function forecastOf(load: PipelineNode, sql = YEARS, connections = {}) {
  const nodes = { from: rows(sql), out: { ...load, inputs: { in: 'from' } } }
  const { events, finished } = await runNodes(own, nodes, { dry: true, connections, runId: randomUUID() })
  const told = events.find((event) => event.kind === 'forecast')
  return told?.kind === 'forecast' ? told.forecast : finished?.error
}

describe('a dry run of files in the project', () => {
  let folder: string
  beforeEach(async () => {
    folder = randomUUID()
    await mkdir(join(own.root, folder, 'parts'), { recursive: true })
    await writeFile(join(own.root, folder, 'there.csv'), 'year,name\n2020,z\n')
    for (const name of ['1.parquet', '2.parquet']) await writeFile(join(own.root, folder, 'parts', name), 'x')
  })
  const csv = (path: string, mode: string): PipelineNode => ({
    type: 'load.csv',
    config: { path: `${folder}/${path}`, mode },
  })

  test('tells what becomes of a file, and leaves it', async () => {
    expect(await forecastOf(csv('new.csv', 'fail'))).toEqual({
      rows: { new: '2', changed: '0', deleted: '0', unchanged: '0' },
      columns: [],
      creates: true,
    })
    expect(await forecastOf(csv('there.csv', 'overwrite'))).toEqual({
      rows: { new: '2' },
      columns: [],
      creates: false,
      files: { replaced: 1, kept: 0 },
    })
    expect(await forecastOf(csv('there.csv', 'append'))).toEqual({
      rows: { new: '2', changed: '0', deleted: '0' },
      columns: [],
      creates: false,
      files: { replaced: 0, kept: 1 },
    })
    expect(await forecastOf(csv('there.csv', 'fail'))).toMatchObject({ code: 'target.exists' })
    expect(await readFile(join(own.root, folder, 'there.csv'), 'utf8')).toBe('year,name\n2020,z\n')
    expect((await readdir(join(own.root, folder))).sort()).toEqual(['parts', 'there.csv'])
  })

  test('tells how many files of a folder go', async () => {
    const load = { type: 'load.parquet', config: { path: `${folder}/parts/`, mode: 'overwrite' } }
    expect(await forecastOf(load)).toMatchObject({ creates: false, files: { replaced: 2, kept: 0 } })
  })
})

const minio = service('minio')
const sftp = service('sftp')
interface Store {
  readonly connection: ResolvedConnection
  /** Where tests may write. */
  readonly root: string
  readonly remove: (folder: string) => Promise<void>
}
const STORES: Record<string, Store | undefined> = {
  s3: minio && {
    connection: {
      name: 'store',
      type: 's3',
      settings: {
        endpoint: minio.endpoint,
        region: minio.region,
        bucket: minio.bucket,
        path_style: true,
        access_key_id: minio.accessKeyId,
      },
      secrets: { secret_access_key: minio.secretAccessKey },
    },
    root: 'test-forecast/',
    remove: removeObjects,
  },
  sftp: sftp && {
    connection: {
      name: 'store',
      type: 'sftp',
      settings: {
        host: sftp.host,
        port: sftp.port,
        user: sftp.user,
        host_keys: [sftp.hostKey],
        folder: sftp.root,
      },
      secrets: { private_key: await readFile(sftp.privateKey, 'utf8') },
    },
    root: 'incoming/',
    remove: (folder) => rm(join(sftp.root, folder), { recursive: true, force: true }),
  },
}

async function removeObjects(folder: string): Promise<void> {
  const session = await openS3(STORES.s3?.connection as ResolvedConnection, filesOf(own.root))
  const store = new S3Store(session, never)
  for await (const page of store.list(folder)) await store.remove(page.map(({ name }) => name))
  session.close()
}

describe.each(Object.entries(STORES))('a dry run of files behind a connection: %s', (type, store) => {
  const load = (path: string, more: Record<string, JsonValue> = {}): PipelineNode => ({
    type: `load.${type}`,
    config: { connection: 'store', path: `${store?.root}${folder}${path}`, ...more },
  })
  const connections = store && { store: store.connection }
  const run = (node: PipelineNode) =>
    runNodes(
      own,
      { from: rows(YEARS), out: { ...node, inputs: { in: 'from' } } },
      { connections: connections ?? {}, runId: randomUUID() },
    )
  const told = (node: PipelineNode, sql?: string) => forecastOf(node, sql, connections)
  let folder: string
  beforeEach(() => {
    folder = `${randomUUID()}/`
  })

  afterEach(() => store?.remove(`${store.root}${folder}`))

  test.skipIf(!store)('tells what becomes of a file', async () => {
    const made = { rows: { new: '2', changed: '0', deleted: '0', unchanged: '0' }, columns: [], creates: true }
    const none = { replaced: 0, kept: 0 }
    expect(await told(load('a.csv'))).toEqual({ ...made, files: none })
    // Nothing was put there, or it would not be made again.
    expect(await told(load('a.csv', { mode: 'fail' }))).toEqual({ ...made, files: none })
    await run(load('a.csv'))
    expect(await told(load('a.csv'))).toEqual({
      rows: { new: '2' },
      columns: [],
      creates: false,
      files: { replaced: 1, kept: 0 },
    })
    expect(await told(load('a.csv', { mode: 'fail' }))).toMatchObject({ code: 'target.exists' })
  })

  test.skipIf(!store)('tells which partitions of a folder go and which stay', async () => {
    const parts = { partition_by: ['year'] }
    await run(load('', parts))
    const one = 'SELECT 2025 AS year, 7 AS name'
    expect(await told(load('', { ...parts, mode: 'overwrite_partitions' }), one)).toMatchObject({
      rows: { new: '1' },
      creates: false,
      files: { replaced: 1, kept: 1 },
    })
    expect(await told(load('', { ...parts, mode: 'append' }), one)).toMatchObject({
      rows: { new: '1', changed: '0', deleted: '0' },
      files: { replaced: 0, kept: 2 },
    })
    expect(await told(load('', { ...parts, mode: 'fail' }), one)).toMatchObject({ code: 'target.exists' })
    const staged = await readdir(join(own.root, '.logidata/staging'))
    expect(staged.filter((name) => name.startsWith('upload'))).toEqual([])
  })
})

test('a target that is not looked into is not said to be there or not', async () => {
  const api = { name: 'api', type: 'http', settings: { base_url: 'http://127.0.0.1:9/' }, secrets: {} }
  const load = { type: 'load.rest', config: { connection: 'api', path: 'orders' } }
  expect(await forecastOf(load, YEARS, { api } as never)).toEqual({ rows: { new: '2' }, columns: [] })
})
