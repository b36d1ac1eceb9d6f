import { formatCell } from '../data-pane/format-cell.ts'
import { usePreview } from '../data-pane/preview-store.ts'
import { sameName } from '../expression/names.ts'
import { t } from '../i18n/index.ts'

/** The first values of a column that a node makes, beneath the expression that makes them. Its line is always reserved. */
export function FirstResults({ nodeId, column }: { nodeId: string; column: string }) {
  const shown = usePreview((state) => state.shown)
  const stale = usePreview((state) => state.pending)
  const index = shown?.nodeId === nodeId ? shown.columns.findIndex((each) => sameName(each.name, column)) : -1
  const values = index < 0 ? [] : (shown?.rows.slice(0, 12).map((row) => row[index] ?? null) ?? [])
  return (
    <div className={`first-results${stale ? ' first-results-stale' : ''}`}>
      {values.length > 0 && (
        <>
          <span>{t('panes.firstRows')}</span>
          <span className="first-results-values">
            {values.map((value, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: values of rows, which have no identity.
              <span key={at} className={value === null ? 'null-cell' : undefined}>
                {formatCell(value)}
              </span>
            ))}
          </span>
        </>
      )}
    </div>
  )
}
