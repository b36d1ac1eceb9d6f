import { RotateCw } from 'lucide-react'
import { formatMilliseconds, formatNumber, t } from '../i18n/index.ts'
import { ColumnPicker } from '../inspector/column-parts.tsx'
import { Hint } from '../inspector/hint.tsx'
import { reload, type ShownRows, usePreview } from './preview-store.ts'

/** At the right of the tabs: how far the rows can be trusted, how many there are and how long they took. */
export function DataFacts({ shown, onReveal }: { shown: ShownRows; onReveal: (index: number) => void }) {
  const pending = usePreview((state) => state.pending)
  const facts = [
    rowsText(shown),
    t('data.columns', { count: shown.columns.length }),
    formatMilliseconds(shown.milliseconds),
  ]
  return (
    <div className="data-facts">
      <Hint text={t(shown.exactness === 'exact' ? 'data.exactHelp' : 'data.sampledHelp')}>
        <span className={`pill pill-${shown.exactness}`}>{t(`data.${shown.exactness}`)}</span>
      </Hint>
      <span className={`data-counts${pending ? ' data-counts-stale' : ''}`}>{facts.join(' · ')}</span>
      <ColumnPicker
        columns={shown.columns}
        label={t('data.findColumn')}
        onPick={(name) => onReveal(shown.columns.findIndex((column) => column.name === name))}
      >
        <button type="button" className="text-button quiet">
          {t('data.findColumn')}
        </button>
      </ColumnPicker>
      <button
        type="button"
        className={`row-remove${pending ? ' turning' : ''}`}
        aria-label={t('data.refresh')}
        title={t('data.refresh')}
        onClick={reload}
      >
        <RotateCw size={13} />
      </button>
    </div>
  )
}

function rowsText(shown: ShownRows): string {
  if (shown.totalRows !== undefined) return t('data.rows', { count: shown.totalRows })
  if (shown.more) return t('data.rowsAtLeast', { count: formatNumber(shown.rows.length) })
  return t('data.rows', { count: shown.rows.length })
}
