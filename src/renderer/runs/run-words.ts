import type { RunState, RunSummary, RunTrigger } from '../../shared/runs/history.ts'
import { formatMilliseconds, locale, t } from '../i18n/index.ts'
import { useProject } from '../store/project.ts'

export const stateWord = (state: RunState): string => t(`runs.${state}`)

/** `14:05`, or with the day where it is another. */
export function whenOf(at: string, withSeconds = false): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  const time = new Intl.DateTimeFormat(locale(), {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds && { second: '2-digit' }),
  }).format(date)
  if (date.toDateString() === new Date().toDateString()) return time
  return `${new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' }).format(date)} ${time}`
}

/** How long ago, in one unit: `3 hours ago`. */
export function ageOf(at: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - new Date(at).getTime()) / 1000))
  const [amount, unit] =
    seconds < 60
      ? ([seconds, 'second'] as const)
      : seconds < 3600
        ? ([Math.floor(seconds / 60), 'minute'] as const)
        : seconds < 86_400
          ? ([Math.floor(seconds / 3600), 'hour'] as const)
          : ([Math.floor(seconds / 86_400), 'day'] as const)
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'always' }).format(-amount, unit)
}

export const timeOf = (at: string): string =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(new Date(at))

/** `14:05:09.123` */
export const clockOf = (at: string): string =>
  new Intl.DateTimeFormat(locale(), {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  }).format(new Date(at))

/** Today, Yesterday, or the date: the heading that a run stands under. */
export function dayOf(at: string): string {
  const date = new Date(at)
  const today = new Date()
  if (date.toDateString() === today.toDateString()) return t('runs.today')
  today.setDate(today.getDate() - 1)
  if (date.toDateString() === today.toDateString()) return t('runs.yesterday')
  return new Intl.DateTimeFormat(locale(), { weekday: 'long', day: 'numeric', month: 'long' }).format(date)
}

export const durationOf = ({ milliseconds }: Pick<RunSummary, 'milliseconds'>): string =>
  milliseconds === undefined ? '' : formatMilliseconds(milliseconds)

export function triggerWords({ by, name, detail }: RunTrigger): string {
  const who = t(`runs.by.${by}`)
  return [name === undefined ? who : `${who} ${name}`, detail].filter((part) => part !== undefined).join(' · ')
}

/** The pipeline's name as it is now, else as it was. */
export function nameOf({ path, name }: Pick<RunSummary, 'path' | 'name'>): string {
  const known = useProject.getState().project?.pipelines.find((entry) => entry.path === path)
  return known?.name ?? name ?? path
}
