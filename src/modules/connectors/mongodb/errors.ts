import {
  BSON,
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoCompatibilityError,
  MongoError,
  MongoMissingCredentialsError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb'
import { LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import { addressOf, lostError, networkError, type Remote, timeoutError } from '../kit/errors.ts'
import { broken } from './bson/elements.ts'

const { BSONError } = BSON

/** Whom a message is about. */
export interface About extends Remote {
  readonly user: string | undefined
  readonly database: string
}

/** The server's number of an error, of what it said or of what was made of that. */
export function errorNumberOf(thrown: unknown): number | undefined {
  if (thrown instanceof MongoServerError || thrown instanceof MongoBulkWriteError) return Number(thrown.code)
  return thrown instanceof Error && thrown.cause !== undefined ? errorNumberOf(thrown.cause) : undefined
}

/** What went wrong with a server, in words; what is none of its errors stays as it is. */
export function mongodbError(thrown: unknown, about: About): unknown {
  if (thrown instanceof LogiDataError) return thrown
  if (thrown instanceof MongoServerSelectionError) return notSelected(thrown, about)
  if (thrown instanceof MongoServerError || thrown instanceof MongoBulkWriteError) return fromServer(thrown, about)
  if (thrown instanceof MongoNetworkTimeoutError) return timeoutError(about, undefined, thrown)
  if (thrown instanceof MongoClientClosedError) return lostError(about, thrown)
  if (thrown instanceof MongoMissingCredentialsError)
    return operationalError('connection.login', 'The connection has no password.', {
      hint: 'Give its password, or choose another way of logging in.',
      cause: thrown,
    })
  if (thrown instanceof MongoCompatibilityError)
    return operationalError('connection.refused', `${addressOf(about)} is too old: MongoDB 4.2 is the oldest.`, {
      cause: thrown,
    })
  if (BSONError.isBSONError(thrown)) return broken()
  const network = networkError(thrown, about)
  if (network) return network
  if (thrown instanceof MongoError) {
    if (/closed|ended|pool|topology/i.test(thrown.message)) return lostError(about, thrown)
    return operationalError('source.failed', `${addressOf(about)}: ${thrown.message}.`, { cause: thrown })
  }
  return thrown
}

/** No member of a set could be used: what the first of them answered. */
function notSelected(thrown: MongoServerSelectionError, about: About): unknown {
  const servers = thrown.reason === undefined ? [] : [...thrown.reason.servers.values()]
  for (const { error } of servers) {
    if (error instanceof MongoServerError) return fromServer(error, about)
    const found = error && networkError(error, about)
    if (found && found.info.code !== 'connection.lost') return found
    if (error instanceof MongoNetworkTimeoutError || /timed out/.test(error?.message ?? ''))
      return timeoutError(about, undefined, thrown)
    if (error && (found || /closed/.test(error.message)))
      return operationalError('connection.tls', `${addressOf(about)} ended the connection before it said anything.`, {
        hint: 'A server does that where one side wants TLS and the other does not, and servers of another kind do.',
        cause: thrown,
      })
  }
  if (servers.length > 0 && servers.every(({ error }) => error === null))
    return operationalError('connection.refused', `No member of the replica set of ${addressOf(about)} can be used.`, {
      hint: 'Check the name of the replica set, and whether it has a primary.',
      cause: thrown,
    })
  return timeoutError(about, undefined, thrown)
}

const LOST = new Set([6, 7, 43, 89, 91, 175, 189, 237, 262, 9001, 10_107, 10_058, 11_600, 11_602, 13_435, 13_436])
const ENDED = /^connection .* closed$|\b(?:ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT)\b/
const RIGHTS = new Set([13, 31, 33])
/** Syntax and types that are used wrongly. */
const QUERY = new Set([2, 4, 9, 14, 15, 17, 40, 52, 54, 56, 57, 66, 73, 168, 241])

function fromServer(error: MongoServerError | MongoBulkWriteError, about: About): LogiDataError {
  const number = Number(error.code)
  // A bulk write tells a connection that ended as if the server had said it.
  if (Number.isNaN(number) && ENDED.test(error.message)) return lostError(about, error)
  const said = `the server says “${error.message.slice(0, 500)}” (${number}).`
  const operational = (code: string, message: string, hint?: string) =>
    operationalError(code, message, { ...(hint === undefined ? {} : { hint }), cause: error })
  if (number === 18 || number === 11 || number === 8000)
    return operational(
      'connection.login',
      `${addressOf(about)} does not let “${about.user ?? ''}” in: wrong user or password, or another database knows the user.`,
      'Check the user, the password and the database that knows the user.',
    )
  if (RIGHTS.has(number))
    return operational(
      'connection.rights',
      about.user === undefined
        ? `Nobody may do this without a user: ${said}`
        : `“${about.user}” may not do this: ${said}`,
      'Ask who runs the database for the role (read, readWrite).',
    )
  if (number === 50)
    return operational(
      'connection.timeout',
      `The server broke off the query: ${said}`,
      'It took longer than the connection or the server allows.',
    )
  if (LOST.has(number)) return operational('connection.lost', `The server ended it: ${said}`, 'Try again.')
  if (number === 59 || number === 115 || number === 238 || number === 303 || number === 304)
    return userError('source.unsupported', `This server cannot do it: ${said}`, {
      hint: 'Say it in another way; systems that only speak the protocol of MongoDB lack some of it.',
      cause: error,
    })
  if (number === 26) return userError('source.not-found', said, { cause: error })
  if (number === 11_000 || number === 11_001)
    return userError('load.key', `A value of a unique index comes twice: ${said}`, {
      hint: 'Remove the duplicates before, or use upsert.',
      cause: error,
    })
  if (number === 121)
    return userError('load.value', `A document does not pass the validation of the collection: ${said}`, {
      hint: 'Mend the rows before this step, or change the rules of the collection.',
      cause: error,
    })
  if (QUERY.has(number) || (number >= 15_900 && number < 60_000) || number > 4_000_000)
    return userError('source.query', said, { cause: error })
  return operational('source.failed', said)
}
