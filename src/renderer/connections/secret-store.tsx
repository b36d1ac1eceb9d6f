import { Button, InputGroup, Popover } from '@blueprintjs/core'
import { KeyRound, Lock, LockOpen } from 'lucide-react'
import { useState } from 'react'
import type { SecretStoreState as StoreState } from '../../shared/rpc/app/connections.ts'
import { t } from '../i18n/index.ts'
import { toastError } from '../store/toasts.ts'
import { lockVault, openVault } from './connections-store.ts'

const SHORTEST = 12

/** Where secrets are kept, when nothing has to be done for it. */
export function SecretStoreState({ store }: { readonly store: StoreState }) {
  if (store.kind === 'keychain')
    return (
      <span className="connections-store secondary">
        <KeyRound size={13} aria-hidden /> {t('secrets.keychain')}
      </span>
    )
  if (store.kind !== 'vault' || store.locked) return null
  return (
    <Button
      variant="minimal"
      icon={<LockOpen size={14} />}
      text={t('secrets.lock')}
      onClick={() => void lockVault().catch(toastError)}
    />
  )
}

/** What a vault is and when it is needed, while there is none or it is locked. */
export function VaultNote({ store }: { readonly store: StoreState }) {
  if (store.kind === 'keychain' || (store.kind === 'vault' && !store.locked)) return null
  const isNew = store.kind === 'none'
  return (
    <div className="connections-vault">
      <Lock size={14} aria-hidden />
      <p>{t(isNew ? 'secrets.whatVault' : 'secrets.whatLocked')}</p>
      <Popover placement="bottom-end" content={<Passphrase isNew={isNew} reason={store.reason} />}>
        <Button size="small" text={t(isNew ? 'secrets.createVault' : 'secrets.unlock')} />
      </Popover>
    </div>
  )
}

function Passphrase({ isNew, reason }: { readonly isNew: boolean; readonly reason: string | undefined }) {
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const fits = !isNew || (passphrase.length >= SHORTEST && passphrase === again)
  return (
    <form
      className="connections-passphrase"
      onSubmit={(event) => {
        event.preventDefault()
        if (fits) void openVault(isNew ? 'create' : 'unlock', passphrase).catch(toastError)
      }}
    >
      {isNew && (
        <>
          <p>{t('secrets.vaultHelp', { count: SHORTEST })}</p>
          {reason !== undefined && <p className="connections-passphrase-why">{t('secrets.noKeychain', { reason })}</p>}
        </>
      )}
      <InputGroup
        type="password"
        autoFocus
        placeholder={t('secrets.passphrase')}
        aria-label={t('secrets.passphrase')}
        value={passphrase}
        onValueChange={setPassphrase}
      />
      {isNew && (
        <InputGroup
          type="password"
          placeholder={t('secrets.again')}
          aria-label={t('secrets.again')}
          value={again}
          intent={again !== '' && again !== passphrase ? 'danger' : 'none'}
          onValueChange={setAgain}
        />
      )}
      <Button
        type="submit"
        intent="primary"
        disabled={!fits || passphrase === ''}
        text={t(isNew ? 'secrets.createVault' : 'secrets.unlock')}
      />
    </form>
  )
}
