// MinIO, an object store with the interface of S3, with the files of Chinook in the bucket `chinook`.
import { randomBytes } from 'node:crypto'
import { createReadStream, mkdirSync, readdirSync, statSync } from 'node:fs'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Definition, Surroundings } from './definition.ts'
import { buildGoProgram } from './go-programs.ts'
import { freePort, launch, until } from './processes.ts'

/** The tags of its releases are no versions that Go knows; this is the commit of its last one. */
const program = {
  name: 'minio',
  version: 'v0.0.0-20260212201848-7aac2a2c5b7c',
  package: 'github.com/minio/minio',
}

async function start(surroundings: Surroundings) {
  const { folder, log, owns, chinook } = surroundings
  const minio = await buildGoProgram(program, surroundings)
  const accessKeyId = 'logidata'
  const secretAccessKey = randomBytes(18).toString('base64url')
  const [port, consolePort] = [await freePort(), await freePort()]
  mkdirSync(`${folder}/data`)
  mkdirSync(`${folder}/configuration`)
  const where = ['--address', `127.0.0.1:${port}`, '--console-address', `127.0.0.1:${consolePort}`]
  const server = launch({
    program: minio,
    args: ['server', `${folder}/data`, ...where, '--config-dir', `${folder}/configuration`],
    log,
    env: {
      MINIO_ROOT_USER: accessKeyId,
      MINIO_ROOT_PASSWORD: secretAccessKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
      MINIO_SITE_REGION: 'us-east-1',
    },
  })
  owns(server)
  const endpoint = `http://127.0.0.1:${port}`
  const live = async () =>
    await fetch(`${endpoint}/minio/health/ready`, { signal: AbortSignal.timeout(1000) }).then(
      ({ ok }) => ok,
      () => false,
    )
  await until(live, server, log)
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 5,
  })
  try {
    await client.send(new CreateBucketCommand({ Bucket: 'chinook' }))
    const files = await chinook()
    const names = readdirSync(files, { recursive: true, encoding: 'utf8' })
    for (const Key of names.filter((name) => statSync(`${files}/${name}`).isFile())) {
      const path = `${files}/${Key}`
      const ContentLength = statSync(path).size
      await client.send(new PutObjectCommand({ Bucket: 'chinook', Key, Body: createReadStream(path), ContentLength }))
    }
  } finally {
    client.destroy()
  }
  return {
    version: program.version.slice(7, 15),
    details: {
      host: '127.0.0.1',
      port,
      endpoint,
      region: 'us-east-1',
      bucket: 'chinook',
      accessKeyId,
      secretAccessKey,
    },
  }
}

export const minio: Definition = {
  name: 'minio',
  title: 'MinIO',
  programs: [],
  packages: [],
  start,
}
