import { X } from 'lucide-react'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { t } from '../../i18n/index.ts'
import { namesOf } from '../../sub-pipeline/ends.ts'
import { useOtherPipeline } from '../../sub-pipeline/other-pipelines.ts'
import { isRecord } from '../form-model.ts'
import { type ControlProps, useFormScope } from '../form-scope.ts'
import { asText } from './simple-controls.tsx'

/** The parameters of the other pipeline: what each is, and a value of our own or its default. */
export function PipelineParametersControl({ path, value, problems, siblings }: ControlProps) {
  const scope = useFormScope()
  const other = useOtherPipeline(asText(siblings.path))
  const declared = other?.state === 'read' ? (other.document.parameters ?? {}) : {}
  const items = Array.isArray(value) ? value : []
  const given = new Map(items.flatMap((item) => (isRecord(item) ? [[asText(item.name), asText(item.value)]] : [])))
  const unknown = other?.state === 'read' ? namesOf(items).filter((name) => !(name in declared)) : []
  const names = [...new Set([...Object.keys(declared), ...namesOf(items)])]
  const wrong = problems.some((problem) => problem.severity === 'error')

  const set = (name: string, typed: string | undefined) => {
    const next = names.flatMap((one): JsonValue[] => {
      const text = one === name ? typed : given.get(one)
      return text === undefined || text === '' ? [] : [{ name: one, value: text }]
    })
    scope.change(path, next.length > 0 ? next : undefined)
  }

  if (names.length === 0) return <p className="empty-line">{t('sub.noParameters')}</p>
  return (
    <ul className="rows-list parameter-values">
      {names.map((name) => {
        const parameter = declared[name]
        return (
          <li key={name} className="parameter-value">
            <div className="parameter-value-line">
              <label className="parameter-value-name mono truncate" htmlFor={`${scope.nodeId}-${name}`} title={name}>
                {name}
              </label>
              <span className="secondary tiny">{parameter ? t(`type.${parameter.type}`) : t('sub.unknown')}</span>
              <input
                id={`${scope.nodeId}-${name}`}
                className={`bp6-input inspector-input${wrong && parameter?.default === undefined && !given.has(name) ? ' bp6-intent-danger' : ''}`}
                spellCheck={false}
                placeholder={parameter?.default ?? t('sub.needed')}
                value={given.get(name) ?? ''}
                onFocus={scope.begin}
                onChange={(event) => set(name, event.target.value)}
              />
              {unknown.includes(name) && (
                <button
                  type="button"
                  className="row-remove"
                  aria-label={t('panes.remove', { name })}
                  title={t('panes.remove', { name })}
                  onClick={() => {
                    scope.begin()
                    set(name, undefined)
                  }}
                >
                  <X size={13} />
                </button>
              )}
            </div>
            {parameter?.description && <p className="secondary tiny">{parameter.description}</p>}
          </li>
        )
      })}
    </ul>
  )
}
