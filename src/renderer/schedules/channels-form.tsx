import { Button, Checkbox, FormGroup, HTMLSelect, InputGroup, NumericInput, TagInput } from '@blueprintjs/core'
import { Plus, Send, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { DeliveryRow } from '../../shared/rpc/app/schedules.ts'
import {
  type Channel,
  channelSchema,
  DEFAULTS,
  type MailServer,
  mailServerSchema,
  type NoticeKind,
} from '../../shared/schedules/document.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { whenOf } from '../runs/run-words.ts'
import { toast, toastError } from '../store/toasts.ts'
import { Field } from './field.tsx'
import { saveChannels } from './schedules-store.ts'

export interface ChannelsFormProps {
  readonly channels: Readonly<Record<string, Channel>>
  readonly mail: MailServer | undefined
  readonly deliveries: readonly DeliveryRow[]
}

const KINDS: readonly NoticeKind[] = ['failure', 'recovery', 'late', 'success']

/** Who is told of runs, by which ways, and what became of what was told. */
export function ChannelsForm({ channels, mail, deliveries }: ChannelsFormProps) {
  const [draft, setDraft] = useState(() => Object.entries(channels).map(([name, channel]) => ({ name, channel })))
  const [server, setServer] = useState<MailServer | undefined>(mail)
  const usesMail = draft.some(({ channel }) => channel.email)
  const needed = usesMail ? (server ?? { host: '', from: '' }) : server
  const names = draft.map(({ name }) => name)
  const isValid =
    new Set(names).size === names.length &&
    draft.every(
      ({ name, channel }) => /^[a-z_][a-z0-9_]{0,62}$/.test(name) && channelSchema.safeParse(channel).success,
    ) &&
    (!needed || mailServerSchema.safeParse(needed).success)
  const put = (index: number, change: Partial<{ name: string; channel: Channel }>) =>
    setDraft(draft.map((one, at) => (at === index ? { ...one, ...change } : one)))
  const save = () => saveChannels(Object.fromEntries(draft.map(({ name, channel }) => [name, channel])), needed)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isValid) void save().catch(toastError)
      }}
    >
      <header className="schedules-form-head">
        <h2>{t('schedules.channels')}</h2>
        <span className="screen-head-space" />
        <Button
          icon={<Plus size={14} />}
          text={t('schedules.newChannel')}
          onClick={() => setDraft([...draft, { name: freeName(names), channel: { desktop: true } }])}
        />
        <Button type="submit" intent="primary" text={t('schedules.save')} disabled={!isValid} />
      </header>
      {draft.length === 0 && <p className="panel-none">{t('schedules.channelsHint')}</p>}
      {draft.map(({ name, channel }, index) => (
        <ChannelFields
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being typed.
          key={index}
          name={name}
          channel={channel}
          isSaved={Object.hasOwn(channels, name)}
          onName={(next) => put(index, { name: next })}
          onChange={(next) => put(index, { channel: next })}
          onRemove={() => setDraft(draft.filter((_, at) => at !== index))}
        />
      ))}
      {needed && <MailFields server={needed} onChange={setServer} />}
      <Deliveries deliveries={deliveries} />
    </form>
  )
}

interface ChannelFieldsProps {
  readonly name: string
  readonly channel: Channel
  readonly isSaved: boolean
  readonly onName: (name: string) => void
  readonly onChange: (channel: Channel) => void
  readonly onRemove: () => void
}

