import { randomFillSync, randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../kit/error-of.ts'
import { filesOf } from '../kit/project-file.ts'
import { openS3, type S3Session } from './client.ts'
import { S3Store } from './store.ts'

describeService('minio', 'Large objects of S3', (server) => {
  const folder = mkdtempSync(join(tmpdir(), 'logidata-s3-'))
  const prefix = `test-${randomUUID()}/`
  const Bucket = server.bucket
  const large = join(folder, 'large')
  const bytes = randomFillSync(Buffer.alloc(20 * 2 ** 20 + 7))
  let session: S3Session
  let store: S3Store
  const storeOf = (signal: AbortSignal) => new S3Store(session, signal)
  const unfinished = async (name: string) => {
    const { Uploads } = await session.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: name }))
    return Uploads?.length ?? 0
  }

  beforeAll(async () => {
    writeFileSync(large, bytes)
    const settings = {
      endpoint: server.endpoint,
      region: server.region,
      bucket: Bucket,
      path_style: true,
      access_key_id: server.accessKeyId,
    }
    const secrets = { secret_access_key: server.secretAccessKey }
    session = await openS3({ name: 'lake', type: 's3', settings, secrets }, filesOf(folder))
    store = storeOf(new AbortController().signal)
  })
  afterAll(async () => {
    for await (const page of store.list(prefix)) await store.remove(page.map(({ name }) => name))
    session.close()
    rmSync(folder, { recursive: true })
  })

  test('come and go in parts, to the byte; empty ones too', async () => {
    const empty = join(folder, 'empty')
    writeFileSync(empty, '')
    for (const [path, name] of [
      [large, `${prefix}large`],
      [empty, `${prefix}empty`],
    ] as const) {
      await store.put(path, name, { key: 'load 1' })
      expect(await store.keyOf(name)).toBe('load 1')
      const found = await store.find(name)
      const copy = join(folder, randomUUID())
      if (found) await store.fetch(found, copy)
      expect(readFileSync(copy).equals(readFileSync(path))).toBe(true)
    }
  })

  test('are refused where the name is taken, and leave no parts', async () => {
    const name = `${prefix}taken`
    await store.put(large, name, { ifAbsent: true })
    expect(await errorOf(store.put(large, name, { ifAbsent: true }))).toMatchObject({ code: 'target.exists' })
    // Both looked before either was there: the store itself refuses one.
    const race = `${prefix}race`
    const ends = await Promise.allSettled([
      store.put(large, race, { ifAbsent: true }),
      store.put(large, race, { ifAbsent: true }),
    ])
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await unfinished(race)).toBe(0)
  })

  test('that are cancelled leave nothing', async () => {
    const name = `${prefix}cancelled`
    const ending = new AbortController()
    const putting = errorOf(storeOf(ending.signal).put(large, name))
    setTimeout(() => ending.abort(), 20)
    expect(await putting).toMatchObject({ code: 'cancelled' })
    expect(await store.find(name)).toBeUndefined()
    expect(await unfinished(name)).toBe(0)
  })

  test('parts that a dead process left are cleared away where the name is our own', async () => {
    const name = `${prefix}left`
    const { UploadId } = await session.client.send(new CreateMultipartUploadCommand({ Bucket, Key: name }))
    const part = { Bucket, Key: name, UploadId, PartNumber: 1, Body: 'half' }
    await session.client.send(new UploadPartCommand(part))
    // It may be somebody's who is still at it.
    await store.put(large, name)
    expect(await unfinished(name)).toBe(1)
    await store.put(large, name, { own: true })
    expect(await unfinished(name)).toBe(0)
  })

  test('so are those that an attempt before noted that it had begun', async () => {
    const name = `${prefix}noted`
    const note = join(tmpdir(), `put-${randomUUID()}`)
    const { UploadId = '' } = await session.client.send(new CreateMultipartUploadCommand({ Bucket, Key: name }))
    await session.client.send(new CreateMultipartUploadCommand({ Bucket, Key: name }))
    writeFileSync(note, UploadId)
    await store.put(large, name, { note })
    expect([await unfinished(name), existsSync(note)]).toEqual([1, false])
  })
})
