import { Button, PopoverNext } from '@blueprintjs/core'
import { CircleHelp, Pencil, X } from 'lucide-react'
import { useState } from 'react'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { NODE_ID, type PipelineNode } from '../../shared/pipeline/document.ts'
import { t, text } from '../i18n/index.ts'
import { ModuleTile } from '../icons/module-icon.tsx'
import { edit, usePipeline } from '../store/pipeline.ts'
import { select } from '../store/selection.ts'
import { toggleDocs, useUi } from '../store/ui.ts'
import { LazyInput } from './controls/simple-controls.tsx'

interface NodeHeaderProps {
  readonly nodeId: string
  readonly node: PipelineNode
  readonly info: ModuleInfo | undefined
}

export function NodeHeader({ nodeId, node, info }: NodeHeaderProps) {
  const setLabel = (typed: string) => {
    const label = typed.trim()
    edit([{ kind: 'setLabel', nodeId, ...(label === '' || label === nodeId ? {} : { label }) }])
  }
  return (
    <header className="node-header">
      <ModuleTile info={info} size={28} />
      <div className="node-header-words">
        <LazyInput
          className="node-label"
          label={t('panes.label')}
          value={node.label ?? nodeId}
          placeholder={nodeId}
          onCommit={setLabel}
        />
        <div className="node-subtitle">
          <span className="truncate" title={info ? text(info.summary) : node.type}>
            {info ? text(info.title) : node.type}
          </span>
          <span aria-hidden>·</span>
          <KeyEditor nodeId={nodeId} />
        </div>
      </div>
      {info && <DocsButton />}
    </header>
  )
}

function DocsButton() {
  const open = useUi((state) => state.docsOpen)
  const title = t(open ? 'docs.hide' : 'docs.show')
  return (
    <Button
      variant="minimal"
      className="docs-button"
      icon={open ? <X size={15} /> : <CircleHelp size={15} />}
      aria-label={t('docs.title')}
      aria-pressed={open}
      title={title}
      onClick={toggleDocs}
    />
  )
}

/** The node's identity in the file. Renaming follows every reference, so it asks for a deliberate press. */
function KeyEditor({ nodeId }: { nodeId: string }) {
  const [open, setOpen] = useState(false)
  return (
    <PopoverNext
      isOpen={open}
      onInteraction={setOpen}
      animation="minimal"
      arrow={false}
      placement="bottom-start"
      content={<RenameForm nodeId={nodeId} onDone={() => setOpen(false)} />}
    >
      <button type="button" className="node-key mono truncate" title={t('panes.renameKey')}>
        <span className="truncate">{nodeId}</span>
        <Pencil size={10} aria-hidden />
      </button>
    </PopoverNext>
  )
}

function RenameForm({ nodeId, onDone }: { nodeId: string; onDone: () => void }) {
  const [draft, setDraft] = useState(nodeId)
  const nodes = usePipeline((state) => state.document?.nodes)
  const wrong =
    draft === nodeId
      ? undefined
      : !NODE_ID.test(draft)
        ? t('node.keyBad')
        : nodes && draft in nodes
          ? t('node.keyTaken')
          : undefined
  const rename = () => {
    if (wrong || draft === nodeId) return
    edit([{ kind: 'renameNode', nodeId, to: draft }])
    select([draft])
    onDone()
  }
  return (
    <form
      className="rename-form"
      onSubmit={(event) => {
        event.preventDefault()
        rename()
      }}
    >
      <label className="row-label" htmlFor="node-key">
        {t('node.key')}
      </label>
      <input
        id="node-key"
        // biome-ignore lint/a11y/noAutofocus: the popover was opened to type here.
        autoFocus
        spellCheck={false}
        className={`bp6-input inspector-input mono${wrong ? ' bp6-intent-danger' : ''}`}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
      />
      <p className={wrong ? 'field-problem' : 'secondary tiny'}>{wrong ?? t('node.keyHint')}</p>
      <div className="rename-actions">
        <Button size="small" variant="minimal" text={t('dialog.cancel')} onClick={onDone} />
        <Button
          size="small"
          intent="primary"
          type="submit"
          text={t('node.save')}
          disabled={wrong !== undefined || draft === nodeId}
        />
      </div>
    </form>
  )
}
