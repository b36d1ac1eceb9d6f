import { toErrorInfo } from '../../shared/errors.ts'
import type { scheduleContract } from '../../shared/rpc/app/schedules.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import { nextTimes } from '../schedules/times.ts'
import type { Sessions } from '../sessions.ts'

export function scheduleHandlers(sessions: Sessions): Handlers<typeof scheduleContract> {
  const schedules = () => sessions.current.schedules
  return {
    'schedules.watch': (_, { signal }) => schedules().boards(signal),
    'schedules.save': async ({ revision, document }) => ({ revision: await schedules().save(revision, document) }),
    'schedules.activate': async ({ active }) => {
      await schedules().activate(active)
      return {}
    },
    'schedules.runNow': async ({ name }) => ({ runId: await schedules().runNow(name) }),
    'schedules.times': async ({ trigger, count }) => {
      try {
        return { times: nextTimes(trigger, new Date(), count).map((time) => time.toISOString()) }
      } catch (thrown) {
        return { times: [], error: toErrorInfo(thrown) }
      }
    },
    'notifications.test': async ({ name }) => {
      await schedules().testChannel(name)
      return {}
    },
    'notifications.watch': (_, { signal }) => schedules().notices(signal),
  }
}
