import type { Column, ColumnProfile } from '../../shared/engine/types.ts'
import { formatNumber, locale, t } from '../i18n/index.ts'
import { typeBadge, typeClass } from './column-types.ts'
import { formatCell, formatShort } from './format-cell.ts'

/** The upper part of a column: its type and name, how its values are spread, and their range. */
export function ColumnHead({ column, profile }: { column: Column; profile: ColumnProfile | undefined }) {
  return (
    <>
      <div className="head-name">
        <span className="type-badge" title={column.type}>
          {typeBadge(column.type)}
        </span>
        <span className="truncate" title={`${column.name} · ${column.type}`}>
          {column.name}
        </span>
      </div>
      <div className="head-chart">{profile && <Spread profile={profile} />}</div>
      <div className="head-range truncate" title={profile && fullRange(profile)}>
        {profile && rangeText(profile)}
      </div>
      {profile && profile.nulls > 0 && profile.rows > 0 && (
        <div className="head-nulls" title={t('data.nulls', { percent: percent(profile.nulls, profile.rows) })}>
          <span style={{ width: `${Math.max(2, (100 * profile.nulls) / profile.rows)}%` }} />
        </div>
      )}
    </>
  )
}

function Spread({ profile }: { profile: ColumnProfile }) {
  if (profile.histogram && profile.histogram.length > 0) {
    const most = Math.max(...profile.histogram, 1)
    return (
      <div className="histogram" aria-hidden>
        {profile.histogram.map((count, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place.
          <span key={index} style={{ height: count === 0 ? 1 : Math.max(2, Math.round((24 * count) / most)) }} />
        ))}
      </div>
    )
  }
  const top = (profile.top ?? []).filter((each) => each.value !== null).slice(0, 3)
  const most = Math.max(...top.map((each) => each.count), 1)
  return (
    <div className="top-values">
      {top.map((each) => (
        <span
          key={each.value}
          title={`${formatCell(each.value)} · ${formatNumber(each.count)}`}
          style={{ width: `${Math.max(4, (100 * each.count) / most)}%` }}
        />
      ))}
    </div>
  )
}

const percent = (part: number, whole: number): string => {
  const share = (100 * part) / whole
  return `${share > 0 && share < 0.1 ? '< 0.1' : formatNumber(Math.round(share * 10) / 10)}%`
}

function rangeText(profile: ColumnProfile): string {
  if (profile.rows > 0 && profile.nulls === profile.rows) return t('data.allNull')
  if (profile.histogram && profile.min !== null && profile.max !== null) {
    const short = (value: string) =>
      typeClass(profile.type) === 'timestamp' ? value.slice(0, 10) : formatShort(value, locale())
    const [min, max] = [short(profile.min), short(profile.max)]
    return min === max ? min : `${min} – ${max}`
  }
  const allDistinct = profile.distinct > 1 && profile.distinct === profile.rows - profile.nulls
  return allDistinct ? t('data.allDistinct') : t('data.distinct', { count: profile.distinct })
}

function fullRange(profile: ColumnProfile): string {
  const parts = [
    profile.min !== null && profile.max !== null
      ? `${formatCell(profile.min)} – ${formatCell(profile.max)}`
      : undefined,
    t('data.distinct', { count: profile.distinct }),
    profile.nulls > 0 ? t('data.nulls', { percent: percent(profile.nulls, profile.rows) }) : undefined,
  ]
  return parts.filter((part) => part !== undefined).join(' · ')
}
