import { Button, Callout, InputGroup, TextArea } from '@blueprintjs/core'
import { Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Connection, ConnectorInfo, SecretField } from '../../shared/connections/connection.ts'
import { type JsonValue, NODE_ID } from '../../shared/pipeline/document.ts'
import type { ListedConnection } from '../../shared/rpc/app/connections.ts'
import { t, text } from '../i18n/index.ts'
import { FieldList } from '../inspector/field-list.tsx'
import { FieldValue } from '../inspector/field-value.tsx'
import { elideDefaults, equalValues, withValueAt } from '../inspector/form-model.ts'
import { type FormScope, FormScopeContext } from '../inspector/form-scope.ts'
import { Field } from '../schedules/field.tsx'
import { toastError } from '../store/toasts.ts'
import { ConnectionTest } from './connection-test.tsx'
import { ConnectionTree } from './connection-tree.tsx'
import { asSaved, choose, forgetSecret, removeConnection, saveConnection, useConnections } from './connections-store.ts'
import { Differences, EnvironmentBar } from './environment-bar.tsx'
import { differing, type Overrides, type Settings, savedOverrides, settingsThere } from './environments.ts'

interface ConnectionFormProps {
  readonly kind: ConnectorInfo | undefined
  /** Undefined: a new one. */
  readonly listed: ListedConnection | undefined
}

/** One connection, changed here and written when it is saved. */
export function ConnectionForm({ kind, listed }: ConnectionFormProps) {
  const names = (useConnections((state) => state.board?.connections) ?? []).map(({ name }) => name)
  const store = useConnections((state) => state.board?.store)
  const [name, setName] = useState(listed?.name ?? freeName(kind?.type ?? 'connection', names))
  const [label, setLabel] = useState(listed?.label ?? '')
  const [settings, setSettings] = useState<Settings>(listed?.settings ?? kind?.defaultSettings ?? {})
  const [overrides, setOverrides] = useState<Overrides>(listed?.environments ?? {})
  const known = useConnections((state) => state.board?.environments)
  const chosen = useConnections((state) => state.board?.environment)
  // What pipelines run with now comes first.
  const [environment, setEnvironment] = useState(chosen !== undefined && overrides[chosen] ? chosen : undefined)
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({})
  const [sure, setSure] = useState(false)
  const own = environment === undefined ? undefined : overrides[environment]
  const shown = environment === undefined ? settings : settingsThere(settings, own)
  const scope = useMemo(() => {
    const change = (edit: (now: Settings) => Settings) => {
      if (environment === undefined) return setSettings(edit)
      setOverrides((now) => {
        const next = edit(settingsThere(settings, now[environment]))
        return { ...now, [environment]: differing(settings, next) }
      })
    }
    return scopeOf(listed?.name ?? '', shown, change)
  }, [listed?.name, shown, settings, environment])
  const environments = [
    ...new Set([...(known ?? []), ...Object.keys(overrides), ...(environment === undefined ? [] : [environment])]),
  ].sort()
  const type = listed?.type ?? kind?.type ?? ''
  const before = listed && asSaved(listed)
  const elided = kind ? elideDefaults(settings, kind.fields) : settings
  // A file may say what is the default anyway: that is no change.
  const written = before && kind ? { ...before, settings: elideDefaults(before.settings, kind.fields) } : before
  const saved = savedOverrides(elided, overrides, kind?.fields ?? [])
  const connection: Connection = {
    ...before,
    type,
    settings: elided,
    ...(label === '' ? {} : { label }),
    ...(Object.keys(saved).length === 0 ? {} : { environments: saved }),
  }
  if (label === '') delete connection.label
  if (Object.keys(saved).length === 0) delete connection.environments
  const taken = name !== listed?.name && names.includes(name)
  const fault = taken ? t('connections.taken') : NODE_ID.test(name) ? undefined : t('parameters.badName')
  const typed = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== ''))
  const isChanged =
    !listed || name !== listed.name || !equalValues(connection, written) || Object.keys(typed).length > 0
  const locked = store?.kind === 'none' || store?.locked === true
  // One that changes nothing has no secrets of its own.
  const ownSecrets = environment !== undefined && saved[environment] !== undefined
  const states = statesIn(listed, ownSecrets ? environment : undefined)
  const stateOf = (secret: string) => states?.find((one) => one.name === secret)?.state
  const fields = (kind?.secrets ?? []).filter(
    (field) => isShown(field, shown, kind) || (stateOf(field.name) ?? 'missing') !== 'missing',
  )
  const show = (next: string | undefined) => {
    setEnvironment(next)
    // What was typed is for the place that was shown.
    setSecrets({})
  }
  return (
    <form
      className="connection-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (fault !== undefined) return
        void saveConnection(listed?.name, name, connection, typed, ownSecrets ? environment : null)
          .then(() => setSecrets({}))
          .catch(toastError)
      }}
    >
      <header className="connections-form-head">
        <h2 className="detail-title truncate">{label || name}</h2>
        <span className="secondary">{kind ? text(kind.title) : type}</span>
        <span className="screen-head-space" />
        {listed && !sure && (
          <Button
            variant="minimal"
            icon={<Trash2 size={14} />}
            aria-label={t('connections.remove')}
            title={t('connections.remove')}
            onClick={() => setSure(true)}
          />
        )}
        {listed && sure && (
          <Button
            intent="danger"
            text={t('connections.removeSure')}
            onClick={() => void removeConnection(listed.name).catch(toastError)}
          />
        )}
        {!listed && <Button text={t('connections.back')} onClick={() => choose({ kind: 'new' })} />}
        <Button
          type="submit"
          intent="primary"
          text={t('connections.save')}
          disabled={fault !== undefined || !isChanged}
        />
      </header>
      {!kind && <Callout intent="danger">{t('connections.unknownKind', { type })}</Callout>}
      <div className="connections-two">
        <Field label={t('connections.name')} helperText={fault} intent={fault === undefined ? 'none' : 'danger'}>
          <InputGroup value={name} onValueChange={setName} />
        </Field>
        <Field label={t('connections.label')}>
          <InputGroup value={label} placeholder={name} onValueChange={setLabel} />
        </Field>
      </div>
      <EnvironmentBar names={environments} shown={environment} overrides={overrides} onShow={show} />
      {environment !== undefined && (
        <Differences
          environment={environment}
          kind={kind}
          own={saved[environment]}
          onBack={(setting) =>
            setOverrides((now) => {
              const { [setting]: _back, ...rest } = now[environment] ?? {}
              return { ...now, [environment]: rest }
            })
          }
        />
      )}
      <FormScopeContext value={scope}>
        {kind && <FieldList key={environment ?? ''} fields={kind.fields} values={shown} path={ROOT} />}
      </FormScopeContext>
      {fields.map((field) => (
        <Secret
          key={field.name}
          field={field}
          state={stateOf(field.name)}
          value={secrets[field.name] ?? ''}
          disabled={locked}
          onChange={(value) => setSecrets((now) => ({ ...now, [field.name]: value }))}
          onForget={() => listed && void forgetSecret(listed.name, field.name).catch(toastError)}
        />
      ))}
      {locked && fields.length > 0 && <p className="secondary">{t('secrets.locked')}</p>}
      <ConnectionTest
        key={`test ${environment ?? ''}`}
        name={name}
        connection={connection}
        secrets={typed}
        environment={environment ?? null}
      />
      {listed && kind?.browses && !isChanged && <ConnectionTree name={listed.name} />}
    </form>
  )
}

