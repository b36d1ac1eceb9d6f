import { ContextMenuPopover, Menu, MenuItem } from '@blueprintjs/core'
import { TextCursorInput, Waypoints } from 'lucide-react'
import { outputPortsOf } from '../../shared/modules/ports.ts'
import { t } from '../i18n/index.ts'
import { openLineage } from '../lineage/lineage-store.ts'
import { useModules } from '../store/modules.ts'
import { usePipeline } from '../store/pipeline.ts'
import { openDialog } from '../store/ui.ts'

export interface ColumnMenuAt {
  readonly column: string
  readonly left: number
  readonly top: number
}

/** What can be asked about a column of a step. */
export function ColumnMenu(props: {
  readonly at: ColumnMenuAt | undefined
  readonly nodeId: string
  /** Absent: the default one. */
  readonly port: string | undefined
  readonly onClose: () => void
}) {
  const { at, nodeId, port, onClose } = props
  const pipeline = usePipeline((state) => state.path)
  const node = usePipeline((state) => state.document?.nodes[nodeId])
  const info = useModules((state) => state.byType.get(node?.type ?? ''))
  const show = (): void => {
    onClose()
    const shown = port ?? outputPortsOf(info?.outputs ?? [], node?.config)[0]?.name ?? 'in'
    if (at && pipeline !== undefined) void openLineage({ pipeline, nodeId, port: shown, column: at.column })
  }
  const rename = (): void => {
    onClose()
    if (at) openDialog({ kind: 'renameColumn', nodeId, port, column: at.column })
  }
  return (
    <ContextMenuPopover
      isOpen={at !== undefined}
      targetOffset={at && { left: at.left, top: at.top }}
      onClose={onClose}
      transitionDuration={0}
      content={
        <Menu>
          {node?.type.startsWith('load.') !== true && (
            <MenuItem icon={<TextCursorInput size={15} />} text={t('rename.menu')} label="F2" onClick={rename} />
          )}
          <MenuItem icon={<Waypoints size={15} />} text={t('lineage.ofColumn')} onClick={show} />
        </Menu>
      }
    />
  )
}
