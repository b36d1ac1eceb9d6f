import {
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3'
import { LogiDataError } from '../../../shared/errors.ts'
import { alreadyThere, type PutOptions, type RemoteFile, type WritableStore } from '../../remote-files/store.ts'
import type { S3Session } from './client.ts'
import { s3Error } from './errors.ts'
import { fetchObject } from './fetch-object.ts'
import { sendFile } from './multipart.ts'

const DELETED_AT_ONCE = 1000
/** In the metadata of an object: the load that wrote it. */
const LOAD_KEY = 'logidata-load'

/** The objects of a bucket. */
export class S3Store implements WritableStore {
  readonly name: string
  readonly #session: S3Session
  readonly #signal: AbortSignal

  constructor(session: S3Session, signal: AbortSignal) {
    this.#session = session
    this.#signal = signal
    this.name = `s3://${session.settings.bucket}`
  }

  async *list(prefix: string): AsyncGenerator<readonly RemoteFile[]> {
    let token: string | undefined
    do {
      const page: ListObjectsV2CommandOutput = await this.#ask(undefined, (abort) =>
        this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: prefix,
            // A key may hold characters that XML cannot.
            EncodingType: 'url',
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
          abort,
        ),
      )
      yield (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified, ETag = '' }) => ({
        name: decodeURIComponent(Key.replaceAll('+', ' ')),
        bytes: Size,
        modified: LastModified?.getTime() ?? 0,
        version: ETag,
      }))
      token = page.NextContinuationToken
    } while (token !== undefined)
  }

  async find(name: string): Promise<RemoteFile | undefined> {
    const head = await this.#head(name)
    return (
      head && {
        name,
        bytes: head.ContentLength ?? 0,
        modified: head.LastModified?.getTime() ?? 0,
        version: head.ETag ?? '',
      }
    )
  }

  async fetch(object: RemoteFile, path: string, options: { bytes?: number } = {}): Promise<void> {
    const bytes = Math.min(object.bytes, options.bytes ?? object.bytes)
    await fetchObject({ session: this.#session, object, bytes, path, signal: this.#signal })
  }

  async put(path: string, name: string, { ifAbsent = false, key, own = false, note }: PutOptions = {}): Promise<void> {
    if (ifAbsent && (await this.#head(name))) throw alreadyThere(this.name, name)
    const Metadata = key === undefined ? {} : { Metadata: { [LOAD_KEY]: key } }
    const to = { Bucket: this.#bucket, Key: name, ...Metadata }
    try {
      await this.#ask(name, () =>
        sendFile({ session: this.#session, path, to, ifAbsent, own, note, signal: this.#signal }),
      )
    } catch (thrown) {
      if (ifAbsent && thrown instanceof LogiDataError && thrown.info.code === 'source.changed')
        throw alreadyThere(this.name, name)
      throw thrown
    }
  }

  async remove(names: readonly string[]): Promise<void> {
    for (let at = 0; at < names.length; at += DELETED_AT_ONCE) {
      const some = names.slice(at, at + DELETED_AT_ONCE)
      const { Errors } = await this.#ask(undefined, () =>
        this.#client.send(
          new DeleteObjectsCommand({
            Bucket: this.#bucket,
            Delete: { Objects: some.map((Key) => ({ Key })), Quiet: true },
          }),
        ),
      )
      const [failed] = Errors ?? []
      if (failed) throw s3Error(Object.assign(new Error(), { name: failed.Code }), this.#session.about, failed.Key)
    }
  }

  async keyOf(name: string): Promise<string | undefined> {
    return (await this.#head(name))?.Metadata?.[LOAD_KEY]
  }

  async #head(name: string) {
    try {
      return await this.#ask(name, (abort) =>
        this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: name }), abort),
      )
    } catch (thrown) {
      if (thrown instanceof LogiDataError && thrown.info.code === 'source.not-found') return undefined
      throw thrown
    }
  }

  get #client() {
    return this.#session.client
  }

  get #bucket(): string {
    return this.#session.settings.bucket
  }

  async #ask<T>(name: string | undefined, work: (abort: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    try {
      return await work({ abortSignal: this.#signal })
    } catch (thrown) {
      throw s3Error(thrown, this.#session.about, name)
    }
  }
}
