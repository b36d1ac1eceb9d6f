import { Button, InputGroup, Popover } from '@blueprintjs/core'
import { KeyRound, Lock, LockOpen } from 'lucide-react'
import { useState } from 'react'
import type { SecretStoreState } from '../../shared/rpc/app/connections.ts'
import { t } from '../i18n/index.ts'
import { toastError } from '../store/toasts.ts'
import { lockVault, openVault } from './connections-store.ts'

const SHORTEST = 12

/** Where secrets are kept, and what has to be done for it. */
export function SecretStoreBar({ store }: { readonly store: SecretStoreState }) {
  if (store.kind === 'keychain')
    return (
      <span className="connections-store secondary">
        <KeyRound size={13} aria-hidden /> {t('secrets.keychain')}
      </span>
    )
  if (store.kind === 'vault' && !store.locked)
    return (
      <Button
        variant="minimal"
        icon={<LockOpen size={14} />}
        text={t('secrets.lock')}
        onClick={() => void lockVault().catch(toastError)}
      />
    )
  const isNew = store.kind === 'none'
  return (
    <Popover placement="bottom-end" content={<Passphrase isNew={isNew} reason={store.reason} />}>
      <Button intent="warning" icon={<Lock size={14} />} text={t(isNew ? 'secrets.createVault' : 'secrets.unlock')} />
    </Popover>
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
          <p>{t('secrets.noKeychain')}</p>
          {reason !== undefined && <p className="secondary">{reason}</p>}
          <p>{t('secrets.vaultHelp', { count: SHORTEST })}</p>
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
