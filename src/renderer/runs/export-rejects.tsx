import { Button, Dialog, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core'
import { type FormEvent, useState } from 'react'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { toast } from '../store/toasts.ts'

interface Props {
  readonly of: { readonly runId: string; readonly nodeId: string; readonly port: string }
  readonly onClose: () => void
}

/** Asks for the file that rejected rows are written to. */
export function ExportRejects({ of, onClose }: Props) {
  const [path, setPath] = useState(`out/${of.nodeId.replaceAll(/[^\w-]+/g, '-')}-rejects.csv`)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<ErrorInfo>()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await api.call('run.exportRejects', { ...of, path: path.trim() })
      toast({ tone: 'ok', message: t('rejects.exported', { path: path.trim() }) })
      onClose()
    } catch (thrown) {
      setBusy(false)
      setError(toErrorInfo(thrown))
    }
  }
  return (
    <Dialog isOpen title={t('rejects.exportTitle')} onClose={onClose} transitionDuration={0} className="dialog-small">
      <form onSubmit={save}>
        <DialogBody>
          <FormGroup label={t('rejects.file')} labelFor="rejects-file" helperText={t('rejects.fileHint')}>
            <InputGroup id="rejects-file" autoFocus fill value={path} onValueChange={setPath} />
          </FormGroup>
          {error && (
            <div className="run-failure run-rejects-failure" role="alert">
              <p>{error.message}</p>
              {error.hint !== undefined && <p className="run-failure-hint">{error.hint}</p>}
            </div>
          )}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button text={t('dialog.cancel')} onClick={onClose} />
              <Button
                type="submit"
                intent="primary"
                text={t('rejects.export')}
                loading={busy}
                disabled={path.trim() === ''}
              />
            </>
          }
        />
      </form>
    </Dialog>
  )
}
