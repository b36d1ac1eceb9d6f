import { FormGroup, HTMLSelect, InputGroup, SegmentedControl } from '@blueprintjs/core'
import { useEffect, useState } from 'react'
import type { ErrorInfo } from '../../shared/errors.ts'
import { type Trigger, triggerSchema } from '../../shared/schedules/document.ts'
import { api } from '../api.ts'
import { t } from '../i18n/index.ts'
import { whenOf } from '../runs/run-words.ts'
import { useProject } from '../store/project.ts'

type Kind = 'cron' | 'every' | 'files' | 'after'

const KINDS: readonly Kind[] = ['cron', 'every', 'files', 'after']

const PRESETS = [
  ['0 6 * * *', 'daily'],
  ['0 6 * * 1-5', 'weekdays'],
  ['0 * * * *', 'hourly'],
  ['0 6 * * 1', 'weekly'],
  ['0 6 1 * *', 'monthly'],
] as const

const kindOf = (trigger: Trigger): Kind => KINDS.find((kind) => kind in trigger) ?? 'cron'

export interface TriggerFieldsProps {
  readonly trigger: Trigger
  /** Path of the pipeline that it starts. */
  readonly own: string
  readonly onChange: (trigger: Trigger) => void
}

/** When it runs: by the clock, again and again, when files arrive, after another pipeline. */
export function TriggerFields({ trigger, own, onChange }: TriggerFieldsProps) {
  const others = (useProject((state) => state.project?.pipelines) ?? []).filter(({ path }) => path !== own)
  const begin = (kind: Kind): Trigger => {
    if (kind === 'cron') return { cron: '0 6 * * *', time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
    if (kind === 'every') return { every: '15m' }
    if (kind === 'files') return { files: 'inbox/*.csv' }
    return { after: others[0]?.path ?? '' }
  }
  return (
    <FormGroup label={t('schedules.when')}>
      <SegmentedControl
        fill
        size="small"
        value={kindOf(trigger)}
        onValueChange={(kind) => onChange(begin(kind as Kind))}
        options={KINDS.map((value) => ({ value, label: t(`schedules.kind.${value}`) }))}
      />
      <div className="schedules-trigger">
        {'cron' in trigger && (
          <div className="schedules-cron">
            <InputGroup
              value={trigger.cron}
              aria-label={t('schedules.cron')}
              className="is-code"
              onValueChange={(cron) => onChange({ ...trigger, cron })}
            />
            <HTMLSelect
              value={PRESETS.some(([pattern]) => pattern === trigger.cron) ? trigger.cron : ''}
              aria-label={t('schedules.preset')}
              onChange={(event) =>
                event.currentTarget.value && onChange({ ...trigger, cron: event.currentTarget.value })
              }
              options={[
                { value: '', label: t('schedules.preset.own') },
                ...PRESETS.map(([value, name]) => ({ value, label: t(`schedules.preset.${name}`) })),
              ]}
            />
            <InputGroup
              value={trigger.time_zone ?? ''}
              placeholder={t('schedules.localZone')}
              aria-label={t('schedules.zone')}
              onValueChange={(zone) => onChange(zone === '' ? { cron: trigger.cron } : { ...trigger, time_zone: zone })}
            />
          </div>
        )}
        {'every' in trigger && (
          <InputGroup
            value={trigger.every}
            aria-label={t('schedules.kind.every')}
            onValueChange={(every) => onChange({ every })}
          />
        )}
        {'files' in trigger && (
          <div className="schedules-cron">
            <InputGroup
              value={trigger.files}
              aria-label={t('schedules.files')}
              placeholder="inbox/*.csv"
              onValueChange={(files) => onChange({ ...trigger, files })}
            />
            <HTMLSelect
              value={trigger.per ?? 'file'}
              aria-label={t('schedules.per')}
              onChange={(event) =>
                onChange({ ...trigger, per: event.currentTarget.value === 'batch' ? 'batch' : 'file' })
              }
              options={[
                { value: 'file', label: t('schedules.per.file') },
                { value: 'batch', label: t('schedules.per.batch') },
              ]}
            />
            <InputGroup
              value={trigger.settle ?? ''}
              placeholder={t('schedules.settle')}
              aria-label={t('schedules.settle')}
              onValueChange={(settle) => {
                const { settle: _, ...rest } = trigger
                onChange(settle === '' ? rest : { ...rest, settle })
              }}
            />
          </div>
        )}
        {'after' in trigger && (
          <div className="schedules-cron">
            <HTMLSelect
              value={trigger.after}
              aria-label={t('schedules.after')}
              onChange={(event) => onChange({ ...trigger, after: event.currentTarget.value })}
              options={others.map(({ path, name }) => ({ value: path, label: name }))}
            />
            <HTMLSelect
              value={trigger.on ?? 'success'}
              aria-label={t('schedules.on')}
              onChange={(event) =>
                onChange({ ...trigger, on: event.currentTarget.value as 'success' | 'failure' | 'end' })
              }
              options={(['success', 'failure', 'end'] as const).map((value) => ({
                value,
                label: t(`schedules.on.${value}`),
              }))}
            />
          </div>
        )}
        {('cron' in trigger || 'every' in trigger) && <NextTimes trigger={trigger} />}
      </div>
    </FormGroup>
  )
}

function NextTimes({ trigger }: { readonly trigger: Trigger }) {
  const [times, setTimes] = useState<readonly string[]>([])
  const [error, setError] = useState<ErrorInfo>()
  const key = JSON.stringify(trigger)
  useEffect(() => {
    const parsed = triggerSchema.safeParse(JSON.parse(key))
    if (!parsed.success) {
      setTimes([])
      return
    }
    const ending = new AbortController()
    api.call('schedules.times', { trigger: parsed.data, count: 4 }, { signal: ending.signal }).then(
      (answer) => {
        setTimes(answer.times)
        setError(answer.error)
      },
      () => {},
    )
    return () => ending.abort()
  }, [key])
  if (error) return <p className="schedules-times is-danger">{error.message}</p>
  return (
    <p className="schedules-times">
      {times.length === 0 ? ' ' : t('schedules.nextTimes', { times: times.map((time) => whenOf(time)).join(' · ') })}
    </p>
  )
}
