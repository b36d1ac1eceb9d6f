import { Button } from '@blueprintjs/core'
import { t, text } from '../i18n/index.ts'
import { ModuleTile } from '../icons/module-icon.tsx'
import { useModules } from '../store/modules.ts'
import { edit, usePipeline } from '../store/pipeline.ts'
import { select } from '../store/selection.ts'
import { askForSubPipeline } from '../sub-pipeline/actions.ts'

/** Several nodes at once: which, and what can be done with all of them. */
export function SeveralNodes({ nodeIds }: { nodeIds: readonly string[] }) {
  const nodes = usePipeline((state) => state.document?.nodes)
  const byType = useModules((state) => state.byType)
  const chosen = nodeIds.filter((nodeId) => nodes?.[nodeId])
  const connected = chosen.flatMap((nodeId) =>
    Object.keys(nodes?.[nodeId]?.inputs ?? {}).map((port) => ({ kind: 'disconnect' as const, nodeId, port })),
  )
  return (
    <>
      <header className="node-header">
        <div className="node-header-words">
          <h2 className="several-title">{t('selection.count', { count: chosen.length })}</h2>
        </div>
      </header>
      <ul className="lines">
        {chosen.map((nodeId) => {
          const node = nodes?.[nodeId]
          const info = byType.get(node?.type ?? '')
          return (
            <li key={nodeId} className="line">
              <ModuleTile info={info} size={20} />
              <button type="button" className="line-link truncate" onClick={() => select([nodeId])}>
                {node?.label ?? nodeId}
              </button>
              <span className="secondary truncate">{info ? text(info.title) : node?.type}</span>
            </li>
          )
        })}
      </ul>
      <div className="several-actions">
        <Button text={t('sub.makeOf')} onClick={() => askForSubPipeline(chosen)} />
        <Button text={t('node.disconnect')} disabled={connected.length === 0} onClick={() => edit(connected)} />
        <Button
          text={t('node.delete')}
          onClick={() => {
            edit(chosen.map((nodeId) => ({ kind: 'removeNode', nodeId })))
            select([])
          }}
        />
      </div>
    </>
  )
}
