import { Button } from '@blueprintjs/core'
import { Plug, Plus } from 'lucide-react'
import { useEffect } from 'react'
import type { ConnectorInfo } from '../../shared/connections/connection.ts'
import type { ListedConnection } from '../../shared/rpc/app/connections.ts'
import { ScreenEmpty } from '../frame/screen-empty.tsx'
import { ScreenHead } from '../frame/screen-head.tsx'
import { t, text } from '../i18n/index.ts'
import { icons } from '../icons/icons.ts'
import { useProject } from '../store/project.ts'
import { ConnectionForm } from './connection-form.tsx'
import { choose, loadConnections, useConnections } from './connections-store.ts'
import { KindChooser } from './kind-chooser.tsx'
import { SecretStoreState, VaultNote } from './secret-store.tsx'
import './connections.css'

/** The systems that the project is connected to. */
export function ConnectionsScreen() {
  const root = useProject((state) => state.project?.root)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another project has other connections.
  useEffect(() => void loadConnections(), [root])
  const { board, kinds, error, subject } = useConnections()
  if (error && !board) return <ScreenEmpty title={error.message} hint={error.hint} />
  if (!board) return <div aria-busy="true" />
  const add = (
    <Button
      intent="primary"
      icon={<Plus size={15} />}
      text={t('connections.new')}
      onClick={() => choose({ kind: 'new' })}
    />
  )
  const selected =
    subject?.kind === 'connection' ? board.connections.find(({ name }) => name === subject.name) : undefined
  const newType = subject?.kind === 'new' ? kinds.find(({ type }) => type === subject.type) : undefined
  return (
    <>
      <ScreenHead title={t('rail.connections')}>
        <SecretStoreState store={board.store} />
        {add}
      </ScreenHead>
      <VaultNote store={board.store} />
      {board.problems.length > 0 && (
        <ul className="connections-problems" role="alert">
          {board.problems.map((problem) => (
            <li key={`${problem.position?.line}:${problem.message}`}>
              <code>connections.yaml{problem.position && `:${problem.position.line}`}</code> {problem.message}
            </li>
          ))}
        </ul>
      )}
      {board.connections.length === 0 && subject === undefined ? (
        <ScreenEmpty icon={Plug} title={t('connections.none')} hint={t('connections.noneHint')}>
          {add}
        </ScreenEmpty>
      ) : (
        <div className="connections">
          <ul className="connections-list">
            {board.connections.map((one) => (
              <Row
                key={one.name}
                connection={one}
                kind={kinds.find(({ type }) => type === one.type)}
                isSelected={one.name === selected?.name}
              />
            ))}
          </ul>
          <section className="connections-form">
            {subject?.kind === 'new' && !newType && <KindChooser kinds={kinds} />}
            {newType && <ConnectionForm key={`new ${newType.type}`} kind={newType} listed={undefined} />}
            {selected && (
              <ConnectionForm
                key={selected.name}
                kind={kinds.find(({ type }) => type === selected.type)}
                listed={selected}
              />
            )}
          </section>
        </div>
      )}
    </>
  )
}

interface RowProps {
  readonly connection: ListedConnection
  readonly kind: ConnectorInfo | undefined
  readonly isSelected: boolean
}

function Row({ connection, kind, isSelected }: RowProps) {
  const Icon = icons[kind?.icon ?? ''] ?? Plug
  const stale = connection.secrets?.some(({ state }) => state === 'stale')
  return (
    <li className={`connections-row${isSelected ? ' is-selected' : ''}`}>
      <button
        type="button"
        aria-current={isSelected}
        onClick={() => choose({ kind: 'connection', name: connection.name })}
      >
        <Icon size={16} aria-hidden />
        <span className="connections-row-words">
          <span className="truncate">{connection.label ?? connection.name}</span>
          <span className="connections-row-more truncate">
            {[kind ? text(kind.title) : connection.type, placeOf(connection)].filter(Boolean).join(' · ')}
          </span>
          {stale && <span className="connections-stale">{t('connections.stale')}</span>}
        </span>
      </button>
    </li>
  )
}

/** Where it leads, as far as the settings say it in words that all kinds share. */
function placeOf({ settings }: ListedConnection): string {
  const { host, database, url, base_url: base, bucket } = settings
  return [host ?? url ?? base ?? bucket, database].filter((part) => typeof part === 'string').join('/')
}
