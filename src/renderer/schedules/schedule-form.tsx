import { Button, Callout, Checkbox, FormGroup, HTMLSelect, InputGroup, Switch } from '@blueprintjs/core'
import { Play, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Parameter } from '../../shared/pipeline/document.ts'
import type { ScheduleBoard } from '../../shared/rpc/app/schedules.ts'
import { type Schedule, scheduleSchema } from '../../shared/schedules/document.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { selectRun } from '../runs/runs-store.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useProject } from '../store/project.ts'
import { toastError } from '../store/toasts.ts'
import { showScreen } from '../store/ui.ts'
import { Field } from './field.tsx'
import { removeSchedule, saveSchedule } from './schedules-store.ts'
import { TriggerFields } from './trigger-fields.tsx'

export interface ScheduleFormProps {
  /** Undefined: a new one. */
  readonly name: string | undefined
  readonly schedule: Schedule | undefined
  readonly board: ScheduleBoard
}

const NAME = /^[a-z_][a-z0-9_]{0,62}$/

/** One schedule, changed here and written when it is saved. */
export function ScheduleForm({ name: before, schedule, board }: ScheduleFormProps) {
  const pipelines = useProject((state) => state.project?.pipelines) ?? []
  const front = usePipeline((state) => state.path)
  const [name, setName] = useState(before ?? freeName(board))
  const [draft, setDraft] = useState<Schedule>(
    schedule ?? { pipeline: front ?? pipelines[0]?.path ?? '', trigger: { cron: '0 6 * * *', time_zone: localZone() } },
  )
  const set = (change: Partial<Schedule>) => setDraft((now) => ({ ...now, ...change }))
  const declared = useParameters(draft.pipeline)
  const channels = Object.keys(board.document?.channels ?? {})
  const row = board.rows.find((one) => one.name === before)
  const taken = name !== before && board.rows.some((one) => one.name === name)
  const nameFault = taken ? t('schedules.taken') : NAME.test(name) ? undefined : t('parameters.badName')
  const isValid = nameFault === undefined && scheduleSchema.safeParse(draft).success && draft.pipeline !== ''
  const isChanged = before === undefined || name !== before || JSON.stringify(draft) !== JSON.stringify(schedule)
  const runNow = async () => {
    const { runId } = await api.call('schedules.runNow', { name: before ?? name })
    selectRun(runId)
    showScreen('runs')
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isValid) void saveSchedule(before, name, draft).catch(toastError)
      }}
    >
      <header className="schedules-form-head">
        <Switch
          checked={draft.enabled !== false}
          label={t('schedules.enabled')}
          onChange={(event) => {
            const { enabled: _, ...rest } = draft
            setDraft(event.currentTarget.checked ? rest : { ...rest, enabled: false })
          }}
        />
        <span className="screen-head-space" />
        {before !== undefined && (
          <>
            <Button
              icon={<Play size={12} fill="currentColor" />}
              text={t('schedules.runNow')}
              onClick={() => void runNow().catch(toastError)}
            />
            <Button
              variant="minimal"
              icon={<Trash2 size={14} />}
              aria-label={t('schedules.remove')}
              title={t('schedules.remove')}
              onClick={() => void removeSchedule(before).catch(toastError)}
            />
          </>
        )}
        <Button type="submit" intent="primary" text={t('schedules.save')} disabled={!isValid || !isChanged} />
      </header>
      {row?.error && (
        <Callout intent="danger">
          {row.error.message} {row.error.hint}
        </Callout>
      )}
      {row?.lastSkip && (
        <Callout>
          {t(`schedules.skip.${row.lastSkip.why}`)} {row.lastSkip.message}
        </Callout>
      )}
      <div className="schedules-two">
        <Field label={t('schedules.name')} helperText={nameFault} intent={nameFault === undefined ? 'none' : 'danger'}>
          <InputGroup value={name} onValueChange={setName} />
        </Field>
        <Field label={t('schedules.pipeline')}>
          <HTMLSelect fill value={draft.pipeline} onChange={(event) => set({ pipeline: event.currentTarget.value })}>
            {!pipelines.some(({ path }) => path === draft.pipeline) && (
              <option value={draft.pipeline}>{draft.pipeline}</option>
            )}
            {pipelines.map((entry) => (
              <option key={entry.path} value={entry.path}>
                {entry.name}
              </option>
            ))}
          </HTMLSelect>
        </Field>
      </div>
      <Field label={t('schedules.description')}>
        <InputGroup
          value={draft.description ?? ''}
          onValueChange={(text) => {
            const { description: _, ...rest } = draft
            setDraft(text === '' ? rest : { ...rest, description: text })
          }}
        />
      </Field>
      <TriggerFields trigger={draft.trigger} own={draft.pipeline} onChange={(trigger) => set({ trigger })} />
      {Object.keys(declared).length > 0 && (
        <ParameterFields
          declared={declared}
          values={draft.parameters ?? {}}
          onChange={(parameters) => set({ parameters })}
        />
      )}
      <div className="schedules-two">
        <Field label={t('schedules.missed')}>
          <HTMLSelect
            fill
            value={draft.missed ?? 'once'}
            onChange={(event) => set({ missed: event.currentTarget.value as NonNullable<Schedule['missed']> })}
            options={(['once', 'skip', 'all'] as const).map((value) => ({
              value,
              label: t(`schedules.missed.${value}`),
            }))}
          />
        </Field>
        <Field label={t('schedules.overlap')}>
          <HTMLSelect
            fill
            value={draft.overlap ?? 'skip'}
            onChange={(event) => set({ overlap: event.currentTarget.value as NonNullable<Schedule['overlap']> })}
            options={(['skip', 'queue'] as const).map((value) => ({ value, label: t(`schedules.overlap.${value}`) }))}
          />
        </Field>
      </div>
      <div className="schedules-two">
        <Field label={t('schedules.late')} helperText={t('schedules.lateHint')}>
          <InputGroup
            placeholder="30m"
            value={draft.late_after ?? ''}
            onValueChange={(text) => {
              const { late_after: _, ...rest } = draft
              setDraft(text === '' ? rest : { ...rest, late_after: text })
            }}
          />
        </Field>
        <FormGroup
          label={t('schedules.notify')}
          helperText={channels.length === 0 ? t('schedules.noChannels') : undefined}
        >
          {channels.map((channel) => (
            <Checkbox
              key={channel}
              inline
              label={channel}
              checked={draft.notify?.includes(channel) ?? false}
              onChange={(event) => {
                const others = (draft.notify ?? []).filter((known) => known !== channel)
                set({ notify: event.currentTarget.checked ? [...others, channel] : others })
              }}
            />
          ))}
        </FormGroup>
      </div>
    </form>
  )
}

