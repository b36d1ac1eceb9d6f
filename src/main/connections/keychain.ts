import type { AsyncEntry } from '@napi-rs/keyring'
import { operationalError } from '../../shared/errors.ts'
import type { SecretStore } from './secret-store.ts'

const SERVICE = 'LogiData Studio'

/**
 * The keychain of the operating system: Keychain of macOS, Credential Manager of Windows, Secret Service of Linux. The kernel's keyring, which
 * the library would take where there is no Secret Service, forgets everything when the machine is switched off, so it is not used.
 */
export class Keychain implements SecretStore {
  readonly kind = 'keychain'

  async get(account: string): Promise<string | undefined> {
    return (await asking(async () => (await entry(account)).getPassword())) ?? undefined
  }

  async set(account: string, secret: string): Promise<void> {
    await asking(async () => (await entry(account)).setPassword(secret))
  }

  async remove(account: string): Promise<void> {
    await asking(async () => (await entry(account)).deleteCredential())
  }

  /** Why there is none here; undefined where there is one. */
  async whyNot(): Promise<string | undefined> {
    try {
      await (await entry('probe')).getPassword()
      return undefined
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown)
    }
  }
}

async function entry(account: string): Promise<AsyncEntry> {
  const { AsyncEntry } = await import('@napi-rs/keyring')
  return new AsyncEntry(SERVICE, account, { linux: { store: 'secret-service' } })
}

async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw operationalError('keychain.failed', `The keychain of this computer did not answer: ${why}`, {
      hint: 'Unlock it and try again, or keep secrets in an encrypted vault file.',
      cause,
    })
  }
}
