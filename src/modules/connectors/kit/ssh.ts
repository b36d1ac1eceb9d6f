import ssh2, { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2'
import { cancelledError, LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import { openSocket } from './diagnose.ts'
import { addressOf, lostError, networkError, type Remote, timeoutError } from './errors.ts'
import { fingerprintOf, judgeHostKey, keyType, knownTypes, type TrustedHosts } from './known-hosts.ts'

// Node finds no export of this name in a CommonJS package.
const { utils } = ssh2

/** Who comes in, and how a server is told from one that pretends to be it. */
export interface SshLogin {
  readonly remote: Remote
  readonly user: string
  readonly auth: { readonly key: string; readonly passphrase?: string | undefined } | { readonly password: string }
  readonly trusted: TrustedHosts
  readonly timeoutMs: number
  /** The setting that takes a fingerprint, as its form calls it. */
  readonly setting: string
}

const KEEPALIVE_MS = 10_000
const KEEPALIVES_MISSED = 3

/**
 * A session of SSH with a server whose key is known. An abort ends it at once; `client.end()` in order.
 * @throws LogiDataError `connection.…`, `cancelled`
 */
export async function openSsh(login: SshLogin, signal: AbortSignal): Promise<Client> {
  const { remote, timeoutMs } = login
  const started = performance.now()
  const config = { ...identity(login), ...algorithms(login) }
  const socket = await openSocket(remote, timeoutMs, signal)
  socket.setNoDelay(true).setKeepAlive(true, 30_000)
  const left = Math.max(1, Math.round(timeoutMs - (performance.now() - started)))
  const client = new Client()
  let unfit: LogiDataError | undefined
  const abort = () => {
    socket.destroy()
    client.destroy()
  }
  return new Promise((resolve, reject) => {
    const settle = () => {
      signal.removeEventListener('abort', abort)
      client.off('ready', ready).off('error', fail).off('close', closed)
      // What comes later reaches those who use the session by its `close`.
      client.on('error', () => undefined)
      socket.on('error', () => undefined)
    }
    const fail = (thrown: unknown) => {
      settle()
      abort()
      reject(signal.aborted ? cancelledError() : (unfit ?? sshError(thrown, login)))
    }
    const closed = () => fail(new Error('closed'))
    const ready = () => {
      settle()
      signal.addEventListener('abort', abort, { once: true })
      client.once('close', () => signal.removeEventListener('abort', abort))
      resolve(client)
    }
    signal.addEventListener('abort', abort, { once: true })
    client.once('ready', ready).on('error', fail).once('close', closed)
    if ('password' in login.auth) {
      const { password } = login.auth
      // Servers ask for a password in two ways.
      client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) =>
        finish(prompts.map(({ echo }) => (echo ? '' : password))),
      )
    }
    client.connect({
      ...config,
      sock: socket,
      username: login.user,
      readyTimeout: left,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVES_MISSED,
      hostVerifier: (key: Buffer) => {
        unfit = hostProblem(key, login)
        return unfit === undefined
      },
    })
  })
}

function identity({ auth }: SshLogin): Pick<ConnectConfig, 'privateKey' | 'passphrase' | 'password' | 'tryKeyboard'> {
  if ('password' in auth) return { password: auth.password, tryKeyboard: true }
  const parsed = utils.parseKey(auth.key, auth.passphrase)
  if (parsed instanceof Error) {
    // Its text may hold parts of the key.
    const locked = /passphrase|encrypted|decrypt|integrity/i.test(parsed.message)
    throw userError(
      'connection.login',
      locked
        ? auth.passphrase === undefined
          ? 'The private key needs its passphrase.'
          : 'The passphrase does not open the private key.'
        : 'The private key cannot be read.',
      {
        hint: locked
          ? 'Give its passphrase under the secrets of the connection.'
          : 'A key as ssh-keygen makes it is needed, all of it, from -----BEGIN to -----END; not the public one.',
      },
    )
  }
  return { privateKey: auth.key, ...(auth.passphrase === undefined ? {} : { passphrase: auth.passphrase }) }
}

const RSA: readonly ServerHostKeyAlgorithm[] = ['rsa-sha2-512', 'rsa-sha2-256']
const SPOKEN: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  ...RSA,
]

/** Without SHA-1; of several keys a server shows one that is known. */
function algorithms({ remote, trusted }: SshLogin): Pick<ConnectConfig, 'algorithms'> {
  const types = knownTypes(remote, trusted)
  const wanted = SPOKEN.filter((one) => types.includes(one) || (types.includes('ssh-rsa') && RSA.includes(one)))
  return { algorithms: { serverHostKey: [...(wanted.length > 0 ? wanted : SPOKEN)] } }
}

function hostProblem(key: Buffer, { remote, trusted, setting }: SshLogin): LogiDataError | undefined {
  const shown = `${fingerprintOf(key)} (${keyType(key)})`
  const where = addressOf(remote)
  switch (judgeHostKey(key, remote, trusted)) {
    case 'known':
      return undefined
    case 'unknown':
      return userError('connection.host-unknown', `${where} is not known. Its key has the fingerprint ${shown}.`, {
        hint: `Ask who runs the server whether that is its fingerprint. If so, enter ${fingerprintOf(key)} as “${setting}” of the connection. Nothing was sent.`,
      })
    case 'changed':
      return userError('connection.host-changed', `${where} shows another key than the known one: ${shown}.`, {
        hint: `Somebody may pretend to be the server: nothing was sent. Only if who runs it confirms the new fingerprint, enter it as “${setting}”.`,
      })
    case 'revoked':
      return userError('connection.host-changed', `The key of ${where} is revoked: ${shown}.`, {
        hint: 'The file of known hosts says that it must not be used. Nothing was sent; ask who runs the server.',
      })
  }
}

/** What a session failed with, in words. */
export function sshError(thrown: unknown, { remote, user, auth, timeoutMs }: SshLogin): LogiDataError {
  if (thrown instanceof LogiDataError) return thrown
  const { level, message = '' } = thrown as { level?: string; message?: string }
  const where = addressOf(remote)
  if (level === 'client-authentication')
    return operationalError('connection.login', `${where} does not let “${user}” in over SSH.`, {
      hint:
        'password' in auth
          ? 'Check the user and the password; some servers take keys only.'
          : 'Check the user, and that the public key is among those that the server lets in (authorized_keys).',
    })
  if (level === 'client-timeout') return timeoutError(remote, Math.round(timeoutMs / 1000))
  const network = networkError(thrown, remote)
  if (network) return network
  if (level === 'handshake' && /no matching/i.test(message))
    return operationalError('connection.ssh', `${where} and this program know no common way of SSH.`, {
      hint: 'The server knows only methods that are no longer safe, or keeps a key of another kind than the known one.',
    })
  if (level === 'protocol' || level === 'handshake')
    return operationalError('connection.ssh', `What answers at ${where} does not speak SSH as expected.`, {
      hint: 'Check the host and the port.',
    })
  return lostError(remote)
}
