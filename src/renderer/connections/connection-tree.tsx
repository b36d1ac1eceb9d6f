import { Button } from '@blueprintjs/core'
import { ChevronRight, Columns3, Database, FileText, Folder, Plus, RotateCw, Table2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { BrowseEntry } from '../../shared/connections/connection.ts'
import { addStep } from '../canvas/canvas-actions.ts'
import { t } from '../i18n/index.ts'
import { useModules } from '../store/modules.ts'
import { showScreen } from '../store/ui.ts'
import { branchKey, openBranch, useConnections } from './connections-store.ts'

const ICONS = {
  database: Database,
  schema: Database,
  table: Table2,
  view: Table2,
  collection: Table2,
  bucket: Database,
  folder: Folder,
  file: FileText,
  column: Columns3,
  endpoint: FileText,
} as const

/** What the system holds, each level read when it is opened. */
export function ConnectionTree({ name }: { readonly name: string }) {
  return (
    <section className="connection-tree">
      <header className="connections-form-head">
        <h3>{t('connections.holds')}</h3>
        <Button
          variant="minimal"
          size="small"
          icon={<RotateCw size={13} />}
          aria-label={t('connections.again')}
          title={t('connections.again')}
          onClick={() => void openBranch(name, [], true)}
        />
      </header>
      <BranchView name={name} path={ROOT} />
    </section>
  )
}

const ROOT: readonly string[] = []

function BranchView({ name, path }: { readonly name: string; readonly path: readonly string[] }) {
  const branch = useConnections((state) => state.branches[branchKey(name, path)])
  useEffect(() => void openBranch(name, path), [name, path])
  if (!branch || branch.state === 'loading') return <p className="tree-note secondary">{t('connections.loading')}</p>
  if (branch.state === 'failed')
    return (
      <p className="tree-note">
        <span className="is-danger">{branch.error.message}</span>{' '}
        <button type="button" className="text-button" onClick={() => void openBranch(name, path, true)}>
          {t('connections.again')}
        </button>
      </p>
    )
  if (branch.entries.length === 0) return <p className="tree-note secondary">{t('connections.empty')}</p>
  return (
    <ul>
      {branch.entries.map((entry) => (
        <Entry key={`${entry.kind} ${entry.name}`} name={name} path={path} entry={entry} />
      ))}
    </ul>
  )
}

function Entry({ name, path, entry }: { name: string; path: readonly string[]; entry: BrowseEntry }) {
  const [open, setOpen] = useState(false)
  const [below] = useState(() => [...path, entry.name])
  const Icon = ICONS[entry.kind]
  const { extract } = entry
  const info = useModules((state) => (extract ? state.byType.get(extract.type) : undefined))
  const add = () => {
    if (!info || !extract) return
    showScreen('editor')
    addStep({ ...info, defaultConfig: { ...info.defaultConfig, ...extract.config, connection: name } })
  }
  return (
    <li>
      <div className="tree-row">
        {entry.children ? (
          <button
            type="button"
            className="tree-toggle"
            aria-expanded={open}
            aria-label={entry.name}
            onClick={() => setOpen(!open)}
          >
            <ChevronRight size={13} className={open ? 'fold-arrow fold-open' : 'fold-arrow'} />
          </button>
        ) : (
          <span className="tree-toggle" />
        )}
        <Icon size={14} aria-hidden />
        <span className="truncate">{entry.name}</span>
        {entry.type !== undefined && <code className="secondary">{entry.type}</code>}
        {entry.detail !== undefined && <span className="secondary truncate">{entry.detail}</span>}
        {info && (
          <Button
            variant="minimal"
            size="small"
            icon={<Plus size={13} />}
            text={t('connections.addStep')}
            onClick={add}
          />
        )}
      </div>
      {open && <BranchView name={name} path={below} />}
    </li>
  )
}
