import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { cancelledError, type LogiDataError, operationalError } from '../../../shared/errors.ts'
import { type Check, checkName, checkPort, openSocket } from './diagnose.ts'
import { addressOf, lostError, type Remote, timeoutError } from './errors.ts'
import type { FileFinder } from './project-file.ts'
import { openSsh, type SshLogin } from './ssh.ts'
import { sshAuth, trustedHosts } from './ssh-access.ts'
import type { TunnelSettings } from './tunnel-settings.ts'

/** The way into another network, by its SSH server. */
export type Tunnel = SshLogin

/** @returns undefined where no tunnel is wanted @throws LogiDataError `file.…`, `connection.…` */
export async function tunnelOf(
  settings: TunnelSettings,
  { secrets }: Pick<ResolvedConnection, 'secrets'>,
  files: FileFinder,
  timeoutMs: number,
): Promise<Tunnel | undefined> {
  if (settings.tunnel === 'off') return undefined
  const { tunnel_host: host, tunnel_port: port, tunnel_user: user } = settings
  return {
    remote: { host: host ?? '', port },
    user: user ?? '',
    auth: await sshAuth(
      {
        auth: settings.tunnel_auth,
        keyFile: settings.tunnel_key_file,
        password: secrets.tunnel_password,
        key: secrets.tunnel_key,
        passphrase: secrets.tunnel_key_passphrase,
      },
      files,
    ),
    trusted: await trustedHosts(settings.tunnel_host_keys, settings.tunnel_known_hosts, files),
    timeoutMs,
    setting: 'Fingerprint of the SSH server',
  }
}

/**
 * A connection to a server, through a tunnel where there is one: as `openSocket`. It ends with the tunnel, and the tunnel with it.
 * @throws LogiDataError `connection.…`, `cancelled`
 */
export async function openRoute(
  remote: Remote,
  tunnel: Tunnel | undefined,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  if (!tunnel) return openSocket(remote, timeoutMs, signal)
  const started = performance.now()
  const client = await openSsh({ ...tunnel, timeoutMs }, signal)
  const left = Math.max(1, timeoutMs - (performance.now() - started))
  try {
    const channel = await forward(client, remote, tunnel, left, signal)
    // All that drivers use of a socket is there.
    return new TunnelSocket(client, channel) as unknown as Socket
  } catch (thrown) {
    client.destroy()
    throw signal.aborted ? cancelledError() : thrown
  }
}

function forward(
  client: Client,
  remote: Remote,
  tunnel: Tunnel,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelledError())
    const settle = () => {
      clearTimeout(timer)
      client.off('close', closed)
    }
    const closed = () => {
      settle()
      reject(lostError(tunnel.remote))
    }
    const timer = setTimeout(() => {
      settle()
      reject(timeoutError(remote, Math.round(tunnel.timeoutMs / 1000)))
    }, timeoutMs)
    client.once('close', closed)
    client.forwardOut('127.0.0.1', 0, remote.host, remote.port, (error, channel) => {
      settle()
      if (error) reject(refusal(error, remote, tunnel.remote))
      else resolve(channel)
    })
  })
}

/** Of RFC 4254, 5.1. */
const PROHIBITED = 1
const CONNECT_FAILED = 2

function refusal(error: Error, remote: Remote, by: Remote): LogiDataError {
  const { reason, message } = error as { reason?: unknown; message: string }
  const where = addressOf(remote)
  const server = addressOf(by)
  if (reason === PROHIBITED)
    return operationalError('connection.rights', `The SSH server ${server} does not allow a tunnel to ${where}.`, {
      hint: 'Who runs it has to allow it (AllowTcpForwarding, PermitOpen), or another SSH server is needed.',
      cause: error,
    })
  if (reason === CONNECT_FAILED && /name|resolve|nodename|known/i.test(message))
    return operationalError(
      'connection.name',
      `The SSH server ${server} knows no computer with the name ${remote.host}.`,
      {
        hint: 'Names are looked up by the SSH server: give the host as it is called there.',
        cause: error,
      },
    )
  if (reason === CONNECT_FAILED)
    return operationalError('connection.refused', `The SSH server ${server} cannot reach ${where}.`, {
      hint: 'Host and port are those that the SSH server sees; 127.0.0.1 is the SSH server itself.',
      cause: error,
    })
  return operationalError('connection.refused', `The SSH server ${server} opens no tunnel to ${where}.`, {
    cause: error,
  })
}

/** A channel of SSH as a socket: the channels of `ssh2` have no `destroyed`, and do not say why they ended. */
class TunnelSocket extends Duplex {
  readonly #client: Client
  readonly #channel: ClientChannel
  #orderly = false

  constructor(client: Client, channel: ClientChannel) {
    super({ allowHalfOpen: false, highWaterMark: 256 * 1024 })
    this.#client = client
    this.#channel = channel
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause()
    })
    channel.once('end', () => {
      this.#orderly = true
      this.push(null)
    })
    channel.once('close', () => this.#ended())
    channel.on('error', (error: Error) => this.destroy(error))
    client.once('close', () => this.#ended())
    channel.pause()
  }

  override _read(): void {
    this.#channel.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#channel.close()
    this.#client.end()
    // A network that does not answer keeps nothing open.
    const timer = setTimeout(() => this.#client.destroy(), 1000)
    timer.unref()
    this.#client.once('close', () => clearTimeout(timer))
    done(error)
  }

  /** The session keeps itself alive. */
  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setTimeout(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  #ended(): void {
    if (this.#orderly || this.destroyed) return
    this.destroy(Object.assign(new Error('the tunnel was closed'), { code: 'ECONNRESET' }))
  }
}

/** The checks of the way to a server: by the tunnel, or straight. @param known what is known once the settings are read */
export const checkRoute = (
  known: () => { readonly remote: Remote; readonly tunnel: Tunnel | undefined; readonly timeoutMs: number },
  hasTunnel: boolean,
  signal: AbortSignal,
): Check[] =>
  hasTunnel
    ? [
        {
          step: 'tunnel',
          run: async () => {
            const { tunnel } = known()
            if (!tunnel) throw new TypeError('a tunnel was wanted')
            const client = await openSsh(tunnel, signal)
            client.end()
            return `The SSH server ${addressOf(tunnel.remote)} is the known one and lets “${tunnel.user}” in.`
          },
        },
        {
          step: 'connect',
          run: async () => {
            const { remote, tunnel, timeoutMs } = known()
            const socket = await openRoute(remote, tunnel, timeoutMs, signal)
            socket.destroy()
            return `Through the tunnel, something answers at ${addressOf(remote)}.`
          },
        },
      ]
    : [
        { step: 'name', run: () => checkName(known().remote, signal).run() },
        { step: 'connect', run: () => checkPort(known().remote, known().timeoutMs, signal).run() },
      ]
