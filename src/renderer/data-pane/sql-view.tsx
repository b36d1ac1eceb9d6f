import { useEffect, useState } from 'react'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { api } from '../api.ts'
import { HighlightedText } from '../expression/highlighted-text.tsx'
import { t } from '../i18n/index.ts'
import { usePipeline } from '../store/pipeline.ts'
import { CopyButton } from './copy-button.tsx'
import { Message } from './message.tsx'
import { usePreview } from './preview-store.ts'

/** The query that gives the rows of this port, as it could be run elsewhere. */
export function SqlView() {
  const wanted = usePreview((state) => state.wanted)
  const [sql, setSql] = useState<string | undefined>(undefined)
  const [error, setError] = useState<ErrorInfo | undefined>(undefined)

  useEffect(() => {
    const { document, parameters } = usePipeline.getState()
    if (!wanted || !document) return
    const controller = new AbortController()
    const { nodeId, port } = wanted
    const request = { document, parameters: { ...parameters }, nodeId, ...(port === undefined ? {} : { port }) }
    api.call('draft.sql', request, { signal: controller.signal }).then(
      (answer) => {
        if (controller.signal.aborted) return
        setSql(answer.sql)
        setError(undefined)
      },
      (thrown: unknown) => {
        if (!controller.signal.aborted) setError(toErrorInfo(thrown))
      },
    )
    return () => controller.abort()
  }, [wanted])

  if (error) return <Message title={t('data.noSql')} text={error.message} hint={error.hint} />
  if (sql === undefined) return null
  return (
    <div className="sql-view">
      <div className="sql-tools">
        <CopyButton text={sql} />
      </div>
      <pre className="code-block">
        <HighlightedText text={sql} />
      </pre>
    </div>
  )
}
