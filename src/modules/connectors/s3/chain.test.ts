import { randomFillSync, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../kit/error-of.ts'
import { filesOf } from '../kit/project-file.ts'
import { openS3 } from './client.ts'
import { S3Store } from './store.ts'

const ROLE = 'arn:aws:iam::123456789012:role/reader'

/** What an endpoint of metadata and STS give: a key for a while. */
interface Key {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: string
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** A server of the test's own on the loopback. @returns its address */
async function serve(handle: Handler): Promise<string> {
  const server = createServer((asked, response) => {
    const chunks: Buffer[] = []
    asked.on('data', (chunk: Buffer) => chunks.push(chunk))
    asked.on('end', () => handle(asked, response, Buffer.concat(chunks).toString('latin1')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const json = ({ accessKeyId, secretAccessKey, sessionToken, expiration }: Key, more: object = {}) =>
  JSON.stringify({
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration,
    ...more,
  })

describeService('minio', 'Who the AWS tools of this computer are', (server) => {
  const folder = mkdtempSync(join(tmpdir(), 'logidata-chain-'))
  let names = 0
  /** A file of a name of its own: the SDK remembers what it has read by the path. */
  const file = (text: string) => {
    const path = join(folder, `file-${names++}`)
    writeFileSync(path, text)
    return path
  }
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
    vi.stubEnv('AWS_CONFIG_FILE', file(''))
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file(''))
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  })
  afterEach(() => vi.unstubAllEnvs())

  const open = async (settings: Record<string, string> = {}, endpoint = server.endpoint) => {
    const all = { endpoint, region: server.region, bucket: server.bucket, path_style: true, credentials: 'chain' }
    const session = await openS3(
      { name: 'lake', type: 's3', settings: { ...all, ...settings }, secrets: {} },
      filesOf(folder),
    )
    onTestFinished(() => session.close())
    return new S3Store(session, new AbortController().signal)
  }
  const isIn = async (settings: Record<string, string> = {}, endpoint?: string) => {
    for await (const page of (await open(settings, endpoint)).list('csv/album')) return page.length === 1
    return false
  }
  const why = async (settings: Record<string, string> = {}, endpoint?: string) => errorOf(isIn(settings, endpoint))
  const own = `aws_access_key_id = ${server.accessKeyId}\naws_secret_access_key = ${server.secretAccessKey}\n`

  let given: Omit<Key, 'expiration'>[]
  /** Keys that MinIO's STS really gives. */
  beforeAll(async () => {
    vi.stubEnv(
      'AWS_CONFIG_FILE',
      file(`[profile base]\n${own}[profile role]\nrole_arn = ${ROLE}\nsource_profile = base\n`),
    )
    vi.stubEnv('AWS_ENDPOINT_URL_STS', server.endpoint)
    given = await Promise.all(
      // Several requests at once may each find that a key has ended.
      Array.from({ length: 8 }, async () => {
        const client = new S3Client({ region: server.region, profile: 'role' })
        const { accessKeyId, secretAccessKey, sessionToken = '' } = await client.config.credentials()
        return { accessKeyId, secretAccessKey, sessionToken }
      }),
    )
    vi.unstubAllEnvs()
  })
  const keyOf = (index = 0, lives = 3_600_000): Key => {
    const key = given[index % given.length]
    if (!key) throw new Error('no key')
    return { ...key, expiration: new Date(Date.now() + lives).toISOString() }
  }

  test('the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', server.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', server.secretAccessKey)
    expect(await isIn()).toBe(true)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong-7f3a')
    expect(await why()).toMatchObject({ code: 'connection.login' })
    const key = keyOf()
    vi.stubEnv('AWS_ACCESS_KEY_ID', key.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', key.secretAccessKey)
    expect(await why()).toMatchObject({ code: expect.stringMatching(/^connection\.(login|rights)$/) })
    vi.stubEnv('AWS_SESSION_TOKEN', key.sessionToken)
    expect(await isIn()).toBe(true)
  })

  test('the shared files, by profiles', async () => {
    vi.stubEnv(
      'AWS_SHARED_CREDENTIALS_FILE',
      file(`[default]\n${own}[other]\naws_access_key_id = x\naws_secret_access_key = y\n`),
    )
    vi.stubEnv('AWS_CONFIG_FILE', file(`[profile lake]\n${own}`))
    expect(await isIn()).toBe(true)
    expect(await isIn({ profile: 'lake' })).toBe(true)
    expect(await why({ profile: 'other' })).toMatchObject({ code: 'connection.login' })
    expect(await why({ profile: 'nobody' })).toMatchObject({
      code: 'connection.login',
      message: expect.stringContaining('no profile “nobody”'),
    })
  })

  test('a role, which the STS of MinIO gives; one that is refused is told as that', async () => {
    const config = `[profile base]\n${own}[profile role]\nrole_arn = ${ROLE}\nsource_profile = base\nregion = us-east-1\n[profile stranger]\naws_access_key_id = x\naws_secret_access_key = stranger-7f3a\n[profile refused]\nrole_arn = ${ROLE}\nsource_profile = stranger\nregion = us-east-1\n`
    vi.stubEnv('AWS_CONFIG_FILE', file(config))
    vi.stubEnv('AWS_ENDPOINT_URL_STS', server.endpoint)
    const seen: string[] = []
    expect(await isIn({ profile: 'role' }, await gateway(server.endpoint, (key) => seen.push(key) < 0))).toBe(true)
    // Not the key of the profile: one that was given for it.
    expect(new Set(seen).size).toBe(1)
    expect(seen[0]).not.toBe(server.accessKeyId)
    const refused = await why({ profile: 'refused' })
    expect(refused).toMatchObject({
      code: 'connection.login',
      message: expect.stringMatching(/^AWS refuses the role of profile “refused” for “lake”: /),
    })
    expect(JSON.stringify(refused)).not.toContain('7f3a')
  })

  test('a role for a token file (web identity)', async () => {
    const key = keyOf()
    const asked: URLSearchParams[] = []
    const sts = await serve((_asked, response, body) => {
      const form = new URLSearchParams(body)
      asked.push(form)
      if (form.get('WebIdentityToken') !== 'a.right.token') {
        response.writeHead(400, { 'content-type': 'text/xml' })
        response.end(
          '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>no</Message></Error></ErrorResponse>',
        )
        return
      }
      response.setHeader('content-type', 'text/xml')
      response.end(
        `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${key.accessKeyId}</AccessKeyId><SecretAccessKey>${key.secretAccessKey}</SecretAccessKey><SessionToken>${key.sessionToken}</SessionToken><Expiration>${key.expiration}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
      )
    })
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts)
    vi.stubEnv('AWS_ROLE_ARN', ROLE)
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', file('a.right.token'))
    expect(await isIn()).toBe(true)
    expect(asked[0]?.get('Action')).toBe('AssumeRoleWithWebIdentity')
    expect(asked[0]?.get('RoleArn')).toBe(ROLE)
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', file('an.old.token'))
    const refused = await why()
    expect(refused).toMatchObject({
      code: 'connection.login',
      message: expect.stringContaining('InvalidIdentityToken'),
    })
    expect(JSON.stringify(refused)).not.toContain('an.old.token')
  })

  test('the container, whose token is asked for', async () => {
    const key = keyOf()
    const container = await serve((asked, response) => {
      if (asked.headers.authorization !== 'pod-token')
        response.writeHead(401).end('{"code":"Unauthorized","message":"no"}')
      else response.setHeader('content-type', 'application/json').end(json(key))
    })
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${container}/v1/credentials`)
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', file('pod-token'))
    expect(await isIn()).toBe(true)
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', file('another'))
    expect(await why()).toMatchObject({ code: 'connection.login' })
  })

  test('the machine, by the second version of its metadata', async () => {
    const key = keyOf()
    const asked: string[] = []
    const metadata = await serve((given, response) => {
      asked.push(`${given.method} ${given.url}`)
      if (given.method === 'PUT' && given.url === '/latest/api/token') response.end('session')
      else if (given.headers['x-aws-ec2-metadata-token'] !== 'session') response.writeHead(401).end()
      else if (given.url === '/latest/meta-data/iam/security-credentials/') response.end('reader')
      else if (given.url === '/latest/meta-data/iam/security-credentials/reader')
        response.end(json(key, { Code: 'Success', Type: 'AWS-HMAC', LastUpdated: new Date().toISOString() }))
      else response.writeHead(404).end()
    })
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined)
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', metadata)
    expect(await isIn()).toBe(true)
    expect(asked[0]).toBe('PUT /latest/api/token')
  })

  test('nobody: what was looked at is said', async () => {
    const error = await why()
    expect(error).toMatchObject({
      code: 'connection.login',
      kind: 'user',
      message: 'The AWS tools of this computer know no key for “lake”.',
      hint: expect.stringMatching(/AWS_ACCESS_KEY_ID.*~\/\.aws.*container.*machine/),
    })
  })

  test.each([
    ['is said to end', 2_000],
    ['ends before it is said to', 3_600_000],
  ])(
    'a key that %s in the middle of a run is followed by another one',
    async (_how, lives) => {
      const keys: Key[] = []
      const container = await serve((_asked, response) => {
        const key = keyOf(keys.length, keys.length === 0 ? lives : 3_600_000)
        keys.push(key)
        response.setHeader('content-type', 'application/json').end(json(key))
      })
      vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', container)
      const seen: string[] = []
      // After three requests the first key is no more.
      const store = await open(
        {},
        await gateway(server.endpoint, (key) => {
          seen.push(key)
          return key === keys[0]?.accessKeyId && seen.length > 3
        }),
      )
      const large = file('')
      const bytes = randomFillSync(Buffer.alloc(70 * 2 ** 20))
      writeFileSync(large, bytes)
      const name = `chain-${randomUUID()}/large`
      await store.put(large, name)
      const found = await store.find(name)
      const copy = join(folder, randomUUID())
      if (found) await store.fetch(found, copy)
      expect(readFileSync(copy).equals(bytes)).toBe(true)
      await store.remove([name])
      expect([...new Set(seen)].slice(0, 2)).toEqual(keys.slice(0, 2).map(({ accessKeyId }) => accessKeyId))
      rmSync(copy)
    },
    60_000,
  )
})

/** In front of a store: says with which key each request comes, and refuses what has ended. */
function gateway(endpoint: string, ended: (key: string) => boolean): Promise<string> {
  const to = new URL(endpoint)
  return serve((asked, response, body) => {
    const key = /Credential=([^/]+)\//.exec(asked.headers.authorization ?? '')?.[1] ?? ''
    if (ended(key)) {
      response.writeHead(400, { 'content-type': 'application/xml' })
      response.end('<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>')
      return
    }
    const { method, url, headers } = asked
    const forward = request({ host: to.hostname, port: to.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    forward.on('error', () => response.destroy())
    forward.end(Buffer.from(body, 'latin1'))
  })
}
