import { ExternalLink } from 'lucide-react'
import { useEffect, useMemo, useRef } from 'react'
import { t, text } from '../../i18n/index.ts'
import { usePipeline } from '../../store/pipeline.ts'
import { useProject } from '../../store/project.ts'
import { changedEnds, withEnds } from '../../sub-pipeline/ends.ts'
import { useOtherPipeline } from '../../sub-pipeline/other-pipelines.ts'
import { openStep } from '../../sub-pipeline/ways.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { SuggestInput } from '../suggest-input.tsx'
import { asText } from './simple-controls.tsx'

/** Another pipeline of the project. Choosing it takes over its inputs and outputs, as one step with the choice. */
export function PipelinePathControl({ field, path, value, problems }: ControlProps) {
  const scope = useFormScope()
  const chosen = asText(value)
  const here = usePipeline((state) => state.path)
  const pipelines = useProject((state) => state.project?.pipelines)
  const options = useMemo(
    () =>
      (pipelines ?? [])
        .filter((entry) => entry.path !== here)
        .map((entry) => ({ value: entry.path, detail: entry.name })),
    [pipelines, here],
  )
  const other = useOtherPipeline(chosen)
  const inner = other?.state === 'read' ? other.document : undefined
  const changed = inner && changedEnds(scope.config, inner)
  const differs = changed !== undefined && changed.gone.length + changed.added.length > 0

  /** The path that was just typed or chosen here; what it leads to is taken over as soon as it is known. */
  const fresh = useRef<string>(undefined)
  const { config, replace } = scope
  useEffect(() => {
    if (!inner || fresh.current !== chosen) return
    fresh.current = undefined
    if (differs && chosen !== here) replace(withEnds(config, inner), path)
  }, [inner, chosen, here, differs, config, replace, path])

  return (
    <>
      <SuggestInput
        value={chosen}
        options={options}
        label={text(field.title)}
        placeholder={field.placeholder}
        failed={problems.some((problem) => problem.severity === 'error')}
        onBegin={scope.begin}
        onChange={(typed) => {
          fresh.current = typed
          scope.change(path, typed)
        }}
      />
      {chosen !== '' && chosen === here && <p className="field-problem">{t('sub.itself')}</p>}
      {inner && chosen !== here && (
        <div className="detection">
          <button type="button" className="text-button" onClick={() => openStep(scope.nodeId)}>
            <ExternalLink size={12} aria-hidden /> {t('sub.open')}
          </button>
        </div>
      )}
      {differs && chosen !== here && fresh.current === undefined && (
        <div className="inspector-callout inspector-callout-warning" role="status">
          <p>{t('sub.changed')}</p>
          <p className="secondary">{words(changed)}</p>
          <button type="button" className="text-button" onClick={() => inner && replace(withEnds(config, inner))}>
            {t('sub.adopt')}
          </button>
        </div>
      )}
    </>
  )
}

function words({ gone, added }: { readonly gone: readonly string[]; readonly added: readonly string[] }): string {
  const parts = [
    ...(added.length > 0 ? [t('sub.added', { names: added.join(', ') })] : []),
    ...(gone.length > 0 ? [t('sub.gone', { names: gone.join(', ') })] : []),
  ]
  return parts.join(' ')
}
