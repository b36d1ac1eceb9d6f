import { userError } from '../../shared/errors.ts'
import type { runContract } from '../../shared/rpc/app/runs.ts'
import type { HandlerContext, Handlers } from '../../shared/rpc/contract.ts'
import type { Sessions } from '../sessions.ts'

export function runHandlers(sessions: Sessions): Handlers<typeof runContract> {
  async function* runEvents(runId: string, { signal }: HandlerContext) {
    for (const { runs } of sessions.all) {
      const events = await runs.events(runId, signal)
      if (events) return yield* events
    }
    throw unknownRun(runId)
  }

  return {
    'run.start': async ({ path, ...rest }) => {
      const request = sessions.draft(rest)
      const start = (runId: string, signal: AbortSignal) =>
        sessions.engine.client.stream('run', { ...request, runId }, { signal })
      return { runId: await sessions.current.runs.start({ path, start }) }
    },
    'run.events': ({ runId }, context) => runEvents(runId, context),
    'run.cancel': async ({ runId }) => {
      if (!sessions.all.some(({ runs }) => runs.cancel(runId))) throw unknownRun(runId)
      return {}
    },
    'run.list': ({ path }) => sessions.current.runs.list(path),
  }
}

const unknownRun = (runId: string) => userError('run.unknown', `This project has no run ${runId}.`)
