import { Button } from '@blueprintjs/core'
import { X } from 'lucide-react'
import type { Impact, LineageRef, Traced } from '../../shared/lineage/project.ts'
import { t } from '../i18n/index.ts'
import { KIND_SIGNS, Kinds } from './lineage-box.tsx'
import { chooseColumn, useLineage } from './lineage-store.ts'
import { openStepOf } from './open-step.ts'

/** What is chosen, in words: where it comes from, what depends on it, and the places that name it. */
export function LineagePanel() {
  const start = useLineage((state) => state.start)
  const lit = useLineage((state) => state.lit)
  const upstream = useLineage((state) => state.upstream)
  const downstream = useLineage((state) => state.downstream)
  const error = useLineage((state) => state.error)
  if (!start)
    return (
      <aside className="lineage-panel" aria-label={t('lineage.title')}>
        <p className="lineage-hint">{t('lineage.choose')}</p>
        <h3>{t('lineage.legend')}</h3>
        <dl className="lineage-legend">
          {KIND_SIGNS.map(([kind, sign]) => (
            <div key={kind}>
              <dt>{sign}</dt>
              <dd>{t(`lineage.kind.${kind}`)}</dd>
            </div>
          ))}
        </dl>
      </aside>
    )
  return (
    <aside className="lineage-panel" aria-label={t('lineage.title')}>
      <header>
        <div className="lineage-chosen">
          <strong className="truncate">{start.column ?? t('lineage.rows')}</strong>
          <span className="truncate" title={placeOf(start)}>
            {placeOf(start)}
          </span>
        </div>
        <Button
          variant="minimal"
          size="small"
          icon={<X size={14} />}
          aria-label={t('lineage.clear')}
          onClick={() => void chooseColumn(undefined)}
        />
      </header>
      {error && (
        <p className="lineage-error">
          {error.message} {error.hint}
        </p>
      )}
      {lit !== 'downstream' && <Items title={t('lineage.upstream')} impact={upstream} />}
      {lit !== 'upstream' && <Items title={t('lineage.downstream')} impact={downstream} />}
      {lit !== 'upstream' && downstream && downstream.mentions.length > 0 && (
        <section>
          <h3 title={t('lineage.namedHint')}>{t('lineage.named')}</h3>
          <ul>
            {downstream.mentions.map((mention) => (
              <li key={JSON.stringify(mention)}>
                <button
                  type="button"
                  className="lineage-item"
                  onClick={() => void openStepOf(mention.pipeline, mention.nodeId, mention.field)}
                >
                  <strong className="truncate">
                    {mention.nodeId} · {mention.field.join('.')}
                  </strong>
                  <span className="truncate">
                    {mention.pipeline}
                    {mention.position && `:${mention.position.line}`}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </aside>
  )
}

function Items({ title, impact }: { readonly title: string; readonly impact: Impact | undefined }) {
  if (!impact) return null
  const items = impact.items.filter(({ distance }) => distance > 0)
  return (
    <section>
      <h3>{title}</h3>
      {items.length === 0 && <p className="lineage-hint">{t('lineage.nothing')}</p>}
      <ul>
        {items.map((item) => (
          <li key={`${item.dataset} ${item.pipeline} ${item.nodeId} ${item.port}`}>
            <Item item={item} upstream={impact.direction === 'upstream'} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Item({ item, upstream }: { readonly item: Traced; readonly upstream: boolean }) {
  const { dataset, pipeline, nodeId, port, columns, rows } = item
  const direct = columns.filter((column) => column.direct)
  const indirect = columns.filter((column) => !column.direct)
  const go = (): void => {
    if (pipeline !== undefined && nodeId !== undefined) return void openStepOf(pipeline, nodeId)
    const column = (direct[0] ?? indirect[0])?.name
    if (dataset !== undefined) void chooseColumn({ dataset, ...(column === undefined ? {} : { column }) })
  }
  return (
    <button type="button" className={`lineage-item${direct.length > 0 ? '' : ' is-indirect'}`} onClick={go}>
      <strong className="truncate">{dataset ?? `${nodeId}${port === 'out' || port === 'in' ? '' : `.${port}`}`}</strong>
      {pipeline !== undefined && <span className="truncate">{pipeline}</span>}
      {direct.length > 0 && (
        <span>
          {direct.map(({ name, kinds }) => (
            <span className="lineage-column" key={name}>
              {name}
              <Kinds kinds={kinds} />
            </span>
          ))}
        </span>
      )}
      {indirect.length > 0 && (
        <span className="lineage-decides">
          {upstream ? t('lineage.decidedBy') : t('lineage.decides')} {indirect.map(({ name }) => name).join(', ')}
        </span>
      )}
      {!upstream && rows && columns.length === 0 && <span className="lineage-decides">{t('lineage.rows')}</span>}
    </button>
  )
}

const placeOf = (ref: LineageRef): string =>
  'dataset' in ref ? ref.dataset : `${ref.pipeline} · ${ref.nodeId}.${ref.port}`
