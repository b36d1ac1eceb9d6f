import { spawn } from 'node:child_process'
import { randomFillSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService, type ObjectStore } from '../../../../tests/services/services.ts'
import { errorOf } from '../kit/error-of.ts'
import { filesOf } from '../kit/project-file.ts'
import { openS3, type S3Session } from './client.ts'
import { S3Store } from './store.ts'
import { writeNote } from './upload-notes.ts'

describeService('minio', 'Large objects of S3', (server) => {
  const folder = mkdtempSync(join(tmpdir(), 'logidata-s3-'))
  const prefix = `test-${randomUUID()}/`
  const Bucket = server.bucket
  const large = join(folder, 'large')
  const small = join(folder, 'small')
  const bytes = randomFillSync(Buffer.alloc(20 * 2 ** 20 + 7))
  let session: S3Session
  let store: S3Store
  const storeOf = (signal: AbortSignal) => new S3Store(session, signal)
  const unfinished = async (name: string) => {
    const { Uploads } = await session.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: name }))
    return Uploads?.length ?? 0
  }

  const openedAt = (endpoint: string) => {
    const settings = {
      endpoint,
      region: server.region,
      bucket: Bucket,
      path_style: true,
      access_key_id: server.accessKeyId,
    }
    const secrets = { secret_access_key: server.secretAccessKey }
    return openS3({ name: 'lake', type: 's3', settings, secrets }, filesOf(folder))
  }

  beforeAll(async () => {
    writeFileSync(large, bytes)
    writeFileSync(small, bytes.subarray(0, 100_000))
    session = await openedAt(server.endpoint)
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

  test('a byte that changes on the way ends the load, and nothing is there', async () => {
    for (const [path, at] of [
      [large, 5_000_000],
      [large, 18_000_000],
      [small, 50_000],
    ] as const) {
      const name = `${prefix}flipped`
      const proxy = await flippingProxy(server, at)
      const through = await openedAt(`http://127.0.0.1:${proxy.port}`)
      const putting = new S3Store(through, new AbortController().signal).put(path, name)
      expect(await errorOf(putting)).toMatchObject({
        code: 'connection.lost',
        kind: 'operational',
        message: expect.stringContaining('another checksum'),
      })
      expect(proxy.flipped()).toBe(true)
      through.close()
      proxy.close()
      expect(await store.find(name)).toBeUndefined()
      expect(await unfinished(name)).toBe(0)
    }
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

  const begin = async (name: string) =>
    (await session.client.send(new CreateMultipartUploadCommand({ Bucket, Key: name }))).UploadId ?? ''

  test('so are those that an attempt before noted that it had begun', async () => {
    const name = `${prefix}noted`
    const note = join(folder, `put-${randomUUID().slice(0, 8)}-load`)
    const [upload] = [await begin(name), await begin(name)]
    await writeNote(note, [], upload)
    await store.put(large, name, { note })
    expect([await unfinished(name), existsSync(note)]).toEqual([1, false])
  })

  test.each([
    ['a large one', true],
    ['a small one', false],
  ])(
    'a kill -9 after the store began an upload and before its number was known: the next load ends it, also %s of another run',
    async (_what, isLarge) => {
      const name = `${prefix}killed-${isLarge}`
      const stem = `put-${randomUUID().slice(0, 8)}`
      const somebodys = await begin(name)
      const { port, close, begun } = await silentAfterBegin(server)
      const script = `
        import { openS3 } from ${JSON.stringify(new URL('./client.ts', import.meta.url).href)}
        import { S3Store } from ${JSON.stringify(new URL('./store.ts', import.meta.url).href)}
        const settings = { endpoint: 'http://127.0.0.1:${port}', region: '${server.region}', bucket: '${Bucket}', path_style: true, access_key_id: '${server.accessKeyId}' }
        const session = await openS3({ name: 'lake', type: 's3', settings, secrets: { secret_access_key: process.env.SECRET } }, {})
        await new S3Store(session, new AbortController().signal).put(${JSON.stringify(large)}, '${name}', { note: ${JSON.stringify(join(folder, `${stem}-first`))} })`
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        env: { ...process.env, SECRET: server.secretAccessKey },
        stdio: 'ignore',
      })
      await begun
      child.kill('SIGKILL')
      await once(child, 'exit')
      close()
      expect(await unfinished(name)).toBe(2)
      await store.put(isLarge ? large : small, name, { note: join(folder, `${stem}-second`) })
      expect(await unfinished(name)).toBe(1)
      expect(existsSync(join(folder, `${stem}-first`))).toBe(false)
      await session.client.send(new AbortMultipartUploadCommand({ Bucket, Key: name, UploadId: somebodys }))
    },
    60_000,
  )
})

