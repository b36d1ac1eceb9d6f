import { cancelledError, LogiDataError, operationalError, userError } from '../../../shared/errors.ts'

/** Whom a connection was made to, as messages name it. */
export interface Remote {
  readonly host: string
  readonly port: number
}

/** @example 'db.example.com:5432', '[::1]:5432' */
export const addressOf = ({ host, port }: Remote): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

/**
 * The error of a socket, of a name or of a certificate in words, by its `code`. The text of what was thrown is not taken over: drivers put
 * addresses and more into it.
 * @returns undefined where it is none of these
 */
export function networkError(thrown: unknown, remote: Remote): LogiDataError | undefined {
  if (thrown instanceof LogiDataError) return thrown
  if (!(thrown instanceof Error)) return undefined
  if (thrown.name === 'AbortError') return cancelledError()
  // Node tries all addresses of a name, and gives what each of them answered.
  if (thrown instanceof AggregateError)
    return thrown.errors.map((one) => networkError(one, remote)).find((one) => one !== undefined)
  const code = codeOf(thrown)
  return byCode(code, thrown, remote) ?? certificateError(code, thrown, remote)
}

function byCode(code: string, cause: Error, remote: Remote): LogiDataError | undefined {
  const where = addressOf(remote)
  switch (code) {
    case 'ENOTFOUND':
      return operationalError('connection.name', `No computer with the name ${remote.host} is known.`, {
        hint: 'Check the spelling of the host, and whether a VPN has to be on.',
        cause,
      })
    case 'EAI_AGAIN':
      return operationalError('connection.name', `The name ${remote.host} could not be looked up.`, {
        hint: 'Is this computer online? Check the network, then try again.',
        cause,
      })
    case 'ECONNREFUSED':
      return operationalError('connection.refused', `Nothing answers at ${where}: the connection was refused.`, {
        hint: 'Check the port, and that the server runs and listens to other computers than its own.',
        cause,
      })
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return operationalError('connection.refused', `${where} cannot be reached from this computer.`, {
        hint: 'Check the network, and whether a VPN has to be on.',
        cause,
      })
    case 'EACCES':
    case 'EPERM':
      return operationalError('connection.refused', `This computer does not allow a connection to ${where}.`, {
        hint: 'A firewall on this computer stands in the way.',
        cause,
      })
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return userError('connection.refused', `${where} is no address that can be connected to.`, {
        hint: 'Check the host and the port.',
        cause,
      })
    case 'ETIMEDOUT':
      return timeoutError(remote, undefined, cause)
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return lostError(remote, cause)
  }
  return undefined
}

/** Nobody answered in time. */
export const timeoutError = (remote: Remote, seconds?: number, cause?: unknown): LogiDataError =>
  operationalError(
    'connection.timeout',
    `${addressOf(remote)} did not answer${seconds === undefined ? ' in time' : ` within ${seconds} seconds`}.`,
    {
      hint: 'Check the host and the port; a firewall on the way often drops what it does not let through. Or give it more time.',
      ...(cause === undefined ? {} : { cause }),
    },
  )

/** A connection that stood has ended. */
export const lostError = (remote: Remote, cause?: unknown): LogiDataError =>
  operationalError('connection.lost', `The connection to ${addressOf(remote)} was lost.`, {
    hint: 'The server or the network ended it. Nothing of what was being done is kept; try again.',
    ...(cause === undefined ? {} : { cause }),
  })

/** Of OpenSSL, by way of Node. */
const UNKNOWN_AUTHORITY = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'INVALID_CA',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_PURPOSE',
])

function certificateError(code: string, cause: Error, remote: Remote): LogiDataError | undefined {
  const where = addressOf(remote)
  const tls = (message: string, hint: string) => operationalError('connection.tls', message, { hint, cause })
  if (UNKNOWN_AUTHORITY.has(code))
    return tls(
      `The certificate of ${where} is not signed by an authority that is trusted here.`,
      'Give the certificate of its authority (a PEM file of the project), or ask who runs the server for it.',
    )
  if (code === 'CERT_HAS_EXPIRED')
    return tls(`The certificate of ${where} has expired.`, 'Who runs the server has to renew it.')
  if (code === 'CERT_NOT_YET_VALID')
    return tls(`The certificate of ${where} is not valid yet.`, 'Check the clocks of this computer and of the server.')
  if (code === 'CERT_REVOKED')
    return tls(`The certificate of ${where} was revoked.`, 'Do not connect; ask who runs the server.')
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return tls(
      `The certificate of ${where} is for another name.`,
      'Connect by the name that is in the certificate, or give that name as the server’s name.',
    )
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return tls(`${where} does not speak TLS as expected.`, 'Check the port, or whether the server speaks TLS at all.')
  if (code === 'ERR_SSL_UNSUPPORTED_PROTOCOL' || code.includes('ALERT_PROTOCOL_VERSION'))
    return tls(`${where} speaks only versions of TLS that are no longer safe.`, 'The server has to be updated.')
  if (/ALERT_(?:CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN)/.test(code))
    return tls(
      `${where} did not accept this client’s certificate, or wants one.`,
      'Give a client certificate and its key, or check those that are given.',
    )
  if (/^ERR_(?:SSL|TLS|OSSL)/.test(code) || code.startsWith('CERT_'))
    return tls(`A TLS connection to ${where} could not be made (${code}).`, 'Check the settings of TLS.')
  return undefined
}

const codeOf = (thrown: Error): string =>
  'code' in thrown && typeof thrown.code === 'string' ? thrown.code : codeOfCause(thrown)

const codeOfCause = ({ cause }: Error): string => (cause instanceof Error ? codeOf(cause) : '')
