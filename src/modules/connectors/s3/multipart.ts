import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
} from '@aws-sdk/client-s3'
import { cancelledError } from '../../../shared/errors.ts'
import type { S3Session } from './client.ts'
import { isNoted, notesLeft, removeNote, writeNote } from './upload-notes.ts'

/** The least that a part has; what is not larger goes in one request. */
const PART_BYTES = 16 * 2 ** 20
/** 10,000 are the most that a store takes. */
const MOST_PARTS = 9_000
/** Held in memory at once. */
const AT_ONCE = 4
/** What nobody has finished by then was left by a process that died. */
const LEFT_MS = 24 * 60 * 60 * 1000

/** How long a cancel waits for what is about to be told. */
const LINGER_MS = 3000

export interface Sent {
  readonly Bucket: string
  readonly Key: string
  readonly Metadata?: Record<string, string>
}

export interface Sending {
  readonly session: Pick<S3Session, 'client' | 'isPrivate'>
  readonly path: string
  readonly to: Sent
  readonly ifAbsent: boolean
  /** Nobody else writes this name: uploads of it that were not finished are leftovers, however young. */
  readonly own: boolean
  /** A local file that says which upload goes on, called `…-LOAD`: what died at it is ended by the next load to the same name. */
  readonly note?: string | undefined
  readonly signal: AbortSignal
}

/**
 * Puts a local file into a bucket, several parts at a time. Each part goes with its CRC32, which the store compares; a part that was cut off is
 * sent again from memory. The object is there in one step at the end. Of a failure no part is left.
 */
export async function sendFile(given: Sending): Promise<void> {
  const file = await open(given.path)
  try {
    const { size } = await file.stat()
    const before = await abortLeftovers(given)
    if (size <= PART_BYTES) await sendWhole(given, file, size)
    else await sendParts(given, file, size, before)
  } finally {
    await file.close()
  }
}

async function sendWhole(
  { session: { client }, to, ifAbsent, signal }: Sending,
  file: FileHandle,
  size: number,
): Promise<void> {
  const Body = await readPart(file, Buffer.alloc(size), 0)
  const command = new PutObjectCommand({ ...to, Body, ChecksumCRC32: checksumOf(Body), ...condition(ifAbsent) })
  await client.send(command, { abortSignal: signal })
}

async function sendParts(given: Sending, file: FileHandle, size: number, before: readonly string[]): Promise<void> {
  const { session, to, ifAbsent, note, signal } = given
  const { client } = session
  const abortSignal = signal
  if (note !== undefined) await writeNote(note, before)
  if (signal.aborted) throw cancelledError()
  const begin = new CreateMultipartUploadCommand({ ...to, ChecksumAlgorithm: 'CRC32' })
  // A cancel in between would leave an upload whose number nobody knows.
  const { UploadId = '' } = await client.send(begin, { abortSignal: soonAfter(signal) })
  const { Bucket, Key } = to
  try {
    if (note !== undefined) await writeNote(note, before, UploadId)
    const partBytes = Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS))
    const parts: CompletedPart[] = []
    const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => index).values()
    // One that fails ends the others: what they would still send is for nothing.
    const failing = new AbortController()
    const both = { abortSignal: AbortSignal.any([signal, failing.signal]) }
    const sendPart = partSender(session)
    const sending = Array.from({ length: AT_ONCE }, async () => {
      const memory = Buffer.allocUnsafe(partBytes)
      for (const number of numbers) {
        const start = number * partBytes
        const Body = await readPart(file, memory.subarray(0, Math.min(partBytes, size - start)), start)
        const ChecksumCRC32 = checksumOf(Body)
        const PartNumber = number + 1
        const ETag = await sendPart({ Bucket, Key, UploadId, PartNumber, Body, ChecksumCRC32 }, both)
        parts[number] = { PartNumber, ETag, ChecksumCRC32 }
      }
    }).map((one) =>
      one.catch((thrown: unknown) => {
        if (!failing.signal.aborted) failing.abort(thrown)
        throw failing.signal.reason
      }),
    )
    const ends = await Promise.allSettled(sending)
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed) throw failed.reason
    await client.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts: parts },
        ...condition(ifAbsent),
      }),
      { abortSignal },
    )
    if (note !== undefined) await removeNote(note)
  } catch (thrown) {
    // Not with the run's signal, which may be what ended it; and what is lost is no reason to say something else.
    await client
      .send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), { abortSignal: AbortSignal.timeout(5_000) })
      .then(() => (note === undefined ? undefined : removeNote(note)))
      .catch(() => undefined)
    throw thrown
  }
}

/** A signal that aborts some seconds after another one. */
function soonAfter(signal: AbortSignal): AbortSignal {
  const later = new AbortController()
  signal.addEventListener('abort', () => setTimeout(() => later.abort(), LINGER_MS).unref(), { once: true })
  return later.signal
}

type Part = UploadPartCommandInput & { readonly ChecksumCRC32: string }

/**
 * Sends parts. What goes with a CRC32, which is signed, does not need its SHA-256, too: both sides would compute it, which takes longer than to
 * send it. It stays where others could change both, since a CRC32 tells of accidents, not of intent; and for a store that does not say which
 * CRC32 it has found, and so may not have looked.
 */
function partSender({ client, isPrivate }: Sending['session']) {
  let light = isPrivate
  return async (part: Part, options: { readonly abortSignal: AbortSignal }): Promise<string | undefined> => {
    if (light) {
      const { ETag, ChecksumCRC32 } = await client.send(withoutSha256(new UploadPartCommand(part)), options)
      if (ChecksumCRC32 === part.ChecksumCRC32) return ETag
      light = false
    }
    return (await client.send(new UploadPartCommand(part), options)).ETag
  }
}

function withoutSha256(command: UploadPartCommand): UploadPartCommand {
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'
      return next(args)
    },
    { step: 'build', name: 'logidataWithoutSha256' },
  )
  return command
}

/** Parts that processes that died left under this name cost space that nobody sees. @returns uploads that are somebody else's */
async function abortLeftovers(given: Sending): Promise<readonly string[]> {
  const { session, to, own, note, signal } = given
  const { client } = session
  const { Bucket, Key } = to
  const left = note === undefined ? [] : await notesLeft(note)
  const abort = (UploadId: string | undefined) =>
    client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), { abortSignal: signal })
  // Not every key may list uploads, nor every store: the number is enough.
  for (const { note: found } of left) if (found?.upload !== undefined) await abort(found.upload).catch(() => undefined)
  const others: string[] = []
  try {
    const found = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }), { abortSignal: signal })
    for (const { Key: key, UploadId = '', Initiated } of found.Uploads ?? []) {
      if (key !== Key) continue
      const initiated = Initiated?.getTime()
      const isLeft = own || Date.now() - (initiated ?? Date.now()) > LEFT_MS
      if (isLeft || left.some((one) => one.note && isNoted(one.note, UploadId, initiated))) await abort(UploadId)
      else others.push(UploadId)
    }
  } catch {
    // The load needs it not.
  }
  for (const { path } of left) await removeNote(path)
  return others
}

async function readPart(file: FileHandle, into: Buffer, position: number): Promise<Buffer> {
  let filled = 0
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled)
    if (bytesRead === 0) throw new TypeError('the file became shorter while it was sent')
    filled += bytesRead
  }
  return into
}

function checksumOf(bytes: Buffer): string {
  const text = Buffer.alloc(4)
  text.writeUInt32BE(crc32(bytes))
  return text.toString('base64')
}

const condition = (ifAbsent: boolean) => (ifAbsent ? { IfNoneMatch: '*' } : {})
