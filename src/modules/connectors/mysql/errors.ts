import { LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import { addressOf, lostError, networkError, type Remote, timeoutError } from '../kit/errors.ts'

/** Whom a message is about. */
export interface About extends Remote {
  readonly user: string
  readonly database: string
}

/** What a server says of an error; `sqlMessage` is its text. */
interface ServerError extends Error {
  readonly errno: number
  readonly sqlMessage: string
}

const isServerError = (thrown: unknown): thrown is ServerError =>
  thrown instanceof Error && 'errno' in thrown && typeof thrown.errno === 'number' && 'sqlMessage' in thrown

/** The server's number of an error, of what it said or of what was made of that. */
export function errorNumberOf(thrown: unknown): number | undefined {
  if (isServerError(thrown)) return thrown.errno
  return thrown instanceof Error && thrown.cause !== undefined ? errorNumberOf(thrown.cause) : undefined
}

/** What went wrong with a server, in words; what is none of its errors stays as it is. */
export function mysqlError(thrown: unknown, about: About): unknown {
  if (thrown instanceof LogiDataError) return thrown
  if (isServerError(thrown)) return fromServer(thrown, about)
  if (thrown instanceof Error && 'code' in thrown) {
    const { code } = thrown
    if (code === 'PROTOCOL_CONNECTION_LOST') return lostError(about, thrown)
    if (code === 'PROTOCOL_SEQUENCE_TIMEOUT') return timeoutError(about, undefined, thrown)
    if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
      return operationalError('connection.tls', `${addressOf(about)} offers no encryption.`, {
        hint: 'Set encryption to “Off” only for a server on this computer or behind a tunnel.',
        cause: thrown,
      })
    if (code === 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED' || code === 'AUTH_SWITCH_PLUGIN_ERROR')
      return operationalError(
        'connection.login',
        `${addressOf(about)} wants to let “${about.user}” in by a way that is not supported.`,
        {
          hint: 'Passwords go by caching_sha2_password, sha256_password or mysql_native_password, never in clear text.',
          cause: thrown,
        },
      )
  }
  const network = networkError(thrown, about)
  if (network) return network
  if (thrown instanceof Error && /closed state|packets out of order|Connection lost/.test(thrown.message))
    return lostError(about, thrown)
  if (thrown instanceof Error && /unknown plugin/.test(thrown.message))
    return operationalError('connection.login', `${addressOf(about)} wants a kind of login that is not supported.`, {
      hint: 'Passwords go by caching_sha2_password, sha256_password or mysql_native_password.',
      cause: thrown,
    })
  return thrown
}

const LOGIN = new Set([1045, 1130, 1251, 1524, 1698, 1820, 1862, 3118, 3955, 4151])
const RIGHTS = new Set([1142, 1143, 1227, 1370, 1044, 1095, 1290])
const LOST = new Set([1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031])
const ABSENT = new Set([1146, 1109, 1051, 1356])
const CONFLICT = new Set([1213, 1020, 1637])

function fromServer(error: ServerError, about: About): LogiDataError {
  const { errno } = error
  const said = `the server says “${error.sqlMessage}” (${errno}).`
  const operational = (code: string, message: string, hint?: string) =>
    operationalError(code, message, { ...(hint === undefined ? {} : { hint }), cause: error })
  if (errno === 1045 || errno === 1698)
    return operational(
      'connection.login',
      `${addressOf(about)} does not let “${about.user}” in: wrong user or password, or the account is for other computers or for TLS only.`,
      'Check the user and the password of the connection, and its encryption.',
    )
  if (LOGIN.has(errno))
    return operational(
      'connection.login',
      `${addressOf(about)} does not let “${about.user}” in: ${said}`,
      'Check the account on the server: where it may come from, whether its password has expired.',
    )
  if (errno === 3159)
    return operational('connection.tls', `The server takes encrypted connections only: ${said}`, 'Switch TLS on.')
  if (errno === 1049)
    return operational(
      'connection.database',
      `There is no database “${about.database}” on ${addressOf(about)}, or “${about.user}” may not see it: ${said}`,
      'Check its name; upper and lower case count on most servers.',
    )
  if (RIGHTS.has(errno))
    return operational(
      'connection.rights',
      `“${about.user}” may not do this: ${said}`,
      'Ask who runs the database for the right (GRANT).',
    )
  if (errno === 1040 || errno === 1203 || errno === 1226)
    return operational('connection.refused', `The server has no room for another connection: ${said}`, 'Try later.')
  if (LOST.has(errno)) return operational('connection.lost', `The server ended the connection: ${said}`, 'Try again.')
  if (errno === 1317 || errno === 3024 || errno === 1969)
    return operational(
      'connection.timeout',
      `The server broke off the query: ${said}`,
      'It took longer than the connection or the server allows, or somebody there ended it.',
    )
  if (errno === 1205)
    return operational('connection.timeout', `Somebody else keeps what is needed locked: ${said}`, 'Try again later.')
  if (CONFLICT.has(errno))
    return operational('source.conflict', `The server broke off because of what others did: ${said}`, 'Try again.')
  if (ABSENT.has(errno)) return userError('source.not-found', said, { cause: error })
  if (errno === 1054) return userError('column.not-found', said, { cause: error })
  if (errno === 1792) return userError('source.query', `An extract only reads: ${said}`, { cause: error })
  // Syntax, types and functions that are used wrongly: of the query, not of the world.
  if (/^(?:42|22|21)/.test('sqlState' in error ? String(error.sqlState) : ''))
    return userError('source.query', said, { cause: error })
  return operational('source.failed', said)
}
