import { create } from 'zustand'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { ScheduleBoard } from '../../shared/rpc/app/schedules.ts'
import {
  type Channel,
  type MailServer,
  SCHEDULES_FORMAT,
  type Schedule,
  type Schedules,
} from '../../shared/schedules/document.ts'
import { api } from '../api.ts'

/** What the right half of the screen edits. */
export type Subject =
  | { readonly kind: 'schedule'; readonly name: string }
  | { readonly kind: 'new' }
  | { readonly kind: 'channels' }

export interface SchedulesState {
  readonly board: ScheduleBoard | undefined
  readonly error: ErrorInfo | undefined
  readonly subject: Subject | undefined
}

export const useSchedules = create<SchedulesState>()(() => ({ board: undefined, error: undefined, subject: undefined }))

export const choose = (subject: Subject | undefined): void => useSchedules.setState({ subject })

/** Keeps the board true while the screen shows. @returns ends it */
export function followSchedules(): () => void {
  const ending = new AbortController()
  const { signal } = ending
  const follow = async () => {
    while (!signal.aborted) {
      try {
        for await (const board of api.stream('schedules.watch', {}, { signal })) {
          const [first] = board.rows
          const { subject } = useSchedules.getState()
          useSchedules.setState({
            board,
            error: undefined,
            ...(subject === undefined && first && { subject: { kind: 'schedule', name: first.name } }),
          })
        }
        return
      } catch (thrown) {
        if (signal.aborted) return
        useSchedules.setState({ error: toErrorInfo(thrown) })
        await new Promise((resolve) => setTimeout(resolve, 1000))
      }
    }
  }
  void follow()
  return () => ending.abort()
}

const EMPTY: Schedules = { format: SCHEDULES_FORMAT, schedules: {} }

async function change(edit: (document: Schedules) => Schedules): Promise<void> {
  const { board } = useSchedules.getState()
  const document = edit(board?.document ?? EMPTY)
  await api.call('schedules.save', {
    document,
    ...(board?.revision === undefined ? {} : { revision: board.revision }),
  })
}

/** Puts a schedule in the place of the one called `before`, or at the end. @throws LogiDataError */
export async function saveSchedule(before: string | undefined, name: string, schedule: Schedule): Promise<void> {
  await change((document) => {
    const entries = Object.entries(document.schedules)
    const index = entries.findIndex(([known]) => known === before)
    if (index < 0) entries.push([name, schedule])
    else entries[index] = [name, schedule]
    return { ...document, schedules: Object.fromEntries(entries) }
  })
  choose({ kind: 'schedule', name })
}

/** @throws LogiDataError */
export async function removeSchedule(name: string): Promise<void> {
  await change((document) => {
    const { [name]: _, ...schedules } = document.schedules
    return { ...document, schedules }
  })
  choose(undefined)
}

/** @throws LogiDataError */
export async function saveChannels(
  channels: Readonly<Record<string, Channel>>,
  mail: MailServer | undefined,
): Promise<void> {
  await change(({ mail: _, ...document }) => ({ ...document, channels: { ...channels }, ...(mail ? { mail } : {}) }))
}