interface ParameterFieldsProps {
  readonly declared: Readonly<Record<string, Parameter>>
  readonly values: Readonly<Record<string, string>>
  readonly onChange: (values: Record<string, string>) => void
}

function ParameterFields({ declared, values, onChange }: ParameterFieldsProps) {
  return (
    <FormGroup label={t('schedules.parameters')} helperText={t('schedules.parametersHint')}>
      {Object.entries(declared).map(([name, { type, default: standard }]) => (
        <div className="schedules-parameter" key={name}>
          <span className="truncate">{name}</span>
          <InputGroup
            size="small"
            placeholder={standard ?? type}
            value={values[name] ?? ''}
            aria-label={name}
            onValueChange={(text) => {
              const { [name]: _, ...rest } = values
              onChange(text === '' ? rest : { ...rest, [name]: text })
            }}
          />
        </div>
      ))}
    </FormGroup>
  )
}

/** What a pipeline of the project can be given. */
function useParameters(path: string): Readonly<Record<string, Parameter>> {
  const [parameters, setParameters] = useState<Readonly<Record<string, Parameter>>>({})
  useEffect(() => {
    const ending = new AbortController()
    if (path === '') return
    api.call('pipeline.read', { path }, { signal: ending.signal }).then(
      ({ document }) => setParameters(document?.parameters ?? {}),
      () => setParameters({}),
    )
    return () => ending.abort()
  }, [path])
  return parameters
}

const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

function freeName(board: ScheduleBoard): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'daily' : `daily_${number}`
    if (!board.rows.some((row) => row.name === name)) return name
  }
}
