import './tests.css'
import { Button, HTMLSelect, InputGroup, Spinner } from '@blueprintjs/core'
import { useEffect, useState } from 'react'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { Difference } from '../../shared/tests/result.ts'
import { api } from '../api.ts'
import { Message } from '../data-pane/message.tsx'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useProject } from '../store/project.ts'
import { DifferenceView } from './difference-view.tsx'

const PAGE = 100

/** What the pipeline gives here now, against its saved version or another file of the project. */
export function CompareView({ nodeId, port }: { readonly nodeId: string; readonly port: string | undefined }) {
  const document = usePipeline((state) => state.document)
  const own = usePipeline((state) => state.path)
  const parameters = usePipeline((state) => state.parameters)
  const saved = usePipeline((state) => state.saved)
  const pipelines = useProject((state) => state.project?.pipelines) ?? []
  const [path, setPath] = useState<string | undefined>(undefined)
  const [keys, setKeys] = useState('')
  const [offset, setOffset] = useState(0)
  const [found, setFound] = useState<Difference | undefined>(undefined)
  const [error, setError] = useState<ErrorInfo | undefined>(undefined)
  const [pending, setPending] = useState(false)
  const against = path ?? own
  // biome-ignore lint/correctness/useExhaustiveDependencies: a save changes the version that is compared with.
  useEffect(() => {
    if (!document || against === undefined) return
    const leaving = new AbortController()
    const list = keys
      .split(',')
      .map((key) => key.trim())
      .filter(Boolean)
    setPending(true)
    const timer = setTimeout(() => {
      api
        .call(
          'draft.diff',
          {
            document,
            parameters: { ...parameters },
            nodeId,
            ...(port ? { port } : {}),
            against: { kind: 'file', path: against },
            ...(list.length > 0 ? { keys: list } : {}),
            limit: PAGE,
            offset,
          },
          { signal: leaving.signal },
        )
        .then(
          (difference) => {
            setFound(difference)
            setError(undefined)
          },
          (thrown) => {
            if (!leaving.signal.aborted) setError(toErrorInfo(thrown))
          },
        )
        .finally(() => {
          if (!leaving.signal.aborted) setPending(false)
        })
    }, 250)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [document, against, parameters, nodeId, port, keys, offset, saved])
  return (
    <div className="compare">
      <div className="compare-bar">
        <label htmlFor="compare-with">{t('diff.with')}</label>
        <HTMLSelect
          id="compare-with"
          value={against ?? ''}
          onChange={(event) => {
            setPath(event.currentTarget.value)
            setOffset(0)
          }}
          options={pipelines.map((entry) => ({
            value: entry.path,
            label: entry.path === own ? t('diff.saved') : entry.name,
          }))}
        />
        <InputGroup
          value={keys}
          onValueChange={(value) => {
            setKeys(value)
            setOffset(0)
          }}
          aria-label={t('tests.keys')}
          placeholder={t('diff.keysPlaceholder')}
        />
        {pending && <Spinner size={14} aria-label={t('data.loading')} />}
        <span className="compare-pages">
          <Button
            size="small"
            text="‹"
            aria-label={t('diff.earlier')}
            disabled={offset === 0}
            onClick={() => setOffset(Math.max(0, offset - PAGE))}
          />
          <Button
            size="small"
            text="›"
            aria-label={t('diff.later')}
            disabled={!found?.more}
            onClick={() => setOffset(offset + PAGE)}
          />
        </span>
      </div>
      {error ? (
        <Message failed title={t('diff.failed')} text={error.message} hint={error.hint} />
      ) : (
        found && (
          <DifferenceView
            difference={found}
            sides={{ before: against === own ? t('diff.savedSide') : t('diff.otherSide'), after: t('diff.nowSide') }}
          />
        )
      )}
    </div>
  )
}
