import { useState } from 'react'
import { t } from '../i18n/index.ts'
import { PipelineCursors } from '../runs/cursor-section.tsx'
import { edit, usePipeline } from '../store/pipeline.ts'
import { LazyInput } from './controls/simple-controls.tsx'

/** With nothing selected: what holds for the whole pipeline. */
export function PipelineOverview() {
  const document = usePipeline((state) => state.document)
  const path = usePipeline((state) => state.path)
  const values = usePipeline((state) => state.parameters)
  const [session, setSession] = useState(0)
  if (!document) return <p className="inspector-empty">{t('panes.noPipeline')}</p>
  const parameters = Object.entries(document.parameters ?? {})
  return (
    <>
      <header className="node-header">
        <div className="node-header-words">
          <LazyInput
            className="node-label"
            label={t('panes.pipelineName')}
            value={document.name}
            onCommit={(name) => name.trim() && edit([{ kind: 'setName', name: name.trim() }])}
          />
          <div className="node-subtitle mono truncate" title={path}>
            {path}
          </div>
        </div>
      </header>
      <section className="field">
        <header className="field-title">
          <h3>{t('panes.description')}</h3>
        </header>
        <textarea
          className="bp6-input inspector-input inspector-area"
          aria-label={t('panes.description')}
          placeholder={t('panes.descriptionPlaceholder')}
          rows={3}
          value={document.description ?? ''}
          onFocus={() => setSession(Date.now())}
          onChange={(event) => {
            const typed = event.target.value
            const change = typed === '' ? {} : { description: typed }
            edit([{ kind: 'setDescription', ...change }], { group: `description:${session}` })
          }}
        />
      </section>
      <section className="field">
        <header className="field-title">
          <h3>{t('panes.parameters')}</h3>
        </header>
        {parameters.length === 0 && <p className="empty-line">{t('panes.noParameters')}</p>}
        <ul className="lines">
          {parameters.map(([name, parameter]) => (
            <li key={name} className="line" title={parameter.description}>
              <span className="line-port mono code-parameter truncate">${name}</span>
              <span className="secondary">{parameter.type}</span>
              <span className="mono line-value truncate">
                {parameter.secret && values[name] ? '••••' : (values[name] ?? parameter.default ?? '—')}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <PipelineCursors />
      <p className="inspector-empty">{t('panes.nothingSelected')}</p>
    </>
  )
}
