import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { userError } from '../../../shared/errors.ts'
import type { Remote } from './errors.ts'

/** What says which key a host has. */
export interface TrustedHosts {
  /** `SHA256:…` as `ssh-keygen -l` prints it, or the key itself (`ssh-ed25519 AAAA…`). */
  readonly hostKeys: readonly string[]
  /** Text of a file of known hosts as OpenSSH keeps it. */
  readonly knownHosts?: string | undefined
}

interface Known {
  readonly marker: string
  readonly hosts: string
  readonly type: string
  readonly key: Buffer
}

/** @example 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU' */
export const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** The kind of a key, which stands at its beginning: `ssh-ed25519`. */
export function keyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0
  return length > 0 && length < 100 && key.length >= 4 + length ? key.toString('latin1', 4, 4 + length) : 'unknown'
}

/**
 * Whether a key is the one of a host. `unknown`: nothing says which key it has; `changed`: something says that it has another one;
 * `revoked`: this key is listed as one that must not be used.
 */
export function judgeHostKey(
  key: Buffer,
  remote: Remote,
  trusted: TrustedHosts,
): 'known' | 'unknown' | 'changed' | 'revoked' {
  const mine = linesFor(remote, trusted.knownHosts)
  if (mine.some((line) => line.marker === '@revoked' && line.key.equals(key))) return 'revoked'
  const keys = mine.filter(({ marker }) => marker === '')
  if (keys.some((line) => line.key.equals(key))) return 'known'
  const fingerprint = fingerprintOf(key)
  const pins = trusted.hostKeys.map(pinOf)
  if (pins.includes(fingerprint)) return 'known'
  return keys.length > 0 || pins.length > 0 ? 'changed' : 'unknown'
}

/** Kinds of the keys that are known of a host: a server shows one of several keys, and should be asked for one that can be compared. */
export function knownTypes(remote: Remote, trusted: TrustedHosts): string[] {
  const listed = linesFor(remote, trusted.knownHosts)
    .filter(({ marker }) => marker === '')
    .map(({ type }) => type)
  const pinned = trusted.hostKeys.flatMap((text) => /^(?:ssh|ecdsa|sk)-\S+/.exec(text.trim())?.[0] ?? [])
  // A fingerprint does not say of what kind its key is.
  return pinned.length < trusted.hostKeys.length ? [] : [...new Set([...listed, ...pinned])]
}

/** @throws LogiDataError `connection.invalid` for what is neither a fingerprint nor a key */
export function pinOf(text: string): string {
  const trimmed = text.trim()
  const fingerprint = /^(?:SHA256:)?([A-Za-z0-9+/]{43})=?$/.exec(trimmed)?.[1]
  if (fingerprint !== undefined) return `SHA256:${fingerprint}`
  const [type, encoded] = trimmed.split(/\s+/)
  const key = Buffer.from(encoded ?? '', 'base64')
  if (key.length > 30 && keyType(key) === type) return fingerprintOf(key)
  throw userError('connection.invalid', `“${trimmed.slice(0, 80)}” is no key of a host.`, {
    hint: 'Give its fingerprint (SHA256:…) or the key itself (ssh-ed25519 AAAA…), as ssh-keyscan prints it.',
  })
}

function linesFor(remote: Remote, text: string | undefined): Known[] {
  return (text ?? '').split(/\r?\n/).flatMap((line) => {
    const known = parse(line)
    return known && isFor(known.hosts, remote) ? [known] : []
  })
}

function parse(line: string): Known | undefined {
  const parts = line.trim().split(/\s+/)
  if (parts[0] === undefined || parts[0] === '' || parts[0].startsWith('#')) return undefined
  const marker = parts[0].startsWith('@') ? (parts.shift() ?? '') : ''
  const [hosts, type, encoded] = parts
  if (hosts === undefined || type === undefined || encoded === undefined) return undefined
  return { marker, hosts, type, key: Buffer.from(encoded, 'base64') }
}

/** As sshd(8) has it: names separated by commas, `*` and `?`, `!` for none of these, `[host]:port`, or a hash. */
function isFor(hosts: string, { host, port }: Remote): boolean {
  const name = host.toLowerCase()
  const names = port === 22 ? [name, `[${name}]:22`] : [`[${name}]:${port}`]
  if (hosts.startsWith('|1|')) return names.some((one) => isHashOf(hosts, one))
  let matched = false
  for (const pattern of hosts.toLowerCase().split(',')) {
    const denied = pattern.startsWith('!')
    const expression = patternOf(denied ? pattern.slice(1) : pattern)
    if (!names.some((one) => expression.test(one))) continue
    if (denied) return false
    matched = true
  }
  return matched
}

const patternOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )

function isHashOf(hosts: string, name: string): boolean {
  const [, , salt, hash] = hosts.split('|')
  if (salt === undefined || hash === undefined) return false
  const own = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  const given = Buffer.from(hash, 'base64')
  return own.length === given.length && timingSafeEqual(own, given)
}