function ChannelFields({ name, channel, isSaved, onName, onChange, onRemove }: ChannelFieldsProps) {
  const kinds: readonly NoticeKind[] = channel.on ?? DEFAULTS.notices
  const test = async () => {
    await api.call('notifications.test', { name })
    toast({ tone: 'ok', message: t('schedules.tested', { name }) })
  }
  return (
    <fieldset className="schedules-channel">
      <div className="schedules-channel-head">
        <InputGroup size="small" value={name} onValueChange={onName} aria-label={t('schedules.name')} />
        <span className="screen-head-space" />
        <Button
          size="small"
          icon={<Send size={13} />}
          text={t('schedules.test')}
          disabled={!isSaved}
          onClick={() => void test().catch(toastError)}
        />
        <Button
          size="small"
          variant="minimal"
          icon={<Trash2 size={14} />}
          aria-label={t('schedules.remove')}
          title={t('schedules.remove')}
          onClick={onRemove}
        />
      </div>
      <div className="schedules-kinds">
        <span>{t('schedules.tell')}</span>
        {KINDS.map((kind) => (
          <Checkbox
            key={kind}
            inline
            label={t(`schedules.kind.${kind}`)}
            checked={kinds.includes(kind)}
            onChange={(event) =>
              onChange({
                ...channel,
                on: KINDS.filter((one) => (one === kind ? event.currentTarget.checked : kinds.includes(one))),
              })
            }
          />
        ))}
      </div>
      <Checkbox
        label={t('schedules.desktop')}
        checked={channel.desktop ?? false}
        onChange={(event) => onChange({ ...channel, desktop: event.currentTarget.checked })}
      />
      <div className="schedules-two">
        <FormGroup label={t('schedules.email')}>
          <TagInput
            fill
            inputProps={{ 'aria-label': t('schedules.email') }}
            placeholder="ops@example.org"
            values={channel.email?.to ?? []}
            addOnBlur
            onChange={(values) => {
              const to = values.map(String)
              const { email: _, ...rest } = channel
              onChange(to.length === 0 ? rest : { ...rest, email: { to } })
            }}
          />
        </FormGroup>
        <Field label={t('schedules.webhook')}>
          <InputGroup
            placeholder="https://…"
            value={channel.webhook?.url ?? ''}
            onValueChange={(url) => {
              const { webhook: _, ...rest } = channel
              onChange(url === '' ? rest : { ...rest, webhook: { ...channel.webhook, url } })
            }}
          />
        </Field>
      </div>
    </fieldset>
  )
}

function MailFields({
  server,
  onChange,
}: {
  readonly server: MailServer
  readonly onChange: (server: MailServer) => void
}) {
  const text = (key: 'user' | 'password', value: string) => {
    const { [key]: _, ...rest } = server
    onChange(value === '' ? rest : { ...rest, [key]: value })
  }
  return (
    <fieldset className="schedules-channel">
      <h3>{t('schedules.mail')}</h3>
      <div className="schedules-three">
        <Field label={t('schedules.host')}>
          <InputGroup
            value={server.host}
            placeholder="smtp.example.org"
            onValueChange={(host) => onChange({ ...server, host })}
          />
        </Field>
        <Field label={t('schedules.security')}>
          <HTMLSelect
            fill
            value={server.security ?? 'starttls'}
            onChange={(event) =>
              onChange({ ...server, security: event.currentTarget.value as 'none' | 'starttls' | 'tls' })
            }
            options={[
              { value: 'starttls', label: 'STARTTLS' },
              { value: 'tls', label: 'TLS' },
              { value: 'none', label: t('schedules.security.none') },
            ]}
          />
        </Field>
        <Field label={t('schedules.port')}>
          <NumericInput
            fill
            buttonPosition="none"
            min={1}
            max={65_535}
            value={server.port ?? ''}
            onValueChange={(port) => {
              const { port: _, ...rest } = server
              onChange(port > 0 ? { ...rest, port } : rest)
            }}
          />
        </Field>
        <Field label={t('schedules.sender')}>
          <InputGroup
            value={server.from}
            placeholder="studio@example.org"
            onValueChange={(from) => onChange({ ...server, from })}
          />
        </Field>
        <Field label={t('schedules.user')}>
          <InputGroup value={server.user ?? ''} onValueChange={(user) => text('user', user)} />
        </Field>
        <Field label={t('schedules.password')} helperText={t('schedules.passwordHint')}>
          <InputGroup
            value={server.password ?? ''}
            // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written in the file.
            placeholder="${env:SMTP_PASSWORD}"
            onValueChange={(password) => text('password', password)}
          />
        </Field>
      </div>
    </fieldset>
  )
}

function Deliveries({ deliveries }: { readonly deliveries: readonly DeliveryRow[] }) {
  if (deliveries.length === 0) return null
  return (
    <>
      <h3 className="schedules-told">{t('schedules.told')}</h3>
      <table className="run-table">
        <tbody>
          {deliveries.map((one) => (
            <tr key={one.id}>
              <td>{whenOf(one.at)}</td>
              <td>{t(`schedules.kind.${one.kind}`)}</td>
              <td className="truncate">{one.schedule}</td>
              <td>
                {one.channel} · {t(`schedules.way.${one.way}`)}
              </td>
              <td className={one.state === 'given up' ? 'is-danger' : ''} title={one.error}>
                {t(`schedules.delivery.${one.state === 'given up' ? 'givenUp' : one.state}`)}
                {one.error !== undefined && ` · ${one.error}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function freeName(names: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'me' : `me_${number}`
    if (!names.includes(name)) return name
  }
}
