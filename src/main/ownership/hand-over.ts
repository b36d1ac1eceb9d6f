import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { operationalError } from '../../shared/errors.ts'
import { createClient } from '../../shared/rpc/client.ts'
import type { Handlers, RpcClient } from '../../shared/rpc/contract.ts'
import { type HandOverContract, handOverContract } from '../../shared/rpc/hand-over-contract.ts'
import { serve } from '../../shared/rpc/host.ts'
import type { Owner } from './owner-lock.ts'
import { streamTransport } from './stream-transport.ts'

/** The system's limit is 104 to 108 bytes, the last of which ends the text. */
const LONGEST_SOCKET_PATH = 100
const CONNECT_MILLISECONDS = 3_000

/** Where an application takes over runs of commands. Decided before the project is claimed, since the claim names it. */
export interface HandOverAddress {
  readonly endpoint: string
  readonly token: string
}

export function newHandOverAddress(projectRoot: string): HandOverAddress {
  const token = randomBytes(24).toString('base64url')
  if (process.platform === 'win32') {
    const name = createHash('sha256').update(projectRoot).digest('hex').slice(0, 16)
    return { endpoint: `\\\\.\\pipe\\logidata-${name}-${randomBytes(4).toString('hex')}`, token }
  }
  const own = join(projectRoot, '.logidata', 'owner.sock')
  // A project may lie deeper than an address can say.
  const endpoint =
    Buffer.byteLength(own) <= LONGEST_SOCKET_PATH ? own : join(mkdtempSync(join(tmpdir(), 'logidata-')), 'owner.sock')
  return { endpoint, token }
}

export interface HandOverServer {
  close(): Promise<void>
}

/** Takes over runs, for programs of the same person that know the token. */
export async function serveHandOver(
  { endpoint, token }: HandOverAddress,
  handlers: Handlers<HandOverContract>,
): Promise<HandOverServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    const transport = streamTransport(socket)
    transport.onMessage((frame) => {
      const greeting = z.object({ token: z.string() }).safeParse(frame)
      if (greeting.success && same(greeting.data.token, token)) serve(handOverContract, handlers, transport)
      else transport.close()
    })
  })
  // What an owner that died left. The claim to the project says that nobody listens there.
  if (process.platform !== 'win32') rmSync(endpoint, { force: true })
  await listen(server, endpoint)
  return {
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
      if (process.platform === 'win32') return
      rmSync(endpoint, { force: true })
      if (!endpoint.includes('.logidata')) rmSync(dirname(endpoint), { recursive: true, force: true })
    },
  }
}

export interface HandOver {
  readonly owner: Owner
  readonly client: RpcClient<HandOverContract>
  close(): void
}

/** @throws LogiDataError `owner.unreachable`: it owns the project and does not answer */
export async function connectToOwner(owner: Owner): Promise<HandOver> {
  const { endpoint, token } = owner
  if (endpoint === undefined) throw unreachable(owner)
  const socket = connect(endpoint)
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MILLISECONDS) })
  } catch (cause) {
    socket.destroy()
    throw unreachable(owner, cause)
  }
  const transport = streamTransport(socket)
  transport.send({ token })
  const client = createClient(handOverContract, transport)
  return { owner, client, close: () => client.close() }
}

/** Nobody but this person may connect, from the first moment on. */
async function listen(server: Server, endpoint: string): Promise<void> {
  const before = process.platform === 'win32' ? undefined : process.umask(0o177)
  try {
    server.listen(endpoint)
  } finally {
    if (before !== undefined) process.umask(before)
  }
  await once(server, 'listening')
  if (process.platform !== 'win32') chmodSync(endpoint, 0o600)
}

function same(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

const unreachable = (owner: Owner, cause?: unknown) =>
  operationalError(
    'owner.unreachable',
    `The project is open in ${owner.application} (process ${owner.pid}), which does not answer.`,
    { hint: 'Close it, or wait until it answers again, and run this once more.', cause },
  )
