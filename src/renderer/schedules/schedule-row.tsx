import { Tag } from '@blueprintjs/core'
import { CalendarClock, FileInput, Repeat, Waypoints } from 'lucide-react'
import type { ScheduleRow } from '../../shared/rpc/app/schedules.ts'
import type { Schedule, Trigger } from '../../shared/schedules/document.ts'
import { t } from '../i18n/index.ts'
import { whenOf } from '../runs/run-words.ts'
import { useProject } from '../store/project.ts'
import { choose, useSchedules } from './schedules-store.ts'

function TriggerIcon({ trigger }: { readonly trigger: Trigger }) {
  const Icon =
    'cron' in trigger ? CalendarClock : 'every' in trigger ? Repeat : 'files' in trigger ? FileInput : Waypoints
  return <Icon size={16} strokeWidth={1.8} aria-hidden />
}

export function ScheduleRowView({ row, isSelected }: { readonly row: ScheduleRow; readonly isSelected: boolean }) {
  const schedule = useSchedules(({ board }) => board?.document?.schedules[row.name])
  const pipelines = useProject((state) => state.project?.pipelines)
  if (!schedule) return null
  const pipeline = pipelines?.find(({ path }) => path === schedule.pipeline)?.name ?? schedule.pipeline
  return (
    <li className={`schedules-row${isSelected ? ' is-selected' : ''}${schedule.enabled === false ? ' is-off' : ''}`}>
      <button type="button" aria-current={isSelected} onClick={() => choose({ kind: 'schedule', name: row.name })}>
        <TriggerIcon trigger={schedule.trigger} />
        <span className="schedules-row-words">
          <span className="schedules-row-name">
            <span className="truncate">{row.name}</span>
            <State row={row} schedule={schedule} />
          </span>
          <span className="schedules-row-more truncate">{pipeline}</span>
          <span className="schedules-row-more truncate">{nextWords(row, schedule)}</span>
        </span>
      </button>
    </li>
  )
}

function State({ row, schedule }: { readonly row: ScheduleRow; readonly schedule: Schedule }) {
  if (row.error)
    return (
      <Tag minimal intent="danger">
        {t('schedules.state.broken')}
      </Tag>
    )
  if (schedule.enabled === false) return <Tag minimal>{t('schedules.state.off')}</Tag>
  if (row.going)
    return (
      <Tag minimal intent="primary">
        {t('runs.running')}
      </Tag>
    )
  if (row.late)
    return (
      <Tag minimal intent="warning">
        {t('schedules.state.late')}
      </Tag>
    )
  if (row.failing)
    return (
      <Tag minimal intent="danger">
        {t('runs.failed')}
      </Tag>
    )
  return row.lastOutcome === 'succeeded' ? (
    <Tag minimal intent="success">
      {t('runs.succeeded')}
    </Tag>
  ) : null
}

function nextWords({ next, error }: ScheduleRow, { trigger, enabled }: Schedule): string {
  if (error) return error.message
  if (enabled === false) return t('schedules.off')
  if ('files' in trigger) return t('schedules.whenFiles', { files: trigger.files })
  if ('after' in trigger) return t('schedules.whenAfter', { pipeline: trigger.after })
  return next[0] === undefined ? t('schedules.never') : t('schedules.next', { when: whenOf(next[0]) })
}
