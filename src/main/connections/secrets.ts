import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Connection, ConnectorInfo } from '../../shared/connections/connection.ts'
import type { Keychain } from './keychain.ts'
import type { SecretStore } from './secret-store.ts'
import type { Vault } from './vault.ts'

/** What is stored for a secret: where it may be sent is a part of it. */
const storedSchema = z.strictObject({ version: z.literal(1), secret: z.string(), audience: z.string() })

export type SecretState = 'stored' | 'missing' | 'stale'

export interface SecretName {
  /** Absolute. */
  readonly projectRoot: string
  readonly connection: string
  /** Of an environment of its own, where the settings differ there. */
  readonly environment?: string | undefined
  readonly name: string
}

/**
 * The secrets of connections, in the keychain or, where a person chose so, in the vault. A secret is bound to where it is sent: when somebody else's
 * change of `connections.yaml` makes the connection lead to another host, the secret is stale, and not sent there.
 */
export class Secrets {
  readonly keychain: Keychain
  readonly vault: Vault
  readonly #environment: Readonly<Record<string, string | undefined>>
  #store: Promise<SecretStore | undefined> | undefined

  constructor(keychain: Keychain, vault: Vault, environment: Readonly<Record<string, string | undefined>>) {
    this.keychain = keychain
    this.vault = vault
    this.#environment = environment
  }

  /** The vault, where there is one; else the keychain, where it answers. Looked up once. */
  store(): Promise<SecretStore | undefined> {
    this.#store ??= this.#choose()
    return this.#store
  }

  async #choose(): Promise<SecretStore | undefined> {
    if (await this.vault.exists()) {
      const passphrase = this.#environment.LOGIDATA_VAULT_PASSPHRASE
      if (passphrase && !this.vault.unlocked) await this.vault.unlock(passphrase)
      return this.vault
    }
    return (await this.keychain.whyNot()) === undefined ? this.keychain : undefined
  }

  /** After a vault was made, or the keychain was started. */
  lookAgain(): void {
    this.#store = undefined
  }

  /**
   * A secret that may be sent to where the settings lead.
   * @returns `stale` for one that was stored for another place
   * @throws LogiDataError `keychain.failed`, `vault.locked`
   */
  async read(
    name: SecretName,
    connection: Pick<Connection, 'type' | 'settings'>,
    connector: ConnectorInfo | undefined,
  ): Promise<{ readonly state: SecretState; readonly secret?: string }> {
    // Whoever starts the program chose it for this name: for machines without a person.
    const given = this.#environment[variableOf(name)]
    if (given !== undefined && given !== '') return { state: 'stored', secret: given }
    const store = await this.store()
    const text = await store?.get(accountOf(name))
    if (text === undefined) return { state: 'missing' }
    const stored = parseStored(text)
    if (!stored || stored.audience !== audienceOf(connection, connector)) return { state: 'stale' }
    return { state: 'stored', secret: stored.secret }
  }

  /** @returns false where there is nowhere to keep it. @throws LogiDataError */
  async write(
    name: SecretName,
    secret: string,
    connection: Pick<Connection, 'type' | 'settings'>,
    connector: ConnectorInfo | undefined,
  ): Promise<boolean> {
    const store = await this.store()
    if (!store) return false
    await store.set(
      accountOf(name),
      JSON.stringify({ version: 1, secret, audience: audienceOf(connection, connector) } satisfies z.input<
        typeof storedSchema
      >),
    )
    return true
  }

  /** To another name, with where it may be sent: it is stale there when that leads elsewhere. @throws LogiDataError */
  async move(from: SecretName, to: SecretName): Promise<void> {
    const store = await this.store()
    const text = await store?.get(accountOf(from))
    if (!store || text === undefined) return
    await store.set(accountOf(to), text)
    await store.remove(accountOf(from))
  }

  async remove(name: SecretName): Promise<void> {
    await (await this.store())?.remove(accountOf(name))
  }
}

/** `LOGIDATA_SECRET_WAREHOUSE_PASSWORD` */
export const variableOf = ({ connection, name }: SecretName): string =>
  `LOGIDATA_SECRET_${connection}_${name}`.toUpperCase()

function accountOf({ projectRoot, connection, environment, name }: SecretName): string {
  const project = createHash('sha256').update(projectRoot).digest('hex').slice(0, 16)
  return [project, environment === undefined ? connection : `${connection}@${environment}`, name].join('/')
}

function audienceOf(
  { type, settings }: Pick<Connection, 'type' | 'settings'>,
  connector: ConnectorInfo | undefined,
): string {
  const defaults = connector?.defaultSettings ?? {}
  const values = (connector?.audience ?? Object.keys(settings).sort()).map((key) => [
    key,
    settings[key] ?? defaults[key] ?? null,
  ])
  return createHash('sha256')
    .update(JSON.stringify([type, values]))
    .digest('hex')
}

function parseStored(text: string): z.infer<typeof storedSchema> | undefined {
  try {
    return storedSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
