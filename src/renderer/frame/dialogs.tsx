import { Button, Dialog, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core'
import { type FormEvent, useState } from 'react'
import { NODE_ID } from '../../shared/pipeline/document.ts'
import type { PipelineEdit } from '../../shared/pipeline/edits.ts'
import { tryEdit } from '../canvas/canvas-actions.ts'
import { RenameColumnDialog } from '../data-pane/rename-dialog.tsx'
import { t } from '../i18n/index.ts'
import { DryRunDialog } from '../runs/dry-run-dialog.tsx'
import { OfflineDialog } from '../runs/offline-dialog.tsx'
import { usePipeline } from '../store/pipeline.ts'
import { removePipeline } from '../store/project.ts'
import { select } from '../store/selection.ts'
import { toastError } from '../store/toasts.ts'
import { closeDialog, useUi } from '../store/ui.ts'
import { MakeSubPipelineDialog } from '../sub-pipeline/make-dialog.tsx'
import { SaveTestDialog } from '../tests/save-test-dialog.tsx'
import { NewPipeline } from './new-pipeline.tsx'
import { ParametersDialog } from './parameters-dialog.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'

/** The dialog that is open, if any. */
export function Dialogs() {
  const dialog = useUi((state) => state.dialog)
  switch (dialog?.kind) {
    case undefined:
      return null
    case 'parameters':
      return <ParametersDialog />
    case 'shortcuts':
      return <ShortcutsDialog />
    case 'dryRun':
      return <DryRunDialog />
    case 'offlineRun':
      return <OfflineDialog />
    case 'newPipeline':
      return <NewPipeline />
    case 'deletePipeline':
      return <DeletePipeline path={dialog.path} name={dialog.name} />
    case 'renameNode':
      return <RenameNode nodeId={dialog.nodeId} />
    case 'renameColumn':
      return <RenameColumnDialog nodeId={dialog.nodeId} port={dialog.port} column={dialog.column} to={dialog.to} />
    case 'saveTest':
      return <SaveTestDialog nodeId={dialog.nodeId} port={dialog.port} />
    case 'makeSubPipeline':
      return <MakeSubPipelineDialog nodeIds={dialog.nodeIds} />
  }
}

function DeletePipeline({ path, name }: { readonly path: string; readonly name: string }) {
  const remove = () => {
    closeDialog()
    removePipeline(path).catch(toastError)
  }
  return (
    <Dialog
      isOpen
      title={t('pipelines.deleteTitle', { name })}
      onClose={closeDialog}
      transitionDuration={0}
      className="dialog-small"
    >
      <DialogBody>{t('pipelines.deleteBody', { path })}</DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text={t('dialog.cancel')} onClick={closeDialog} autoFocus />
            <Button intent="danger" text={t('pipelines.delete')} onClick={remove} />
          </>
        }
      />
    </Dialog>
  )
}

function RenameNode({ nodeId }: { readonly nodeId: string }) {
  const document = usePipeline((state) => state.document)
  const node = document?.nodes[nodeId]
  const [label, setLabel] = useState(node?.label ?? '')
  const [key, setKey] = useState(nodeId)
  if (!document || !node) return null
  const bad = !NODE_ID.test(key)
  const taken = key !== nodeId && key in document.nodes
  const rename = (event: FormEvent) => {
    event.preventDefault()
    if (bad || taken) return
    const edits: PipelineEdit[] = []
    const wanted = label.trim()
    if (wanted !== (node.label ?? '')) edits.push({ kind: 'setLabel', nodeId, ...(wanted !== '' && { label: wanted }) })
    if (key !== nodeId) edits.push({ kind: 'renameNode', nodeId, to: key })
    closeDialog()
    if (edits.length > 0 && tryEdit(edits)) select([key])
  }
  return (
    <Dialog isOpen title={t('node.renameTitle')} onClose={closeDialog} transitionDuration={0} className="dialog-small">
      <form onSubmit={rename}>
        <DialogBody>
          <FormGroup label={t('node.label')} labelFor="node-label" helperText={t('node.labelHint')}>
            <InputGroup
              id="node-label"
              autoFocus
              fill
              value={label}
              onValueChange={setLabel}
              placeholder={key}
              maxLength={200}
            />
          </FormGroup>
          <FormGroup
            label={t('node.key')}
            labelFor="node-key"
            intent={bad || taken ? 'danger' : 'none'}
            helperText={bad ? t('node.keyBad') : taken ? t('node.keyTaken') : t('node.keyHint')}
          >
            <InputGroup
              id="node-key"
              className="mono-input"
              fill
              value={key}
              onValueChange={setKey}
              intent={bad || taken ? 'danger' : 'none'}
            />
          </FormGroup>
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button text={t('dialog.cancel')} onClick={closeDialog} />
              <Button type="submit" intent="primary" text={t('node.save')} disabled={bad || taken} />
            </>
          }
        />
      </form>
    </Dialog>
  )
}
