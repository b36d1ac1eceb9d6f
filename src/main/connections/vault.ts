import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { operationalError, userError } from '../../shared/errors.ts'
import { toOperationalError } from '../files/file-errors.ts'
import { Serial } from '../files/serial.ts'
import { writeAtomically } from '../files/write-atomically.ts'
import type { SecretStore } from './secret-store.ts'

/** As RFC 7914 and OWASP (2025) have it for an interactive use: 64 MB and about a fifth of a second. */
const COST = { N: 2 ** 16, r: 8, p: 1 }
const MOST_MEMORY = 256 * 2 ** 20
const SHORTEST = 12

const bytesSchema = z.base64()
const vaultSchema = z.strictObject({
  format: z.literal('logidata-vault/v1'),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    // A file from elsewhere must not take all memory.
    N: z
      .number()
      .int()
      .min(2 ** 14)
      .max(2 ** 18),
    r: z.number().int().min(1).max(16),
    p: z.number().int().min(1).max(4),
    salt: bytesSchema,
  }),
  cipher: z.strictObject({ name: z.literal('aes-256-gcm'), iv: bytesSchema, tag: bytesSchema, data: bytesSchema }),
})
type VaultFile = z.infer<typeof vaultSchema>
const secretsSchema = z.record(z.string(), z.string())

interface Opened {
  readonly key: Buffer
  readonly kdf: VaultFile['kdf']
  /** The file as it was read or written last. */
  text: string
  secrets: Readonly<Record<string, string>>
}

/**
 * An encrypted file for computers without a keychain, which a person chose: all secrets in one text, under a key of a passphrase (scrypt,
 * AES-256-GCM). The passphrase is asked for once in the life of the application, and kept nowhere.
 */
export class Vault implements SecretStore {
  readonly kind = 'vault'
  readonly path: string
  readonly #serial = new Serial()
  #opened: Opened | undefined

  constructor(dataDirectory: string) {
    this.path = join(dataDirectory, 'vault.json')
  }

  async exists(): Promise<boolean> {
    return (await this.#text()) !== undefined
  }

  get unlocked(): boolean {
    return this.#opened !== undefined
  }

  /** @throws LogiDataError `vault.exists`, `vault.passphrase-short`, `file.*` */
  create(passphrase: string): Promise<void> {
    return this.#serial.run(this.path, async () => {
      if (await this.exists())
        throw userError('vault.exists', 'There is a vault already.', { hint: 'Unlock it with its passphrase.' })
      if (passphrase.length < SHORTEST)
        throw userError('vault.passphrase-short', `A passphrase has ${SHORTEST} characters at least.`, {
          hint: 'Four or five words that do not belong together are easy to remember.',
        })
      const kdf = { name: 'scrypt' as const, ...COST, salt: randomBytes(16).toString('base64') }
      await this.#write({ key: await keyOf(passphrase, kdf), kdf, text: '', secrets: {} }, {})
    })
  }

  /** @throws LogiDataError `vault.none`, `vault.damaged`, `vault.passphrase` */
  unlock(passphrase: string): Promise<void> {
    return this.#serial.run(this.path, async () => {
      const text = await this.#text()
      if (text === undefined) throw userError('vault.none', 'There is no vault yet.', { hint: 'Create one.' })
      const file = parseVault(text, this.path)
      const key = await keyOf(passphrase, file.kdf)
      const secrets = decrypt(file, key)
      if (!secrets)
        throw userError('vault.passphrase', 'The vault does not open with this passphrase.', {
          hint: 'Try again. Nobody can restore a passphrase: without it, remove the vault file and enter the secrets anew.',
        })
      this.#opened = { key, kdf: file.kdf, text, secrets }
    })
  }

  lock(): void {
    this.#opened = undefined
  }

  async get(account: string): Promise<string | undefined> {
    const { secrets } = await this.#current()
    return Object.hasOwn(secrets, account) ? secrets[account] : undefined
  }

  set(account: string, secret: string): Promise<void> {
    return this.#change((secrets) => ({ ...secrets, [account]: secret }))
  }

  remove(account: string): Promise<void> {
    return this.#change(({ [account]: _gone, ...others }) => others)
  }

  #change(edit: (secrets: Readonly<Record<string, string>>) => Record<string, string>): Promise<void> {
    return this.#serial.run(this.path, async () => {
      const opened = await this.#current()
      await this.#write(opened, edit(opened.secrets))
    })
  }

  /** Another window's application may have written it meanwhile. */
  async #current(): Promise<Opened> {
    const opened = this.#opened
    if (!opened) throw locked()
    const text = await this.#text()
    if (text === opened.text) return opened
    const file = text === undefined ? undefined : parseVault(text, this.path)
    const secrets = file && file.kdf.salt === opened.kdf.salt ? decrypt(file, opened.key) : undefined
    if (text === undefined || !secrets) {
      this.#opened = undefined
      throw locked()
    }
    opened.text = text
    opened.secrets = secrets
    return opened
  }

  async #write(opened: Opened, secrets: Readonly<Record<string, string>>): Promise<void> {
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', opened.key, iv)
    const data = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()])
    const file: VaultFile = {
      format: 'logidata-vault/v1',
      kdf: opened.kdf,
      cipher: {
        name: 'aes-256-gcm',
        iv: iv.toString('base64'),
        tag: cipher.getAuthTag().toString('base64'),
        data: data.toString('base64'),
      },
    }
    const text = `${JSON.stringify(file, null, 2)}\n`
    await writeAtomically(this.path, text, { mode: 0o600 })
    opened.text = text
    opened.secrets = secrets
    this.#opened = opened
  }

  async #text(): Promise<string | undefined> {
    try {
      return await readFile(this.path, 'utf8')
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
      throw toOperationalError(thrown, this.path)
    }
  }
}

const locked = () =>
  operationalError('vault.locked', 'The vault with the secrets is locked.', { hint: 'Unlock it with its passphrase.' })

function parseVault(text: string, path: string): VaultFile {
  try {
    return vaultSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw operationalError('vault.damaged', `${path} is no vault, or is damaged.`, {
      hint: 'Put a backup of it back; or move it away, create a new one, and enter the secrets anew.',
      cause,
    })
  }
}

function decrypt({ cipher }: VaultFile, key: Buffer): Readonly<Record<string, string>> | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(cipher.iv, 'base64'))
    decipher.setAuthTag(Buffer.from(cipher.tag, 'base64'))
    const text = Buffer.concat([decipher.update(Buffer.from(cipher.data, 'base64')), decipher.final()])
    return secretsSchema.parse(JSON.parse(text.toString('utf8')))
  } catch {
    return undefined
  }
}

function keyOf(passphrase: string, { N, r, p, salt }: VaultFile['kdf']): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(
      passphrase.normalize('NFKC'),
      Buffer.from(salt, 'base64'),
      32,
      { N, r, p, maxmem: MOST_MEMORY },
      (error, key) => (error ? reject(error) : resolve(key)),
    ),
  )
}
