// An SSH server that takes a password, for a server that runs without rights can check none: `node main.ts OPTIONS-AS-JSON`.
import { timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import ssh2 from 'ssh2'
import { serveFiles } from './files.ts'

export interface SftpOptions {
  readonly port: number
  readonly hostKey: string
  readonly root: string
  readonly user: string
  readonly password: string
  readonly publicKey: string
}

const options = JSON.parse(process.argv[2] ?? '{}') as SftpOptions
const allowedKey = ssh2.utils.parseKey(readFileSync(options.publicKey))
if (allowedKey instanceof Error) throw allowedKey

function same(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

function entered(context: ssh2.AuthContext): boolean {
  if (context.username !== options.user) return false
  if (context.method === 'password') return same(Buffer.from(context.password), Buffer.from(options.password))
  if (context.method !== 'publickey' || allowedKey instanceof Error) return false
  if (!same(context.key.data, allowedKey.getPublicSSH())) return false
  if (context.signature === undefined) return true // the client asks whether this key would do
  return context.blob !== undefined && allowedKey.verify(context.blob, context.signature, context.hashAlgo) === true
}

const server = new ssh2.Server({ hostKeys: [readFileSync(options.hostKey)] }, (client) => {
  client.on('error', () => undefined) // the other side went away
  client.on('authentication', (context) => {
    if (entered(context)) context.accept()
    else context.reject(['password', 'publickey'])
  })
  client.on('session', (accept) => {
    accept().on('sftp', (acceptSftp) => serveFiles(acceptSftp(), options.root))
  })
})
// With Nagle's algorithm each answer would wait for 40 ms.
createServer({ noDelay: true }, (socket) => server.injectSocket(socket)).listen(options.port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
