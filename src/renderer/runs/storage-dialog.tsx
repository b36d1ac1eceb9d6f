import { Button, Dialog, DialogBody, DialogFooter, InputGroup } from '@blueprintjs/core'
import { useCallback, useEffect, useId, useState } from 'react'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import {
  type Cleaned,
  type ProjectSettings,
  projectSettingsPatchSchema,
  type StorageStatus,
} from '../../shared/runs/storage.ts'
import { api } from '../api.ts'
import { formatNumber, t } from '../i18n/index.ts'
import { formatBytes } from '../inspector/format-bytes.ts'
import { toast } from '../store/toasts.ts'
import { loadRuns } from './runs-store.ts'

const GIGABYTE = 1e9
const PARTS = ['journal', 'backups', 'staging', 'rejects', 'logs'] as const
const SETTINGS = ['keepRuns', 'keepDays', 'stagingBytes', 'runsAtOnce'] as const

/** What the project keeps of its runs, for how long, and what cleaning up would remove: said before it is done. */
export function StorageDialog({ onClose }: { readonly onClose: () => void }) {
  const [status, setStatus] = useState<StorageStatus>()
  const [would, setWould] = useState<Cleaned>()
  const [error, setError] = useState<ErrorInfo>()
  const [busy, setBusy] = useState(false)
  const read = useCallback(async () => {
    try {
      setStatus(await api.call('storage.status', {}))
      setWould(await api.call('run.clean', { dryRun: true }))
    } catch (thrown) {
      setError(toErrorInfo(thrown))
    }
  }, [])
  useEffect(() => void read(), [read])
  const configure = async (patch: Partial<ProjectSettings>) => {
    try {
      setError(undefined)
      await api.call('storage.configure', patch)
    } catch (thrown) {
      setError(toErrorInfo(thrown))
    }
    await read()
  }
  const clean = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const { runs, bytes } = await api.call('run.clean', {})
      toast({ tone: 'ok', message: t('storage.cleaned', { runs: formatNumber(runs), bytes: formatBytes(bytes) }) })
      void loadRuns()
    } catch (thrown) {
      setError(toErrorInfo(thrown))
    }
    await read()
    setBusy(false)
  }
  const nothing = !would || (would.runs === 0 && would.bytes === 0)
  return (
    <Dialog isOpen title={t('storage.title')} onClose={onClose} transitionDuration={0} className="dialog-small">
      <DialogBody>
        <dl className="storage-lines" aria-busy={!status}>
          {PARTS.map((part) => (
            <div key={part}>
              <dt>{t(`storage.${part}`)}</dt>
              <dd>{status ? formatBytes(status.bytes[part]) : '…'}</dd>
            </div>
          ))}
        </dl>
        <h3 className="storage-head">{t('storage.keep')}</h3>
        <div className="storage-lines">
          {status &&
            SETTINGS.map((name) => (
              <Setting
                key={`${name} ${status.settings[name]}`}
                name={name}
                value={status.settings[name]}
                onChange={(value) => void configure({ [name]: value })}
              />
            ))}
        </div>
        <h3 className="storage-head">{t('storage.cleanHead')}</h3>
        {would && (
          <p>
            {nothing
              ? t('storage.nothing')
              : t('storage.would', { runs: formatNumber(would.runs), bytes: formatBytes(would.bytes) })}{' '}
            {would.inUse.runs > 0 && t('storage.inUse', { count: would.inUse.runs })}{' '}
            {would.inUse.bytes > 0 && t('storage.held', { bytes: formatBytes(would.inUse.bytes) })}{' '}
            {would.busy && t('storage.busy')}
          </p>
        )}
        {error && (
          <div className="run-failure" role="alert">
            <p>{error.message}</p>
            {error.hint !== undefined && <p className="run-failure-hint">{error.hint}</p>}
          </div>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text={t('storage.close')} onClick={onClose} />
            <Button
              intent="primary"
              text={t('storage.clean')}
              loading={busy}
              disabled={nothing}
              onClick={() => void clean()}
            />
          </>
        }
      />
    </Dialog>
  )
}

/** A number that is kept when the field is left. */
function Setting({
  name,
  value,
  onChange,
}: {
  readonly name: (typeof SETTINGS)[number]
  readonly value: number
  readonly onChange: (value: number) => void
}) {
  const unit = name === 'stagingBytes' ? GIGABYTE : 1
  const [typed, setTyped] = useState(String(value / unit))
  const id = useId()
  const next = Number(typed.replace(',', '.')) * unit
  const wrong = typed.trim() === '' || !projectSettingsPatchSchema.safeParse({ [name]: next }).success
  const keep = () => {
    if (!wrong && next !== value) onChange(next)
  }
  return (
    <div>
      <label htmlFor={id}>{t(`storage.setting.${name}`)}</label>
      <InputGroup
        id={id}
        size="small"
        value={typed}
        intent={wrong ? 'danger' : 'none'}
        aria-invalid={wrong}
        onValueChange={setTyped}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === 'Enter') keep()
        }}
      />
    </div>
  )
}
