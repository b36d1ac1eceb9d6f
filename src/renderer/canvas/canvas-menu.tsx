import { ContextMenuPopover, Menu, MenuDivider, MenuItem } from '@blueprintjs/core'
import { t } from '../i18n/index.ts'
import { keysOf } from '../keys/this-keyboard.ts'
import { usePipeline } from '../store/pipeline.ts'
import { startRun } from '../store/run.ts'
import { openDialog } from '../store/ui.ts'
import { askForSubPipeline, putStepsHere } from '../sub-pipeline/actions.ts'
import { openStep, pathOfStep } from '../sub-pipeline/ways.ts'
import * as actions from './canvas-actions.ts'

export interface CanvasMenuAt {
  readonly left: number
  readonly top: number
  readonly what:
    | { readonly kind: 'nodes'; readonly nodeIds: readonly string[] }
    | { readonly kind: 'edge'; readonly target: string; readonly port: string }
    | { readonly kind: 'canvas' }
}

interface Props {
  readonly at: CanvasMenuAt | undefined
  readonly onClose: () => void
  readonly onAdd: () => void
  readonly onFit: () => void
}

export function CanvasMenu({ at, onClose, onAdd, onFit }: Props) {
  return (
    <ContextMenuPopover
      isOpen={at !== undefined}
      targetOffset={at && { left: at.left, top: at.top }}
      onClose={onClose}
      transitionDuration={0}
      content={
        // It may have been asked for by keyboard: its first line has the focus.
        <div ref={(element) => element?.querySelector<HTMLElement>('[role="menuitem"]')?.focus()}>
          <Items at={at} onAdd={onAdd} onFit={onFit} />
        </div>
      }
    />
  )
}

function Items({ at, onAdd, onFit }: Pick<Props, 'at' | 'onAdd' | 'onFit'>) {
  const nodes = usePipeline((state) => state.document?.nodes)
  if (!at) return <Menu />
  const { what } = at
  if (what.kind === 'edge') {
    return (
      <Menu>
        <MenuItem
          text={t('edge.delete')}
          label={keysOf('delete')}
          intent="danger"
          onClick={() => actions.tryEdit([{ kind: 'disconnect', nodeId: what.target, port: what.port }])}
        />
      </Menu>
    )
  }
  if (what.kind === 'canvas') {
    return (
      <Menu>
        <MenuItem text={t('canvas.quickAdd')} onClick={onAdd} />
        <MenuItem text={t('node.paste')} label={keysOf('paste')} onClick={() => void actions.pasteFromClipboard()} />
        <MenuDivider />
        <MenuItem text={t('selection.all')} label={keysOf('selectAll')} onClick={actions.selectAll} />
        <MenuItem text={t('canvas.tidy')} onClick={actions.tidy} />
        <MenuItem text={t('canvas.fit')} label={keysOf('fit')} onClick={onFit} />
      </Menu>
    )
  }
  const { nodeIds } = what
  const [only] = nodeIds
  const loads = nodeIds.filter((nodeId) => nodes?.[nodeId]?.type.startsWith('load.'))
  return (
    <Menu>
      {nodeIds.length === 1 && only !== undefined && pathOfStep(only) !== undefined && (
        <>
          <MenuItem text={t('sub.open')} label={keysOf('open')} onClick={() => openStep(only)} />
          <MenuItem text={t('sub.putHere')} onClick={() => void putStepsHere(only)} />
          <MenuDivider />
        </>
      )}
      {nodeIds.length === 1 && only !== undefined && (
        <MenuItem
          text={t('node.rename')}
          label={keysOf('rename')}
          onClick={() => openDialog({ kind: 'renameNode', nodeId: only })}
        />
      )}
      <MenuItem text={t('node.duplicate')} label={keysOf('duplicate')} onClick={() => actions.duplicate(nodeIds)} />
      <MenuItem text={t('node.copy')} label={keysOf('copy')} onClick={() => void actions.copyToClipboard(nodeIds)} />
      {loads.length > 0 && loads.length === nodeIds.length && (
        <MenuItem text={t('node.runTo')} onClick={() => void startRun({ only: loads })} />
      )}
      {loads.length < nodeIds.length && (
        <MenuItem text={t('node.runUpTo')} onClick={() => void startRun({ to: nodeIds })} />
      )}
      <MenuItem text={t('node.runFrom')} onClick={() => void startRun({ from: nodeIds })} />
      {nodeIds.some((nodeId) => Object.keys(nodes?.[nodeId]?.inputs ?? {}).length > 0) && (
        <MenuItem text={t('node.disconnect')} onClick={() => actions.disconnectInputs(nodeIds)} />
      )}
      <MenuItem text={t('sub.makeOf')} onClick={() => askForSubPipeline(nodeIds)} />
      <MenuDivider />
      <MenuItem
        text={t('node.delete')}
        label={keysOf('delete')}
        intent="danger"
        onClick={() => actions.removeNodes(nodeIds)}
      />
    </Menu>
  )
}