const ROOT: readonly string[] = []

interface SecretProps {
  readonly field: SecretField
  readonly state: 'stored' | 'missing' | 'stale' | undefined
  readonly value: string
  readonly disabled: boolean
  readonly onChange: (value: string) => void
  readonly onForget: () => void
}

/** Typed here, and never shown again. */
function Secret({ field, state, value, disabled, onChange, onForget }: SecretProps) {
  const help = state === undefined || state === 'missing' ? field.help && text(field.help) : t(`secrets.${state}`)
  const placeholder = state === 'stored' ? '••••••••' : undefined
  return (
    <div className="connection-secret">
      <Field label={text(field.title)} helperText={help} intent={state === 'stale' ? 'warning' : 'none'}>
        {field.multiline ? (
          <TextArea
            fill
            value={value}
            disabled={disabled}
            placeholder={placeholder}
            spellCheck={false}
            onChange={({ target }) => onChange(target.value)}
          />
        ) : (
          <InputGroup
            type="password"
            autoComplete="new-password"
            value={value}
            disabled={disabled}
            placeholder={placeholder}
            onValueChange={onChange}
          />
        )}
      </Field>
      {state !== undefined && state !== 'missing' && (
        <Button variant="minimal" size="small" text={t('secrets.forget')} onClick={onForget} />
      )}
    </div>
  )
}

function statesIn(listed: ListedConnection | undefined, environment: string | undefined) {
  const here = listed?.secretsIn?.find((one) => (one.environment ?? undefined) === environment)
  return here?.secrets ?? (environment === undefined && listed?.secretsIn ? undefined : listed?.secrets)
}

function isShown(field: SecretField, settings: Settings, kind: ConnectorInfo | undefined): boolean {
  const { visibleWhen: when, visibleWith } = field
  if (visibleWith !== undefined && (settings[visibleWith] ?? '') === '') return false
  if (!when) return true
  const value = settings[when.field] ?? kind?.defaultSettings[when.field]
  return (typeof value === 'string' || typeof value === 'boolean') && when.in.includes(value)
}

/** The controls of a step's form, over the settings of a connection. */
function scopeOf(name: string, settings: Settings, change: (edit: (now: Settings) => Settings) => void): FormScope {
  return {
    nodeId: name,
    nodeType: '',
    config: settings,
    problems: [],
    detected: undefined,
    begin: () => undefined,
    change: (path, value) => change((now) => withValueAt(now, path, value) as Record<string, JsonValue>),
    replace: (next) => change(() => ({ ...next })),
    columns: () => undefined,
    vocabulary: () => ({ columns: [], parameters: {}, functions: [], tables: undefined }),
    Value: FieldValue,
  }
}

function freeName(type: string, names: readonly string[]): string {
  if (!names.includes(type)) return type
  for (let number = 2; ; number++) if (!names.includes(`${type}_${number}`)) return `${type}_${number}`
}
