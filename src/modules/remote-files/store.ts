import { userError } from '../../shared/errors.ts'

/** A file behind a connection, as its listing has it. */
export interface RemoteFile {
  /** Its path from the store's root, with `/`; not absolute. */
  readonly name: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** Another one once the content is another: an ETag; size and time where there is nothing better. */
  readonly version: string
}

/** Files behind a connection, while it is open. All methods throw LogiDataError, and `cancelled` once the store's signal has aborted. */
export interface FileStore {
  /** For messages and lineage: `s3://bucket`, `sftp://host`. */
  readonly name: string
  /** All files below a folder, however deep, in pages. `prefix` ends anywhere: what a glob begins with. */
  list(prefix: string): AsyncIterable<readonly RemoteFile[]>
  /** One file, when it is there. */
  find(name: string): Promise<RemoteFile | undefined>
  /**
   * Fetches a file, or its first bytes, into a new local file.
   * @throws LogiDataError `source.changed` when it is no longer the version that was listed
   */
  fetch(file: RemoteFile, path: string, options?: { readonly bytes?: number }): Promise<void>
}

export interface PutOptions {
  /** Refused with `target.exists` when something has the name. */
  readonly ifAbsent?: boolean
  /** Of the load, to be found with `keyOf`. */
  readonly key?: string
  /** It may be written again: where the key would have to stand beside the file, it does not. */
  readonly repeatable?: boolean
  /** Nobody else writes under this name: what an attempt before has left half-way can be cleared away. */
  readonly own?: boolean
  /** A path of a local file of this put's own, the same in another attempt, for what that has to know to clear away after this one. */
  readonly note?: string
}

/** A store that can be written to. */
export interface WritableStore extends FileStore {
  /**
   * Puts a local file in place in one step: readers see what was there before, or all of it.
   */
  put(path: string, name: string, options?: PutOptions): Promise<void>
  /** What is not there is no error. A cancel does not end it: half of it would be worse than all. */
  remove(names: readonly string[]): Promise<void>
  /** The key with which `put` wrote a file that is there. */
  keyOf(name: string): Promise<string | undefined>
}

/** For stores that are asked to put a file `ifAbsent`. */
export const alreadyThere = (store: string, name: string) =>
  userError('target.exists', `${store}/${name} is there already.`, {
    hint: 'Write under another name, or choose to replace it.',
  })
