import { Button, InputGroup, Popover } from '@blueprintjs/core'
import { Plus, Undo2 } from 'lucide-react'
import { useState } from 'react'
import type { ConnectorInfo } from '../../shared/connections/connection.ts'
import { NODE_ID } from '../../shared/pipeline/document.ts'
import { t, text } from '../i18n/index.ts'
import { differences, type Settings } from './environments.ts'

interface EnvironmentBarProps {
  /** All that the project knows, and those that were just added. */
  readonly names: readonly string[]
  /** Undefined: everywhere. */
  readonly shown: string | undefined
  readonly overrides: Readonly<Record<string, Settings>>
  readonly onShow: (environment: string | undefined) => void
}

/** Where the settings below hold: everywhere, or in one environment only. */
export function EnvironmentBar({ names, shown, overrides, onShow }: EnvironmentBarProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one line everywhere.
    <div className="environment-bar" role="group" aria-label={t('environments.settingsOf')}>
      <Choice label={t('environments.everywhere')} isOn={shown === undefined} onClick={() => onShow(undefined)} />
      {names.map((name) => (
        <Choice
          key={name}
          label={name}
          count={differences(overrides[name]).length}
          isOn={shown === name}
          onClick={() => onShow(name)}
        />
      ))}
      <AddEnvironment taken={names} onAdd={onShow} />
    </div>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly count?: number
  readonly isOn: boolean
  readonly onClick: () => void
}

function Choice({ label, count = 0, isOn, onClick }: ChoiceProps) {
  return (
    <button type="button" className="environment-choice" aria-pressed={isOn} onClick={onClick}>
      <span className="truncate" title={label}>
        {label}
      </span>
      {count > 0 && (
        <span className="environment-count" title={t('environments.differ', { count })}>
          {count}
        </span>
      )}
    </button>
  )
}

function AddEnvironment({ taken, onAdd }: { readonly taken: readonly string[]; onAdd: (name: string) => void }) {
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState('')
  const bad = name !== '' && !NODE_ID.test(name)
  const add = () => {
    if (name === '' || bad) return
    onAdd(name)
    setOpen(false)
    setName('')
  }
  const offered = ['development', 'production'].filter((one) => !taken.includes(one))
  return (
    <Popover
      isOpen={isOpen}
      onInteraction={setOpen}
      placement="bottom-start"
      content={
        <div className="environment-new">
          <InputGroup
            autoFocus
            value={name}
            placeholder="production"
            aria-label={t('environments.name')}
            intent={bad ? 'danger' : 'none'}
            onValueChange={setName}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              add()
            }}
          />
          <Button intent="primary" text={t('environments.add')} disabled={name === '' || bad} onClick={add} />
          {bad && <p className="environment-fault">{t('parameters.badName')}</p>}
          {offered.length > 0 && (
            <p className="environment-offers secondary">
              {offered.map((one) => (
                <Button key={one} size="small" variant="outlined" text={one} onClick={() => setName(one)} />
              ))}
            </p>
          )}
        </div>
      }
    >
      <Button variant="minimal" size="small" icon={<Plus size={13} />} text={t('environments.new')} />
    </Popover>
  )
}

interface DifferencesProps {
  readonly environment: string
  readonly kind: ConnectorInfo | undefined
  readonly own: Settings | undefined
  readonly onBack: (setting: string) => void
}

/** What differs in an environment, and the way back for each. */
export function Differences({ environment, kind, own, onBack }: DifferencesProps) {
  const names = differences(own)
  return (
    <div className="environment-differences">
      {names.length === 0 ? (
        <p className="secondary">{t('environments.same', { environment })}</p>
      ) : (
        <>
          <p className="secondary">{t('environments.other', { environment })}</p>
          <ul>
            {names.map((name) => {
              const field = kind?.fields.find((one) => one.name === name)
              const title = field ? text(field.title) : name
              return (
                <li key={name}>
                  <span className="truncate">{title}</span>
                  <Button
                    variant="minimal"
                    size="small"
                    icon={<Undo2 size={12} />}
                    aria-label={t('environments.back', { setting: title })}
                    title={t('environments.back', { setting: title })}
                    onClick={() => onBack(name)}
                  />
                </li>
              )
            })}
          </ul>
        </>
      )}
    </div>
  )
}
