/** Where secrets are kept. Accounts are names that hold no secret. */
export interface SecretStore {
  readonly kind: 'keychain' | 'vault'
  /** @throws LogiDataError `keychain.*`, `vault.locked` */
  get(account: string): Promise<string | undefined>
  /** @throws LogiDataError */
  set(account: string, secret: string): Promise<void>
  /** Nothing happens where there is none. @throws LogiDataError */
  remove(account: string): Promise<void>
}
