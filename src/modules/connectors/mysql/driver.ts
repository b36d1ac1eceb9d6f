import type { Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { Connection } from 'mysql2'

/** A column as the server describes it. */
export interface WireColumn {
  readonly name: string
  /** Of the protocol: 3 is LONG. */
  readonly columnType: number
  readonly flags: number
  /** In bytes, of a text in the session's utf8mb4. */
  readonly columnLength: number
  readonly decimals: number
  /** 63: bytes. */
  readonly characterSet: number
  /** MariaDB: `json`, and `uuid`, `inet6`. */
  readonly extendedFormat?: string | undefined
  readonly extendedTypeName?: string | undefined
}

/** One packet of a result, in a buffer that is used again. */
export interface Packet {
  readonly buffer: Buffer
  readonly offset: number
  readonly end: number
  isEOF(): boolean
}

type State = (packet: Packet, connection: unknown) => unknown

/** What is used of `mysql2` 3 that its types do not show. The tests of the connector and of its steps notice when it changes. */
interface Inside {
  stream: Socket
  readonly packetParser: { execute(data: Buffer): void }
  startTLS(onSecure: (error?: Error) => void): void
  _handleNetworkError(error: Error): void
}

const inside = (connection: Connection): Inside => connection as unknown as Inside

export const socketOf = (connection: Connection): Socket => inside(connection).stream

/**
 * TLS by our own options: the driver would check the host's name by its own rules, which do not know addresses or another name in the
 * certificate.
 * @param failed gets what the handshake failed with, which the driver hides behind a code of its own
 */
export function applyTls(connection: Connection, options: ConnectionOptions, failed: (error: Error) => void): void {
  const own = inside(connection)
  own.startTLS = (onSecure) => {
    let secure = false
    own.stream.removeAllListeners('data')
    const socket = connectTls({ ...options, socket: own.stream }, () => {
      secure = true
      onSecure()
    })
    socket.on('error', (error) => {
      if (secure) return own._handleNetworkError(error)
      failed(error)
      // The driver puts a code of its own into what it is given.
      onSecure(new Error('no TLS'))
    })
    socket.on('data', (data: Buffer) => own.packetParser.execute(data))
    own.stream = socket
  }
}

export interface RawResult {
  readonly fields: (columns: readonly WireColumn[]) => void
  /** Bytes of a row of the text protocol, to be read before it returns. Must not throw. */
  readonly row: (packet: Packet) => void
  readonly end: () => void
  readonly error: (error: unknown) => void
}

/**
 * Runs a statement and gives the bytes of its rows as they come, without a value being made of any of them: that is most of what reading
 * costs.
 */
export function queryRaw(connection: Connection, sql: string, take: RawResult): void {
  const command = connection.query({ sql, rowsAsArray: true })
  const states = command as unknown as { row: State }
  const parsed = states.row
  const row: State = (packet, given) => {
    if (packet.isEOF()) return parsed.call(command, packet, given)
    take.row(packet)
    return row
  }
  states.row = row
  command.on('fields', (fields: unknown) => {
    if (Array.isArray(fields)) take.fields(fields as WireColumn[])
  })
  command.on('error', take.error)
  command.on('end', take.end)
}
