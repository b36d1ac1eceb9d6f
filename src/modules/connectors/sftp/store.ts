import { createHash, randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { z } from 'zod'
import { LogiDataError, operationalError } from '../../../shared/errors.ts'
import { alreadyThere, type PutOptions, type RemoteFile, type WritableStore } from '../../remote-files/store.ts'
import type { RemoteEntry, SftpClient } from './client.ts'

/** What is written before it has its name; nobody else's files are called so. */
const TEMPORARY = '.logidata-'
/** Beside a file that was written: of which load it is. Readers of folders leave out what begins with `_`. */
const LOADS = '_logidata_loads'
const DEEPEST = 64

const markerSchema = z.object({ key: z.string(), bytes: z.number(), modified: z.number() })

/** Opens another session: a cancel has ended the one before. */
export type Again = (work: (client: SftpClient) => Promise<void>) => Promise<void>

/** The files below the folder of a connection. */
export class SftpStore implements WritableStore {
  readonly name: string
  readonly #client: SftpClient
  readonly #again: Again

  /** @param host as messages and cursors name it */
  constructor(client: SftpClient, host: string, again: Again) {
    this.#client = client
    this.#again = again
    this.name = `sftp://${host}${client.folder === '/' ? '' : client.folder}`
  }

  /** Folders that links lead to are not gone into: they may lead in circles. */
  async *list(prefix: string): AsyncGenerator<readonly RemoteFile[]> {
    const end = prefix.lastIndexOf('/')
    const folder = prefix.slice(0, Math.max(end, 0))
    if (folder !== '' && !(await this.#client.find(folder))?.isFolder) return
    yield* this.#below(folder, prefix, 0)
  }

  async *#below(folder: string, prefix: string, depth: number): AsyncGenerator<readonly RemoteFile[]> {
    const files: RemoteFile[] = []
    const folders: string[] = []
    for (const entry of await this.#client.list(folder === '' ? '.' : folder)) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isFile && name.startsWith(prefix) && !entry.name.startsWith(TEMPORARY)) files.push(asFile(name, entry))
      else if (entry.isFolder && !entry.isLink && (name.startsWith(prefix) || prefix.startsWith(`${name}/`)))
        folders.push(name)
    }
    yield files
    if (depth < DEEPEST) for (const name of folders) yield* this.#below(name, prefix, depth + 1)
  }

  async find(name: string): Promise<RemoteFile | undefined> {
    const entry = await this.#client.find(name)
    return entry?.isFile ? asFile(name, entry) : undefined
  }

  async fetch(
    { name, bytes, version }: RemoteFile,
    path: string,
    options: { readonly bytes?: number } = {},
  ): Promise<void> {
    const part = options.bytes !== undefined && options.bytes < bytes ? options.bytes : undefined
    await this.#client.download(name, path, part)
    const [after, { size }] = [await this.find(name), await stat(path)]
    if (after?.version !== version || size !== (part ?? bytes))
      throw operationalError('source.changed', `${this.name}/${name} changed while it was read.`, {
        hint: 'Somebody still writes it. Try again, or let the other side write under another name and rename.',
      })
  }

  async put(path: string, name: string, { ifAbsent = false, key, repeatable = false }: PutOptions = {}): Promise<void> {
    if (ifAbsent && (await this.#client.find(name))) throw alreadyThere(this.name, name)
    const folder = posix.dirname(name)
    await this.#client.makeFolder(folder)
    // A second attempt of the same load writes over what the first one left.
    const temporary = posix.join(folder, `${TEMPORARY}${digest(`${key ?? randomUUID()}\n${name}`)}.part`)
    try {
      await this.#client.remove(temporary)
      await this.#client.upload(path, temporary)
      const there = await this.#client.find(temporary)
      const { size } = await stat(path)
      if (there?.bytes !== size)
        throw operationalError('sftp.failed', `${this.name}/${name} did not arrive whole.`, {
          hint: 'The disk of the server may be full.',
        })
      // Before it has its name: of which load it will be then.
      if (key !== undefined && !repeatable)
        await this.#mark(name, { key, bytes: there.bytes, modified: there.modified })
      await this.#publish(temporary, name, ifAbsent)
    } catch (thrown) {
      await this.remove([temporary]).catch(() => undefined)
      throw thrown
    }
  }

  async remove(names: readonly string[]): Promise<void> {
    const left = [...names]
    const removeBy = async (client: SftpClient) => {
      for (let name = left[0]; name !== undefined; name = left[0]) {
        await client.remove(name)
        left.shift()
      }
    }
    try {
      await removeBy(this.#client)
    } catch (thrown) {
      if (!(thrown instanceof LogiDataError) || thrown.info.kind !== 'cancelled') throw thrown
      await this.#again(removeBy)
    }
  }

  async keyOf(name: string): Promise<string | undefined> {
    const [file, text] = [await this.find(name), await this.#markOf(name)]
    if (!file || text === undefined) return undefined
    const marker = markerSchema.safeParse(parsed(text)).data
    return marker && marker.bytes === file.bytes && marker.modified === file.modified ? marker.key : undefined
  }

  async #publish(temporary: string, name: string, ifAbsent: boolean): Promise<void> {
    if (!ifAbsent && (await this.#client.replace(temporary, name))) return
    // Without the extension of OpenSSH a name that is taken cannot be given in one step.
    if (!(await this.#client.find(name))) {
      try {
        await this.#client.rename(temporary, name)
        return
      } catch (thrown) {
        if (!(await this.#client.find(name))) throw thrown
      }
    }
    if (ifAbsent) throw alreadyThere(this.name, name)
    throw operationalError('sftp.unsupported', `The server cannot replace ${this.name}/${name} in one step.`, {
      hint: 'It lacks posix-rename@openssh.com. Write under a new name each time, or into a folder (a path that ends with /).',
    })
  }

  async #mark(name: string, marker: z.infer<typeof markerSchema>): Promise<void> {
    const path = markerOf(name)
    await this.#client.makeFolder(posix.dirname(path))
    await this.#client.writeText(path, JSON.stringify(marker))
  }

  async #markOf(name: string): Promise<string | undefined> {
    try {
      return await this.#client.readText(markerOf(name))
    } catch (thrown) {
      if (thrown instanceof LogiDataError && thrown.info.code === 'source.not-found') return undefined
      throw thrown
    }
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

const markerOf = (name: string): string => posix.join(posix.dirname(name), LOADS, digest(posix.basename(name)))

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A server says no more of a file's content than its size and its time. */
const asFile = (name: string, { bytes, modified }: RemoteEntry): RemoteFile => ({
  name,
  bytes,
  modified,
  version: `${bytes}-${modified}`,
})
