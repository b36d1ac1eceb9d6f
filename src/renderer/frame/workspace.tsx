import { ReactFlowProvider } from '@xyflow/react'
import { useEffect, useMemo } from 'react'
import { Group, type Layout, Panel, Separator, usePanelRef } from 'react-resizable-panels'
import { Canvas } from '../canvas/canvas.tsx'
import { DataPane } from '../data-pane/data-pane.tsx'
import { t } from '../i18n/index.ts'
import { Inspector } from '../inspector/inspector.tsx'
import { layoutValue, rememberLayout } from '../store/settings.ts'
import { showPanes, useUi } from '../store/ui.ts'
import { LeftPanel } from './left-panel.tsx'
import { Middle } from './middle.tsx'
import { NORMAL, sizesFor } from './pane-sizes.ts'
import { ProblemsList } from './problems-list.tsx'

const isSizes = (value: unknown): value is Record<string, number> =>
  typeof value === 'object' && value !== null && Object.values(value).every((size) => typeof size === 'number')

type PaneName = keyof typeof NORMAL

const sizesNow = () => sizesFor({ ...NORMAL, ...layoutValue('sizes', {}, isSizes) }, window.innerWidth)

/** Keeps a pane as open as its switch in `useUi` says, whoever moves first. */
function usePane(open: boolean, size: PaneName, onChange: (open: boolean) => void) {
  const ref = usePanelRef()
  useEffect(() => {
    const panel = ref.current
    if (!panel || panel.isCollapsed() === !open) return
    // It may have been closed since the start, without a size to go back to.
    if (open) panel.resize(sizesNow()[size])
    else panel.collapse()
  }, [open, size, ref])
  return {
    panelRef: ref,
    onResize: ({ inPixels }: { inPixels: number }) => {
      if (inPixels > 1 !== open) onChange(inPixels > 1)
    },
  }
}

export function Workspace() {
  const { leftOpen, inspectorOpen } = useUi()
  const sizes = useMemo(sizesNow, [])
  const left = usePane(leftOpen, 'left', (open) => showPanes({ leftOpen: open }))
  const inspector = usePane(inspectorOpen, 'inspector', (open) => showPanes({ inspectorOpen: open }))
  const keep = (_layout: Layout) => {
    const leftSize = left.panelRef.current?.getSize().inPixels ?? 0
    const inspectorSize = inspector.panelRef.current?.getSize().inPixels ?? 0
    const now = { ...NORMAL, ...layoutValue('sizes', {}, isSizes) }
    rememberLayout('sizes', {
      ...now,
      ...(leftSize > 1 && { left: Math.round(leftSize) }),
      ...(inspectorSize > 1 && { inspector: Math.round(inspectorSize) }),
    })
  }
  return (
    <ReactFlowProvider>
      <Group orientation="horizontal" className="workspace" onLayoutChanged={keep}>
        <Panel
          id="left"
          collapsible
          defaultSize={leftOpen ? sizes.left : 0}
          minSize={168}
          maxSize={400}
          groupResizeBehavior="preserve-pixel-size"
          {...left}
        >
          <LeftPanel />
        </Panel>
        <Separator className="separator" aria-label={t('status.showLeft')} />
        <Panel id="middle" minSize={320}>
          <CanvasAndData normal={sizes.data} />
        </Panel>
        <Separator className="separator" aria-label={t('status.showInspector')} />
        <Panel
          id="inspector"
          collapsible
          defaultSize={inspectorOpen ? sizes.inspector : 0}
          minSize={248}
          maxSize={640}
          groupResizeBehavior="preserve-pixel-size"
          {...inspector}
        >
          <aside className="inspector-pane">
            <Inspector />
          </aside>
        </Panel>
      </Group>
    </ReactFlowProvider>
  )
}

function CanvasAndData({ normal }: { readonly normal: number }) {
  const dataOpen = useUi((state) => state.dataOpen)
  const data = usePane(dataOpen, 'data', (open) => showPanes({ dataOpen: open }))
  const keep = () => {
    const size = data.panelRef.current?.getSize().inPixels ?? 0
    const now = { ...NORMAL, ...layoutValue('sizes', {}, isSizes) }
    if (size > 1) rememberLayout('sizes', { ...now, data: Math.round(size) })
  }
  return (
    <Group orientation="vertical" onLayoutChanged={keep}>
      <Panel id="canvas" minSize={160}>
        <div className="canvas-frame">
          <Middle>
            <Canvas />
          </Middle>
          {!dataOpen && <ProblemsList />}
        </div>
      </Panel>
      <Separator className="separator is-horizontal" aria-label={t('status.showData')} />
      <Panel
        id="data"
        collapsible
        defaultSize={dataOpen ? normal : 0}
        minSize={120}
        groupResizeBehavior="preserve-pixel-size"
        {...data}
      >
        <section className="data-pane-frame">
          <DataPane />
          {dataOpen && <ProblemsList />}
        </section>
      </Panel>
    </Group>
  )
}
