import { Plug } from 'lucide-react'
import type { ConnectorInfo } from '../../shared/connections/connection.ts'
import { t, text } from '../i18n/index.ts'
import { icons } from '../icons/icons.ts'
import { choose } from './connections-store.ts'

/** What kind of system the new connection leads to. */
export function KindChooser({ kinds }: { readonly kinds: readonly ConnectorInfo[] }) {
  return (
    <>
      <h2 className="detail-title connections-form-title">{t('connections.chooseKind')}</h2>
      <ul className="connections-kinds">
        {kinds
          .toSorted((a, b) => text(a.title).localeCompare(text(b.title)))
          .map((kind) => {
            const Icon = icons[kind.icon] ?? Plug
            return (
              <li key={kind.type}>
                <button type="button" onClick={() => choose({ kind: 'new', type: kind.type })}>
                  <Icon size={20} aria-hidden />
                  <strong>{text(kind.title)}</strong>
                  <span className="secondary">{text(kind.summary)}</span>
                </button>
              </li>
            )
          })}
      </ul>
    </>
  )
}
