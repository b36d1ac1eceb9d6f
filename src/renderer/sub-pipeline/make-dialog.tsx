import { Button, Dialog, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core'
import { type FormEvent, useState } from 'react'
import { t } from '../i18n/index.ts'
import { toastError } from '../store/toasts.ts'
import { closeDialog } from '../store/ui.ts'
import { makeSubPipelineOf } from './actions.ts'

/** Asks for the name of the pipeline that the selected steps become. */
export function MakeSubPipelineDialog({ nodeIds }: { readonly nodeIds: readonly string[] }) {
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const make = async (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '' || busy) return
    setBusy(true)
    try {
      await makeSubPipelineOf(nodeIds, name.trim())
      closeDialog()
    } catch (thrown) {
      setBusy(false)
      toastError(thrown)
    }
  }
  return (
    <Dialog isOpen title={t('sub.makeTitle')} onClose={closeDialog} transitionDuration={0} className="dialog-small">
      <form onSubmit={make}>
        <DialogBody>
          <FormGroup
            label={t('pipelines.name')}
            labelFor="sub-pipeline-name"
            helperText={t('sub.makeHint', { count: nodeIds.length })}
          >
            <InputGroup id="sub-pipeline-name" autoFocus fill value={name} onValueChange={setName} maxLength={200} />
          </FormGroup>
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button text={t('dialog.cancel')} onClick={closeDialog} />
              <Button type="submit" intent="primary" text={t('sub.make')} disabled={name.trim() === '' || busy} />
            </>
          }
        />
      </form>
    </Dialog>
  )
}
