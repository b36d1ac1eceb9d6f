import { randomBytes } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { service } from '../../services/services.ts'
import type { LoadTarget, Mode } from './target.ts'

const MODES: readonly Mode[] = [
  { name: 'overwrite a file', config: { mode: 'overwrite', file: true } },
  { name: 'overwrite a file of parts', config: { mode: 'overwrite', file: true }, isWide: true },
  { name: 'fail, new file', config: { mode: 'fail', file: true }, isNew: true },
  { name: 'append to a folder', config: { mode: 'append' } },
  { name: 'overwrite a folder', config: { mode: 'overwrite', partition_by: ['part'] }, goesThrough: 'rows' },
  {
    name: 'overwrite_partitions',
    config: { mode: 'overwrite_partitions', partition_by: ['part'] },
    goesThrough: 'rows',
  },
]
const ROWS = { old: 700, fresh: 3_000, changed: 2_500 }
const MOMENTS = ['written', 'intended', 'put', 'published']

/** The rows of CSV files, with the folders of their partitions. */
function linesOf(files: readonly { readonly name: string; readonly text: string }[]): string[] {
  return files
    .filter(({ name }) => !name.includes('_logidata_loads'))
    .flatMap(({ name, text }) => {
      const part = /part=[^/]*/.exec(name)?.[0] ?? ''
      return text
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => `${part}|${line}`)
    })
    .sort()
}

/** A bucket of its own. */
export async function s3Target(): Promise<LoadTarget | undefined> {
  const server = service('minio')
  if (!server) return undefined
  const { endpoint, region, accessKeyId, secretAccessKey } = server
  const Bucket = `faults-${randomBytes(6).toString('hex')}`
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  })
  await client.send(new CreateBucketCommand({ Bucket }))
  const below = async (Prefix: string) =>
    ((await client.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map(({ Key = '' }) => Key)
  const read = async (Key: string) =>
    Buffer.from((await (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToByteArray()) ?? [])
  const remove = async (prefix: string) => {
    const Objects = (await below(prefix)).map((Key) => ({ Key }))
    if (Objects.length > 0) await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
  }
  return {
    name: 'MinIO',
    connection: {
      name: 'shop',
      type: 's3',
      settings: { endpoint, region, bucket: Bucket, path_style: true, access_key_id: accessKeyId },
      secrets: { secret_access_key: secretAccessKey },
    },
    step: 'load.s3',
    modes: MODES,
    moments: MOMENTS,
    rows: ROWS,
    at: (place) => ({ path: `${place}/` }),
    async copy(from, to) {
      for (const key of await below(`${from}/`)) {
        if (key.includes('_logidata_loads')) continue
        const Key = `${to}/${key.slice(from.length + 1)}`
        await client.send(new PutObjectCommand({ Bucket, Key, Body: await read(key) }))
      }
    },
    async state(place) {
      const names = await below(`${place}/`)
      return linesOf(await Promise.all(names.map(async (name) => ({ name, text: (await read(name)).toString() }))))
    },
    // This store lists the unfinished uploads of one name only, when it is asked for it exactly.
    async leftovers(place) {
      const names = new Set([...(await below(`${place}/`)), `${place}/rows.csv`])
      const found = await Promise.all(
        [...names].map((Prefix) => client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }))),
      )
      return found.flatMap(({ Uploads = [] }) => Uploads.map(({ Key = '' }) => `upload of ${Key}`))
    },
    remove: (place) => remove(`${place}/`),
    async close() {
      await remove('')
      await client.send(new DeleteBucketCommand({ Bucket }))
      client.destroy()
    },
  }
}

/** A folder of its own on the server, which this machine has too. */
export async function sftpTarget(): Promise<LoadTarget | undefined> {
  const server = service('sftp')
  if (!server) return undefined
  const folder = `incoming/faults-${randomBytes(6).toString('hex')}`
  const root = join(server.root, folder)
  mkdirSync(root)
  chmodSync(root, 0o777)
  const below = (place: string) =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .filter((name) => name.startsWith(`${place}/`))
  return {
    name: 'OpenSSH',
    connection: {
      name: 'shop',
      type: 'sftp',
      settings: {
        host: server.host,
        port: server.port,
        user: server.user,
        host_keys: [server.hostKey],
        folder: server.root,
      },
      secrets: { private_key: readFileSync(server.privateKey, 'utf8') },
    },
    step: 'load.sftp',
    modes: MODES,
    moments: MOMENTS,
    rows: ROWS,
    at: (place) => ({ path: `${folder}/${place}/` }),
    async copy(from, to) {
      if (below(from).length === 0) return
      cpSync(join(root, from), join(root, to), {
        recursive: true,
        preserveTimestamps: true,
        filter: (path) => !path.includes('_logidata_loads'),
      })
      // Whoever serves may be another account than ours.
      for (const entry of ['', ...readdirSync(join(root, to), { recursive: true, encoding: 'utf8' })])
        chmodSync(join(root, to, entry), 0o777)
    },
    state: async (place) =>
      linesOf(
        below(place)
          .filter((name) => !name.includes('/.logidata-'))
          .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') })),
      ),
    leftovers: async (place) => below(place).filter((name) => name.includes('/.logidata-')),
    async remove(place) {
      rmSync(join(root, place), { recursive: true, force: true })
    },
    async close() {
      rmSync(root, { recursive: true, force: true })
    },
  }
}
