import './tests.css'
import type { Cell } from '../../shared/engine/types.ts'
import type { Difference, RowDifference, SchemaDifference } from '../../shared/tests/result.ts'
import { isNumeric } from '../data-pane/column-types.ts'
import { formatCell } from '../data-pane/format-cell.ts'
import { formatNumber, t } from '../i18n/index.ts'

/** Names of the two sides. */
export interface Sides {
  readonly before: string
  readonly after: string
}

/** How two tables differ: columns first, then counts, then rows with the values that changed marked. */
export function DifferenceView({ difference, sides }: { readonly difference: Difference; readonly sides: Sides }) {
  const { schema, counts, changedColumns, keys, order, columns, differing, more } = difference
  return (
    <div className="difference">
      <dl className="difference-counts">
        <Count kind="same" label={t('diff.unchanged')} count={counts.unchanged} />
        <Count kind="changed" label={t('diff.changed')} count={counts.changed} />
        <Count kind="removed" label={t('diff.only', { side: sides.before })} count={counts.removed} />
        <Count kind="added" label={t('diff.only', { side: sides.after })} count={counts.added} />
      </dl>
      {keys.length > 0 && <p className="difference-note">{t('diff.keys', { keys: keys.join(', ') })}</p>}
      {changedColumns.length > 0 && (
        <p className="difference-note">
          {t('diff.changedColumns')}{' '}
          {changedColumns.map(({ column, rows }) => `${column} (${formatNumber(rows)})`).join(', ')}
        </p>
      )}
      {schema.map((each) => (
        <p key={JSON.stringify(each)} className="difference-schema">
          {schemaText(each, sides)}
        </p>
      ))}
      {order && <p className="difference-schema">{t('diff.order', { row: order.row })}</p>}
      {differing.length > 0 && columns.length > 0 && (
        <div className="difference-scroll">
          <table className="difference-table">
            <thead>
              <tr>
                <th aria-label={t('diff.side')} />
                {columns.map(({ name, type }) => (
                  <th key={name} scope="col" className={isNumeric(type) ? 'is-number' : ''}>
                    {name}
                    <span className="difference-type">{type}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{differing.map((row) => rowsOf(row, difference, sides))}</tbody>
          </table>
        </div>
      )}
      {more && <p className="difference-note">{t('diff.more')}</p>}
    </div>
  )
}

function Count({ kind, label, count }: { kind: string; label: string; count: string }) {
  return (
    <div className={`difference-count is-${count === '0' ? 'none' : kind}`}>
      <dt>{label}</dt>
      <dd>{formatNumber(count)}</dd>
    </div>
  )
}

function rowsOf(row: RowDifference, { columns }: Difference, sides: Sides) {
  const changed = new Set(row.changed)
  const key = JSON.stringify([row.kind, row.before, row.after])
  const line = (side: 'before' | 'after', cells: readonly Cell[] | undefined) =>
    cells && (
      <tr key={`${key}${side}`} className={`difference-${side}${row.kind === 'changed' ? ' is-pair' : ''}`}>
        <th scope="row" title={sides[side]}>
          {side === 'before' ? '−' : '+'}
        </th>
        {columns.map(({ name, type }, index) => (
          <td
            key={name}
            className={`${isNumeric(type) ? 'is-number' : ''}${changed.has(index) ? ' is-changed' : ''}${cells[index] === null ? ' is-null' : ''}`}
          >
            {formatCell(cells[index] ?? null)}
          </td>
        ))}
      </tr>
    )
  return [line('before', row.before), line('after', row.after)]
}

function schemaText(each: SchemaDifference, sides: Sides): string {
  switch (each.kind) {
    case 'removed':
      return t('diff.columnOnly', { column: each.column, type: each.before, side: sides.before })
    case 'added':
      return t('diff.columnOnly', { column: each.column, type: each.after, side: sides.after })
    case 'type':
      return t('diff.columnType', { column: each.column, before: each.before, after: each.after })
    case 'order':
      return t('diff.columnOrder', { before: each.before.join(', '), after: each.after.join(', ') })
  }
}
