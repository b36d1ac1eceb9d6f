import { useEffect, useState } from 'react'
import type { Preview } from '../../shared/engine/types.ts'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { DataGrid } from './data-grid.tsx'
import { Message } from './message.tsx'

/** Rows of a file that a run wrote, read back from the disk. */
export function ResultView({ path, runId }: { path: string; runId: string | undefined }) {
  const [preview, setPreview] = useState<Preview | undefined>(undefined)
  const [error, setError] = useState<ErrorInfo | undefined>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run may have written the same path anew.
  useEffect(() => {
    const controller = new AbortController()
    api.call('file.preview', { path }, { signal: controller.signal }).then(
      (answer) => {
        if (controller.signal.aborted) return
        setPreview(answer)
        setError(undefined)
      },
      (thrown: unknown) => {
        if (!controller.signal.aborted) setError(toErrorInfo(thrown))
      },
    )
    return () => controller.abort()
  }, [path, runId])
  if (error) return <Message failed title={t('data.failed')} text={error.message} hint={error.hint} />
  if (!preview) return <Message title={t('data.loading')} />
  return <DataGrid bare columns={preview.columns} rows={preview.rows} identity={`file ${path}`} />
}
