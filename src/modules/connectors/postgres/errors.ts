import { LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import { addressOf, lostError, networkError, type Remote } from '../kit/errors.ts'

/** What a server says of an error. */
interface ServerError extends Error {
  readonly code: string
  readonly severity: string
  readonly detail?: string
  readonly hint?: string
  readonly position?: string
  readonly where?: string
}

const isServerError = (thrown: unknown): thrown is ServerError =>
  thrown instanceof Error && 'severity' in thrown && 'code' in thrown && /^[0-9A-Z]{5}$/.test(String(thrown.code))

/** The server's five letters for an error, of what it said or of what was made of that. */
export function sqlStateOf(thrown: unknown): string | undefined {
  if (isServerError(thrown)) return thrown.code
  return thrown instanceof Error && thrown.cause !== undefined ? sqlStateOf(thrown.cause) : undefined
}

/** Offset, from 1, in the statement that the server was sent, in code points. */
export function positionOf(thrown: unknown): number | undefined {
  if (isServerError(thrown)) return thrown.position === undefined ? undefined : Number(thrown.position)
  return thrown instanceof Error && thrown.cause !== undefined ? positionOf(thrown.cause) : undefined
}

/** Whom a message is about. */
export interface About extends Remote {
  readonly user: string
  readonly database: string
}

/** What went wrong with a server, in words; what is none of its errors stays as it is. */
export function postgresError(thrown: unknown, about: About): unknown {
  if (thrown instanceof LogiDataError) return thrown
  if (isServerError(thrown)) return fromServer(thrown, about)
  const network = networkError(thrown, about)
  if (network) return network
  // `pg` has no codes for its own.
  if (thrown instanceof Error && /^(?:Connection terminated|Client was closed)|not queryable/.test(thrown.message))
    return lostError(about, thrown)
  if (thrown instanceof Error && thrown.message.startsWith('SASL:')) return loginError(about, thrown)
  return thrown
}

const loginError = (about: About, cause: unknown): LogiDataError =>
  operationalError('connection.login', `${addressOf(about)} does not let “${about.user}” in: wrong user or password.`, {
    hint: 'Check the user and the password of the connection.',
    cause,
  })

function fromServer(error: ServerError, about: About): LogiDataError {
  const said = sentence(error)
  const code = error.code
  const operational = (name: string, message: string, hint?: string) =>
    operationalError(name, message, { ...(hint === undefined ? {} : { hint }), cause: error })
  const user = (name: string, message: string, hint = error.hint) =>
    userError(name, message, { ...(hint === undefined ? {} : { hint }), cause: error })
  switch (code) {
    case '28P01':
      return loginError(about, error)
    case '28000':
      return operational(
        'connection.login',
        `${addressOf(about)} does not let “${about.user}” in: ${said}`,
        'The server’s rules (pg_hba.conf) decide who may come from where, with or without TLS or a client certificate.',
      )
    case '3D000':
      return operational(
        'connection.database',
        `There is no database “${about.database}” on ${addressOf(about)}.`,
        'Check the name of the database; upper and lower case count.',
      )
    case '42501':
      return operational(
        'connection.rights',
        `“${about.user}” may not do this: ${said}`,
        'Ask who runs the database for the right (GRANT).',
      )
    case '53300':
    case '53400':
      return operational(
        'connection.refused',
        `The server has no room for another connection: ${said}`,
        'Try again later.',
      )
    case '57P03':
      return operational('connection.refused', `The server does not take connections now: ${said}`, 'Try again later.')
    case '57P01':
    case '57P02':
    case '57P05':
    case '25P03':
      return operational('connection.lost', `The server ended the connection: ${said}`, 'Try again later.')
    case '57014':
      return operational(
        'connection.timeout',
        `The server broke off the query: ${said}`,
        'It took longer than the connection or the server allows, or somebody there ended it.',
      )
    case '55P03':
      return operational('connection.timeout', `Somebody else keeps what is needed locked: ${said}`, 'Try again later.')
    case '40001':
    case '40P01':
      return operational('source.conflict', `The server broke off because of what others did: ${said}`, 'Try again.')
    case '42P01':
    case '3F000':
      return user('source.not-found', said)
    case '42703':
      return user('column.not-found', said)
    case '42P18':
      return user('source.query', said, 'Say the type of the parameter: $since::date.')
    case '25006':
      return user('source.query', `An extract only reads: ${said}`)
  }
  if (code.startsWith('08')) return operational('connection.lost', `The connection was lost: ${said}`)
  if (code.startsWith('42') || code.startsWith('22') || code === '0A000') return user('source.query', said)
  return operational('source.failed', said, error.hint)
}

/** @example 'The server says: relation "x" does not exist.' */
const sentence = ({ message, detail }: ServerError): string =>
  `the server says “${message}${detail === undefined ? '' : ` (${detail})`}”.`