/** Passes all on, but not the answer to the beginning of an upload. */
async function silentAfterBegin({ host, port }: ObjectStore) {
  let told = () => undefined as void
  const begun = new Promise<void>((resolve) => {
    told = resolve
  })
  const server = createNetServer((near) => {
    const far = connect({ host, port })
    let isBeginning = false
    near.on('data', (bytes) => {
      isBeginning ||= /^POST .*[?&]uploads/.test(bytes.toString('latin1', 0, 200))
      far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (isBeginning) told()
      else near.write(bytes)
    })
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as AddressInfo
  return { port: own, begun, close: () => server.close() }
}

/** Passes all on, and changes one byte of what is sent, the one at a place of all that any connection carries. */
async function flippingProxy({ host, port }: ObjectStore, place: number) {
  let seen = 0
  let flipped = false
  const server = createNetServer((near) => {
    const far = connect({ host, port })
    near.on('data', (bytes) => {
      // Not in a head: those are small, parts come in large pieces.
      const index = place - seen
      if (!flipped && bytes.length > 10_000 && index < bytes.length) {
        const at = Math.max(index, bytes.length - 100)
        bytes[at] = (bytes[at] ?? 0) ^ 1
        flipped = true
      }
      seen += bytes.length
      far.write(bytes)
    })
    far.pipe(near)
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as AddressInfo
  return { port: own, flipped: () => flipped, close: () => server.close() }
}

/** A store that takes parts, and does or does not say what their checksum is. */
async function takingStore(tells: boolean) {
  const parts: string[] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { 'x-amz-checksum-crc32': crc = '', 'x-amz-content-sha256': sha = '' } = request.headers
      if (request.method === 'PUT') {
        parts.push(sha === 'UNSIGNED-PAYLOAD' ? 'crc' : 'sha')
        response.writeHead(200, { etag: '"e"', ...(tells ? { 'x-amz-checksum-crc32': String(crc) } : {}) }).end()
      } else if (request.url?.includes('uploadId'))
        response.end('<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>')
      else if (request.method === 'POST')
        response.end('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>')
      else response.end('<ListMultipartUploadsResult></ListMultipartUploadsResult>')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  return { endpoint, parts, close: () => server.close() }
}

test.each([
  ['a store that says which CRC32 it found is not asked for more', true, true, ['crc', 'crc', 'crc']],
  ['a store that does not gets a SHA-256, too', false, true, ['crc', 'crc', 'crc', 'sha', 'sha', 'sha']],
  ['where others can listen in, all is signed', true, false, ['sha', 'sha', 'sha']],
] as const)('%s', async (_title, tells, isPrivate, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'logidata-s3-'))
  const path = join(folder, 'large')
  writeFileSync(path, Buffer.alloc(40 * 2 ** 20))
  const taking = await takingStore(tells)
  const settings = { endpoint: taking.endpoint, region: 'r', bucket: 'b', path_style: true, access_key_id: 'me' }
  const opened = await openS3(
    { name: 'lake', type: 's3', settings, secrets: { secret_access_key: 's' } },
    filesOf(folder),
  )
  expect(opened.isPrivate).toBe(true)
  try {
    await new S3Store({ ...opened, isPrivate }, new AbortController().signal).put(path, 'o')
    expect(taking.parts.toSorted()).toEqual(expected)
  } finally {
    opened.close()
    taking.close()
    rmSync(folder, { recursive: true })
  }
})

test.each([
  ['http://10.0.0.5:9000', false],
  ['http://127.0.0.1.example.com', false],
  ['http://localhost:9000', true],
  ['http://[::1]:9000', true],
  ['https://minio.example.com', true],
])('%s: nobody on the way can change what is sent: %s', async (endpoint, expected) => {
  const settings = { endpoint, region: 'r', bucket: 'b', access_key_id: 'me' }
  const opened = await openS3({ name: 'l', type: 's3', settings, secrets: { secret_access_key: 's' } }, filesOf('.'))
  expect(opened.isPrivate).toBe(expected)
  opened.close()
})
