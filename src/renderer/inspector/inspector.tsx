import './inspector.css'
import './controls.css'
import './rows.css'
import { useDeferredValue } from 'react'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useSelection } from '../store/selection.ts'
import { NodeInspector } from './node-inspector.tsx'
import { PipelineOverview } from './pipeline-overview.tsx'
import { SeveralNodes } from './several-nodes.tsx'

/** The form of what is selected: a node, several, or the pipeline itself. */
export function Inspector() {
  // A form takes longer than a frame to draw; the canvas shows the selection first.
  const nodeIds = useDeferredValue(useSelection((state) => state.nodeIds))
  const nodes = usePipeline((state) => state.document?.nodes)
  const chosen = nodeIds.filter((nodeId) => nodes && nodeId in nodes)
  const only = chosen.length === 1 ? chosen[0] : undefined
  return (
    <aside className="inspector" aria-label={t('panes.inspector')}>
      {only !== undefined && <NodeInspector key={only} nodeId={only} />}
      {chosen.length === 0 && <PipelineOverview />}
      {chosen.length > 1 && <SeveralNodes nodeIds={chosen} />}
    </aside>
  )
}
