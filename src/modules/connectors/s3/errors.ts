import { cancelledError, LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import { networkError, type Remote } from '../kit/errors.ts'

/** Whom a request was for, as messages name it. */
export interface About {
  readonly remote: Remote
  readonly bucket: string
  readonly connection: string
}

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number }
}

const LOGIN = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'ExpiredToken',
  'TokenRefreshRequired',
  'CredentialsProviderError',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
])
/** What a store says where bytes are not those that the checksum was made of. */
const GARBLED = new Set(['BadDigest', 'XAmzContentChecksumMismatch', 'XAmzContentSHA256Mismatch', 'InvalidDigest'])
const BUSY = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'InternalError',
  'RequestTimeout',
  'Throttling',
  'TimeoutError',
])

/** What the SDK threw, in words. Its own text is not taken over: it may hold keys, and addresses with signatures. */
export function s3Error(thrown: unknown, { remote, bucket, connection }: About, name?: string): unknown {
  if (thrown instanceof LogiDataError || !(thrown instanceof Error)) return thrown
  if (thrown.name === 'AbortError') return cancelledError()
  const status = (thrown as ServiceError).$metadata?.httpStatusCode
  const what = name === undefined ? `the bucket “${bucket}”` : `s3://${bucket}/${name}`
  const cause = thrown
  if (LOGIN.has(thrown.name))
    return userError('connection.login', `${remote.host} does not accept the key of “${connection}”.`, {
      hint:
        thrown.name === 'CredentialsProviderError'
          ? 'The AWS tools of this computer know no key. Log in with them, or choose a key of its own for the connection.'
          : 'Check the access key ID and the secret key; temporary keys need their session token, and end.',
    })
  if (thrown.name === 'RequestTimeTooSkewed')
    return userError('connection.login', 'The clock of this computer is too far from that of the store.', {
      hint: 'Set the clock of this computer.',
    })
  if (thrown.name === 'NoSuchBucket')
    return userError('connection.database', `There is no bucket “${bucket}” at ${remote.host}.`, {
      hint: 'Check its spelling, the region, and whether the bucket belongs into the path.',
    })
  if (thrown.name === 'PermanentRedirect' || thrown.name === 'AuthorizationHeaderMalformed' || status === 301)
    return userError('connection.database', `The bucket “${bucket}” is in another region.`, {
      hint: 'Set the region of the connection to that of the bucket.',
    })
  if (thrown.name === 'PreconditionFailed' || status === 412)
    return operationalError('source.changed', `${what} was changed while it was read.`, {
      hint: 'Run it again. If something writes there all the time, read another folder, or at another time.',
    })
  if (thrown.name === 'NoSuchKey' || thrown.name === 'NotFound' || status === 404)
    return operationalError('source.not-found', `${what} is not there.`, {
      hint: 'It was removed, or the bucket is another one. Capital letters count.',
    })
  if (thrown.name === 'AccessDenied' || thrown.name === 'Forbidden' || status === 403)
    return userError('connection.rights', `The key of “${connection}” may not do this with ${what}.`, {
      hint: 'Reading needs s3:ListBucket and s3:GetObject, writing s3:PutObject and s3:DeleteObject.',
    })
  if (GARBLED.has(thrown.name))
    return operationalError(
      'connection.lost',
      `${what} did not arrive as it was sent: ${remote.host} found another checksum.`,
      {
        hint: 'Run it again. If it happens again, something on the way changes what is sent: a proxy, a cable, memory.',
        cause,
      },
    )
  const network = networkError(thrown, remote)
  if (network) return network
  if (BUSY.has(thrown.name) || (status !== undefined && status >= 500))
    return operationalError('connection.lost', `${remote.host} did not answer in time, or is too busy.`, {
      hint: 'Try again in a while.',
      cause,
    })
  return operationalError('connection.lost', `${remote.host} answered ${thrown.name} for ${what}.`, {
    hint: 'Test the connection; it says which step goes wrong.',
    cause,
  })
}
