import { Button, Switch } from '@blueprintjs/core'
import { Bell, CalendarClock, Plus } from 'lucide-react'
import { useEffect } from 'react'
import { api } from '../api.ts'
import { ScreenEmpty } from '../frame/screen-empty.tsx'
import { ScreenHead } from '../frame/screen-head.tsx'
import { t } from '../i18n/index.ts'
import { useProject } from '../store/project.ts'
import { toastError } from '../store/toasts.ts'
import { ChannelsForm } from './channels-form.tsx'
import { askForNotifications } from './desktop-notices.ts'
import { ScheduleForm } from './schedule-form.tsx'
import { ScheduleRowView } from './schedule-row.tsx'
import { choose, followSchedules, useSchedules } from './schedules-store.ts'
import './schedules.css'

/** When pipelines run by themselves, and who is told. */
export function SchedulesScreen() {
  const root = useProject((state) => state.project?.root)
  useEffect(() => (root === undefined ? undefined : followSchedules()), [root])
  const { board, error, subject } = useSchedules()
  if (error) return <ScreenEmpty title={error.message} hint={error.hint} />
  if (!board) return <div aria-busy="true" />
  const add = (
    <Button
      intent="primary"
      icon={<Plus size={15} />}
      text={t('schedules.new')}
      onClick={() => choose({ kind: 'new' })}
    />
  )
  const selected = subject?.kind === 'schedule' ? subject.name : undefined
  const schedule = selected === undefined ? undefined : board.document?.schedules[selected]
  return (
    <>
      <ScreenHead title={t('rail.schedules')} about={<ActiveSwitch active={board.active} />}>
        <Button
          icon={<Bell size={14} />}
          text={t('schedules.channels')}
          active={subject?.kind === 'channels'}
          onClick={() => choose({ kind: 'channels' })}
        />
        {add}
      </ScreenHead>
      {board.problems.length > 0 && (
        <ul className="schedules-problems" role="alert">
          {board.problems.map((problem) => (
            <li key={`${problem.position?.line}:${problem.message}`}>
              <code>schedules.yaml{problem.position && `:${problem.position.line}`}</code> {problem.message}
            </li>
          ))}
        </ul>
      )}
      {board.rows.length === 0 && subject === undefined ? (
        <ScreenEmpty icon={CalendarClock} title={t('schedules.none')} hint={t('schedules.noneHint')}>
          {add}
        </ScreenEmpty>
      ) : (
        <div className="schedules">
          <ul className="schedules-list">
            {board.rows.length === 0 && <li className="panel-none">{t('schedules.none')}</li>}
            {board.rows.map((row) => (
              <ScheduleRowView key={row.name} row={row} isSelected={row.name === selected} />
            ))}
          </ul>
          <section className="schedules-form">
            {subject?.kind === 'channels' && (
              <ChannelsForm
                key={board.revision}
                channels={board.document?.channels ?? {}}
                mail={board.document?.mail}
                deliveries={board.deliveries}
              />
            )}
            {subject?.kind === 'new' && <ScheduleForm key="new" name={undefined} schedule={undefined} board={board} />}
            {selected !== undefined && schedule && (
              <ScheduleForm key={`${selected} ${board.revision}`} name={selected} schedule={schedule} board={board} />
            )}
          </section>
        </div>
      )}
    </>
  )
}

function ActiveSwitch({ active }: { readonly active: boolean }) {
  return (
    <>
      <Switch
        checked={active}
        label={t('schedules.active')}
        onChange={(event) => {
          if (event.currentTarget.checked) askForNotifications()
          void api.call('schedules.activate', { active: event.currentTarget.checked }).catch(toastError)
        }}
      />
      <span className="schedules-active-hint">{t(active ? 'schedules.activeHint' : 'schedules.inactiveHint')}</span>
    </>
  )
}
