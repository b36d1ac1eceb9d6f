import { Button } from '@blueprintjs/core'
import { ArrowLeft } from 'lucide-react'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useProject } from '../store/project.ts'
import { goBack, useWays } from './ways.ts'

/** In a pipeline that was opened as a step of another: the way back to it. */
export function WayBack() {
  const path = usePipeline((state) => state.path)
  const way = useWays((state) => (path === undefined ? undefined : state.back[path]))
  const exists = useProject((state) => state.project?.pipelines.some((entry) => entry.path === way?.path))
  if (!way || !exists) return null
  return (
    <div className="canvas-tools canvas-way">
      <Button icon={<ArrowLeft size={14} />} title={t('sub.backKeys')} onClick={goBack}>
        <span className="truncate">{t('sub.back', { name: way.name })}</span>
      </Button>
    </div>
  )
}
