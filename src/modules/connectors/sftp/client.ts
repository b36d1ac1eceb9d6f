import { createWriteStream } from 'node:fs'
import { posix } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Client, SFTPWrapper, Stats } from 'ssh2'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { cancelledError, LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import { settingsOf } from '../../kit/connector.ts'
import { addressOf, lostError } from '../kit/errors.ts'
import type { FileFinder } from '../kit/project-file.ts'
import { openSsh, type SshLogin } from '../kit/ssh.ts'
import { sshAuth, trustedHosts } from '../kit/ssh-access.ts'
import { sftpDescriptor } from './descriptor.ts'

/** A file or a folder of a server. */
export interface RemoteEntry {
  readonly name: string
  readonly isFolder: boolean
  readonly isFile: boolean
  /** It was reached by a link. */
  readonly isLink?: boolean
  readonly bytes: number
  /** Milliseconds since 1970, whole seconds. */
  readonly modified: number
}

/** Of the protocol's draft 2, section 7. */
const NO_SUCH_FILE = 2
const DENIED = 3
const FAILURE = 4
const UNSUPPORTED = 8

/** How many reads or writes are on their way at once, and how large each is: what a slow line needs to be full. */
const PIPELINED = { concurrency: 64, chunkSize: 32_768 }

/** @throws LogiDataError `connection.…`, `file.…` */
export async function loginOf(
  connection: ResolvedConnection,
  files: FileFinder,
): Promise<{ readonly login: SshLogin; readonly folder: string }> {
  const settings = settingsOf(sftpDescriptor, connection)
  const { secrets } = connection
  const { host, port, user, auth, key_file: keyFile, host_keys: hostKeys, known_hosts: knownHosts } = settings
  const login: SshLogin = {
    remote: { host, port },
    user,
    auth: await sshAuth(
      { auth, keyFile, key: secrets.private_key, passphrase: secrets.passphrase, password: secrets.password },
      files,
    ),
    trusted: await trustedHosts(hostKeys, knownHosts, files),
    timeoutMs: settings.connect_timeout_seconds * 1000,
    setting: 'Fingerprint of the SSH server',
  }
  return { login, folder: settings.folder ?? '.' }
}

/** Opens a session, and closes it whatever happens. @throws LogiDataError */
export async function withSftp<T>(
  connection: ResolvedConnection | undefined,
  { files, signal }: { readonly files: FileFinder; readonly signal: AbortSignal },
  work: (client: SftpClient) => Promise<T>,
): Promise<T> {
  if (!connection) throw userError('connection.unknown', 'A connection is needed.', { field: ['connection'] })
  const { login, folder } = await loginOf(connection, files)
  const client = await SftpClient.open(await openSsh(login, signal), login, folder, signal)
  try {
    return await work(client)
  } finally {
    client.close()
  }
}

/** The files of a server. Paths are relative to the connection's folder, or absolute. An abort ends it at once. */
export class SftpClient {
  /** Absolute, where relative paths start. */
  readonly folder: string
  readonly #client: Client
  readonly #sftp: SFTPWrapper
  readonly #login: SshLogin
  readonly #signal: AbortSignal
  #lost = false
  readonly #waiting = new Set<(thrown: unknown) => void>()

  private constructor(client: Client, sftp: SFTPWrapper, login: SshLogin, folder: string, signal: AbortSignal) {
    this.#client = client
    this.#sftp = sftp
    this.#login = login
    this.#signal = signal
    this.folder = folder
    const lost = () => {
      this.#lost = true
      for (const reject of this.#waiting) reject(new Error('closed'))
    }
    client.once('close', lost)
    sftp.once('close', lost)
    sftp.on('error', () => undefined)
  }

  /** @throws LogiDataError `connection.rights`: the server lets in, but offers no files; `source.not-found` */
  static async open(client: Client, login: SshLogin, folder: string, signal: AbortSignal): Promise<SftpClient> {
    try {
      const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
        client.once('close', () => reject(lostError(login.remote)))
        client.sftp((error, given) => (error ? reject(noSftp(login, error)) : resolve(given)))
      })
      const first = new SftpClient(client, sftp, login, '/', signal)
      const home = await first.#ask<string>('.', (done) => sftp.realpath('.', done))
      return new SftpClient(client, sftp, login, posix.resolve(home, folder), signal)
    } catch (thrown) {
      client.destroy()
      throw signal.aborted ? cancelledError() : thrown
    }
  }

  close(): void {
    this.#client.end()
    setTimeout(() => this.#client.destroy(), 1000).unref()
  }

  absolute(path: string): string {
    return posix.resolve(this.folder, path)
  }

  /** What is directly in a folder, links followed, by name. @throws LogiDataError `source.not-found`, `connection.rights` */
  async list(folder: string): Promise<RemoteEntry[]> {
    const path = this.absolute(folder)
    const found = await this.#ask<{ filename: string; attrs: Stats }[]>(folder, (done) =>
      this.#sftp.readdir(path, done),
    )
    const entries: RemoteEntry[] = []
    for (const { filename, attrs } of found) {
      if (filename === '.' || filename === '..') continue
      if (!attrs.isSymbolicLink()) entries.push(entryOf(filename, attrs))
      else {
        // A link that leads nowhere is no file.
        const entry = await this.find(posix.join(path, filename))
        if (entry) entries.push({ ...entry, name: filename, isLink: true })
      }
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** @returns undefined where there is nothing @throws LogiDataError */
  async find(path: string): Promise<RemoteEntry | undefined> {
    try {
      const attrs = await this.#ask<Stats>(path, (done) => this.#sftp.stat(this.absolute(path), done))
      return entryOf(posix.basename(path), attrs)
    } catch (thrown) {
      if (thrown instanceof LogiDataError && thrown.info.code === 'source.not-found') return undefined
      throw thrown
    }
  }

  /** Reads a file, or its first bytes, into a new one of this computer. @throws LogiDataError */
  async download(path: string, to: string, bytes?: number): Promise<void> {
    const from = this.absolute(path)
    if (bytes === undefined) {
      await this.#ask<void>(path, (done) => this.#sftp.fastGet(from, to, PIPELINED, done))
      return
    }
    await this.#ask<void>(path, (done) => {
      const reading = this.#sftp.createReadStream(from, { start: 0, end: bytes - 1, autoClose: true })
      pipeline(reading, createWriteStream(to)).then(() => done(undefined, undefined), done)
    })
  }

  /** The content of a small file. @throws LogiDataError */
  async readText(path: string): Promise<string> {
    return (await this.#ask<Buffer>(path, (done) => this.#sftp.readFile(this.absolute(path), done))).toString('utf8')
  }

  /** @throws LogiDataError */
  async writeText(path: string, text: string): Promise<void> {
    await this.#ask<void>(path, (done) =>
      this.#sftp.writeFile(this.absolute(path), text, (error) => done(error, undefined)),
    )
  }

  /** Writes a whole file, and waits until the server has it on its disk where it can say so. @throws LogiDataError */
  async upload(from: string, path: string): Promise<void> {
    const to = this.absolute(path)
    await this.#ask<void>(path, (done) => this.#sftp.fastPut(from, to, PIPELINED, done))
    const handle = await this.#ask<Buffer>(path, (done) => this.#sftp.open(to, 'r+', done))
    try {
      await this.#ask<void>(path, (done) => this.#sftp.ext_openssh_fsync(handle, done)).catch(ifUnsupported)
    } finally {
      await this.#ask<void>(path, (done) => this.#sftp.close(handle, done))
    }
  }

  /** Gives a file the name of another, which it replaces in one step. @returns false where the server cannot @throws LogiDataError */
  async replace(from: string, to: string): Promise<boolean> {
    try {
      await this.#ask<void>(to, (done) => this.#sftp.ext_openssh_rename(this.absolute(from), this.absolute(to), done))
      return true
    } catch (thrown) {
      ifUnsupported(thrown)
      return false
    }
  }

  /** Gives a file a name that nothing has: of protocol 3, it fails where there is such a file. @throws LogiDataError */
  async rename(from: string, to: string): Promise<void> {
    await this.#ask<void>(to, (done) => this.#sftp.rename(this.absolute(from), this.absolute(to), done))
  }

  /** What is gone already is no error. @throws LogiDataError */
  async remove(path: string): Promise<void> {
    await this.#ask<void>(path, (done) => this.#sftp.unlink(this.absolute(path), done)).catch((thrown: unknown) => {
      if (!(thrown instanceof LogiDataError) || thrown.info.code !== 'source.not-found') throw thrown
    })
  }

  /** With the folders above it. @throws LogiDataError */
  async makeFolder(path: string): Promise<void> {
    const absolute = this.absolute(path)
    if (absolute === '/' || (await this.find(absolute))?.isFolder) return
    await this.makeFolder(posix.dirname(absolute))
    await this.#ask<void>(path, (done) => this.#sftp.mkdir(absolute, done)).catch(async (thrown: unknown) => {
      // Somebody else made it meanwhile.
      if (!(await this.find(absolute))?.isFolder) throw thrown
    })
  }

  #ask<T>(path: string, call: (done: (error: Error | null | undefined, value: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (thrown: unknown) => {
        this.#waiting.delete(fail)
        reject(this.#error(thrown, path))
      }
      if (this.#signal.aborted || this.#lost) return fail(new Error('closed'))
      this.#waiting.add(fail)
      call((error, value) => {
        if (error) return fail(error)
        this.#waiting.delete(fail)
        resolve(value)
      })
    })
  }

  #error(thrown: unknown, path: string): unknown {
    if (this.#signal.aborted) return cancelledError()
    if (this.#lost || /no response|not connected|closed/i.test((thrown as Error).message))
      return lostError(this.#login.remote, thrown)
    const { code } = thrown as { code?: unknown }
    const where = `${path} on ${addressOf(this.#login.remote)}`
    if (code === NO_SUCH_FILE)
      return userError('source.not-found', `There is no ${where}.`, {
        field: ['path'],
        hint: `Upper and lower case count; paths start at ${this.folder}.`,
      })
    if (code === DENIED)
      return operationalError('connection.rights', `“${this.#login.user}” may not do this with ${where}.`, {
        hint: 'Ask who runs the server for the right.',
      })
    // Of this computer, where the copy is written.
    if (typeof code === 'string') return thrown
    return operationalError(code === UNSUPPORTED ? 'sftp.unsupported' : 'sftp.failed', `The server refused ${where}.`, {
      ...(code === FAILURE ? { hint: 'Its disk may be full, or there is something of that name already.' } : {}),
    })
  }
}

function ifUnsupported(thrown: unknown): void {
  const isMissing =
    (thrown instanceof LogiDataError && thrown.info.code === 'sftp.unsupported') ||
    (thrown instanceof Error && /does not support this extended request/i.test(thrown.message))
  if (!isMissing) throw thrown
}

const entryOf = (name: string, attrs: Stats): RemoteEntry => ({
  name,
  isFolder: attrs.isDirectory(),
  isFile: attrs.isFile(),
  bytes: attrs.size,
  modified: attrs.mtime * 1000,
})

const noSftp = ({ remote, user }: SshLogin, cause: Error): LogiDataError =>
  operationalError('connection.rights', `${addressOf(remote)} lets “${user}” in, but offers no files over SFTP.`, {
    hint: 'Who runs the server has to turn on its SFTP subsystem for this user.',
    cause,
  })
