import type { S3Client } from '@aws-sdk/client-s3'
import { LogiDataError, userError } from '../../../shared/errors.ts'

/** What a store says where a key has ended that was right a moment ago. */
const ENDED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'InvalidToken'])

export interface Identity {
  readonly connection: string
  readonly profile: string | undefined
}

/**
 * Lets a client be whoever the AWS tools of this computer are. Where they know nobody, or a role is refused, that is told as such; a key that
 * ends in the middle of a run, whatever was said of when, is asked for anew: by the first request that it ended for, for all of them.
 */
export function followChain(client: S3Client, identity: Identity): void {
  const known = async (options?: { forceRefresh: boolean }) => {
    try {
      await client.config.credentials(options)
    } catch (thrown) {
      throw unknown(thrown, identity)
    }
  }
  let keys = 0
  let another = Promise.resolve()
  client.middlewareStack.add(
    (next) => async (args) => {
      await known()
      const mine = keys
      try {
        return await next(args)
      } catch (thrown) {
        if (!(thrown instanceof Error) || !ENDED.has(thrown.name)) throw thrown
        if (mine === keys) {
          keys++
          another = known({ forceRefresh: true })
        }
        await another
        return next(args)
      }
    },
    { step: 'initialize', name: 'logidataChain' },
  )
}

/** Why the chain gave no key. Its own text is not taken over: it may hold tokens. */
function unknown(cause: unknown, { connection, profile = process.env.AWS_PROFILE }: Identity): unknown {
  if (cause instanceof LogiDataError || !(cause instanceof Error)) return cause
  const { name, message } = cause
  if (name === 'AbortError') return cause
  const named = profile === undefined ? '' : ` of profile “${profile}”`
  const lost = (text: string, hint: string) =>
    userError('connection.login', text, { hint, cause, field: ['connection'] })
  if (name === 'TokenProviderError' || /sso/i.test(message))
    return lost(
      `The single sign-on${named} for “${connection}” has ended, or was never made.`,
      'Log in with `aws sso login`, then run it again.',
    )
  // Of the chain itself; what a service of AWS answered has a name of its own.
  const isChain = name === 'CredentialsProviderError' || name === 'ProviderError'
  if (isChain && profile !== undefined)
    return lost(
      `The AWS tools of this computer have no profile “${profile}” with a key, which “${connection}” asks for.`,
      'Check its spelling in ~/.aws/config and ~/.aws/credentials, or choose another profile.',
    )
  if (isChain)
    return lost(
      `The AWS tools of this computer know no key for “${connection}”.`,
      'Looked at, in this order: the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ~/.aws (single sign-on and roles too), a token file (AWS_WEB_IDENTITY_TOKEN_FILE), the container, the machine. Log in with them, or choose a key of its own for the connection.',
    )
  return lost(
    `AWS refuses the role${named} for “${connection}”: ${name.slice(0, 80)}.`,
    'Check its role_arn, whether the role trusts who asks for it, and whether the token it is asked with has ended.',
  )
}
