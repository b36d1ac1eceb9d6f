import { FlaskConical, RotateCw, Search } from 'lucide-react'
import { formatMilliseconds, formatNumber, t } from '../i18n/index.ts'
import { ColumnPicker } from '../inspector/column-parts.tsx'
import { Hint } from '../inspector/hint.tsx'
import { whenOf } from '../runs/run-words.ts'
import { openDialog } from '../store/ui.ts'
import { reload, type ShownRows, usePreview } from './preview-store.ts'

/** At the right of the tabs: how far the rows can be trusted, how many there are and how long they took. */
export function DataFacts({ shown, onReveal }: { shown: ShownRows; onReveal: (index: number) => void }) {
  const pending = usePreview((state) => state.pending)
  const profile = usePreview((state) => state.profile)
  // The shapes of the columns were counted over all rows.
  const counted = profile?.exactness === 'exact' && !pending ? profile.columns[0]?.rows : undefined
  const total = shown.totalRows ?? counted
  const rows = rowsText(shown, total)
  const more = ` · ${t('data.columns', { count: shown.columns.length })} · ${formatMilliseconds(shown.milliseconds)}`
  return (
    <div className="data-facts">
      <Hint text={t(shown.exactness === 'exact' ? 'data.exactHelp' : 'data.sampledHelp')}>
        <span className={`pill pill-${shown.exactness}`}>{t(`data.${shown.exactness}`)}</span>
      </Hint>
      {shown.asOf !== undefined && (
        <Hint text={t('data.asOfHelp', { time: whenOf(shown.asOf, true) })}>
          <span className="data-as-of">{t('data.asOf', { time: whenOf(shown.asOf) })}</span>
        </Hint>
      )}
      <span className={`data-counts${pending ? ' data-counts-stale' : ''}`} title={`${rows}${more}`}>
        {rows}
        <span className="data-more-facts">{more}</span>
      </span>
      <ColumnPicker
        columns={shown.columns}
        label={t('data.findColumn')}
        onPick={(name) => onReveal(shown.columns.findIndex((column) => column.name === name))}
      >
        <button type="button" className="row-remove" aria-label={t('data.findColumn')} title={t('data.findColumn')}>
          <Search size={13} />
        </button>
      </ColumnPicker>
      <button
        type="button"
        className="row-remove"
        aria-label={t('tests.saveTitle')}
        title={t('tests.saveTitle')}
        onClick={() => openDialog({ kind: 'saveTest', nodeId: shown.nodeId, port: shown.port })}
      >
        <FlaskConical size={13} />
      </button>
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

function rowsText(shown: ShownRows, total: number | undefined): string {
  const count = shown.rows.length
  if (total !== undefined && total > count) return t('data.rowsOf', { rows: count, count: total })
  if (total === undefined && shown.more) return t('data.rowsAtLeast', { count: formatNumber(count) })
  return t('data.rows', { count })
}
