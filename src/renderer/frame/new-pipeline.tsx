import { Button, Dialog, DialogBody, DialogFooter, FormGroup, HTMLSelect, InputGroup } from '@blueprintjs/core'
import { type FormEvent, useState } from 'react'
import { templates } from '../../shared/templates/templates.ts'
import { t, text } from '../i18n/index.ts'
import { createPipeline } from '../store/project.ts'
import { toastError } from '../store/toasts.ts'
import { closeDialog, showScreen } from '../store/ui.ts'

/** Asks for the name of a pipeline, and what it begins with. */
export function NewPipeline() {
  const [typed, setTyped] = useState<string>()
  const [chosen, setChosen] = useState('')
  const [busy, setBusy] = useState(false)
  const template = templates.find(({ id }) => id === chosen)
  const name = (typed ?? template?.document.name ?? '').trim()
  const create = async (event: FormEvent) => {
    event.preventDefault()
    if (name === '') return
    setBusy(true)
    try {
      await createPipeline(name, template)
      showScreen('editor')
      closeDialog()
    } catch (thrown) {
      setBusy(false)
      toastError(thrown)
    }
  }
  const connections = Object.keys(template?.connections ?? {}).join(', ')
  return (
    <Dialog isOpen title={t('pipelines.new')} onClose={closeDialog} transitionDuration={0} className="dialog-small">
      <form onSubmit={create}>
        <DialogBody>
          <FormGroup label={t('pipelines.name')} labelFor="pipeline-name">
            <InputGroup
              id="pipeline-name"
              autoFocus
              fill
              value={typed ?? template?.document.name ?? ''}
              onValueChange={setTyped}
              maxLength={200}
            />
          </FormGroup>
          <FormGroup
            label={t('pipelines.beginWith')}
            labelFor="pipeline-template"
            helperText={template && `${text(template.summary)} ${t('pipelines.templateConnections', { connections })}`}
          >
            <HTMLSelect
              id="pipeline-template"
              fill
              value={chosen}
              onChange={(event) => setChosen(event.currentTarget.value)}
              options={[
                { value: '', label: t('pipelines.empty') },
                ...templates.map(({ id, title }) => ({ value: id, label: text(title) })),
              ]}
            />
          </FormGroup>
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button text={t('dialog.cancel')} onClick={closeDialog} />
              <Button type="submit" intent="primary" text={t('pipelines.create')} disabled={name === '' || busy} />
            </>
          }
        />
      </form>
    </Dialog>
  )
}
