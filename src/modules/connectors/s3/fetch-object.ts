import { writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { operationalError } from '../../../shared/errors.ts'
import type { RemoteFile } from '../../remote-files/store.ts'
import type { S3Session } from './client.ts'
import { s3Error } from './errors.ts'

/** Objects larger than one part are read in several requests at once. Of one that is cut off, its part is asked for again. */
const LEAST_PART_BYTES = 8 * 2 ** 20
const MOST_PART_BYTES = 32 * 2 ** 20
const PARTS_AT_ONCE = 4

interface Fetching {
  readonly session: S3Session
  readonly object: RemoteFile
  /** So many of its first bytes. */
  readonly bytes: number
  /** Where to, a file that is not there. */
  readonly path: string
  readonly signal: AbortSignal
}

/** Copies an object, or its beginning, to this computer. @throws LogiDataError */
export async function fetchObject(given: Fetching): Promise<void> {
  const { bytes, path, signal } = given
  const file = await open(path, 'wx')
  try {
    const partBytes = Math.min(MOST_PART_BYTES, Math.max(LEAST_PART_BYTES, Math.ceil(bytes / PARTS_AT_ONCE)))
    const count = Math.ceil(bytes / partBytes)
    const parts = Array.from({ length: count }, (_, index) => index).values()
    // One that fails ends the others: what they would still bring is for nothing.
    const failing = new AbortController()
    const both = { ...given, signal: AbortSignal.any([signal, failing.signal]) }
    let failed: { readonly thrown: unknown } | undefined
    await Promise.all(
      Array.from({ length: Math.min(PARTS_AT_ONCE, count) }, async () => {
        try {
          for (const part of parts)
            await fetchPart(both, file, part * partBytes, Math.min(bytes, (part + 1) * partBytes))
        } catch (thrown) {
          failed ??= { thrown }
          failing.abort()
        }
      }),
    )
    if (failed) throw (failed as { thrown: unknown }).thrown
  } finally {
    await file.close()
  }
}

async function fetchPart(given: Fetching, { fd }: FileHandle, start: number, end: number): Promise<void> {
  const { session, object, signal } = given
  const { client, bodies, about, settings } = session
  const { name, version } = object
  let at = start
  const take = (bytes: Uint8Array) => {
    if (bytes.length > end - at) throw cutShort(settings.bucket, name)
    writeAll(fd, bytes, at, name)
    at += bytes.length
  }
  const restart = () => {
    at = start
  }
  const command = new GetObjectCommand({
    Bucket: settings.bucket,
    Key: name,
    Range: `bytes=${start}-${end - 1}`,
    ...(version === '' ? {} : { IfMatch: version }),
  })
  bodies.direct(command, take, restart, signal)
  try {
    await client.send(command, { abortSignal: signal })
  } catch (thrown) {
    throw s3Error(thrown, about, name)
  }
  if (at !== end) throw cutShort(settings.bucket, name)
}

/** At once: the thread pool may be held by queries. @throws LogiDataError */
function writeAll(fd: number, bytes: Uint8Array, position: number, name: string): void {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, position + at)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    throw operationalError('disk.full', `A copy of ${name} could not be written on this computer (${code}).`, {
      hint: 'Make room on the disk of the project, then run it again.',
      cause,
    })
  }
}

const cutShort = (bucket: string, name: string) =>
  operationalError('connection.lost', `s3://${bucket}/${name} did not come as long as it is said to be.`, {
    hint: 'Run it again.',
  })
