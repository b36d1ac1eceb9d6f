import type { runContract } from '../../shared/rpc/app/runs.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import type { HandOverContract } from '../../shared/rpc/hand-over-contract.ts'
import { compareRuns } from '../runs/compare-runs.ts'
import { exportRejects, readRejects, replayRejects } from '../runs/rejects.ts'
import { unknownRun } from '../runs/run-failures.ts'
import type { RunRegistry } from '../runs/run-registry.ts'

/** The sessions whose runs are meant, and the one that new runs belong to. */
interface RunSessions {
  readonly all: readonly { readonly runs: RunRegistry }[]
  readonly current: { readonly runs: RunRegistry }
}

export function runHandlers(sessions: RunSessions): Handlers<typeof runContract> {
  const current = () => sessions.current.runs
  /** A run goes on when another project comes to the front. */
  const of = (runId: string): RunRegistry => {
    const known = sessions.all.find(({ runs }) => runs.has(runId))
    if (known) return known.runs
    // Tells why, if the history itself cannot be read.
    void current().journal
    throw unknownRun(runId)
  }

  return {
    'run.start': async (input) => ({ runId: current().start({ ...input, trigger: { by: 'studio' } }) }),
    'run.resume': async ({ runId, pipeline, document, parameters }) => {
      const runs = of(runId)
      const now = document ?? (pipeline === 'now' ? await runs.pipelineNow(runId) : undefined)
      return { runId: runs.resume(runId, { document: now, parameters }) }
    },
    'run.repeat': async ({ runId }) => ({ runId: of(runId).repeat(runId, { by: 'studio' }) }),
    'run.events': async function* ({ runId }, { signal }) {
      yield* of(runId).events(runId, signal)
    },
    'run.cancel': async ({ runId }) => {
      of(runId).cancel(runId)
      return {}
    },
    'cursor.list': async ({ path }) => current().journal.cursors.list(path),
    'cursor.reset': async ({ path, nodeId }) => ({ forgotten: current().journal.cursors.reset(path, nodeId) }),
    'run.list': async ({ before, ...filter }) => current().list({ ...filter, before }),
    'run.read': async ({ runId }) => of(runId).read(runId),
    'run.compare': async (input) => compareRuns(of(input.runId).journal, input.runId, input.with, input.threshold),
    'run.checks': async (filter) => current().checks(filter),
    'run.logs': (filter, { signal }) =>
      (filter.runId === undefined ? current() : of(filter.runId)).log.read(filter, signal),
    'run.rejects': async (input, { signal }) => readRejects(of(input.runId).rejects, input, signal),
    'run.exportRejects': async (input, { signal }) => {
      await exportRejects(of(input.runId).rejects, input, signal)
      return {}
    },
    'run.replay': async (input, { signal }) => ({ runId: await replayRejects(of(input.runId).rejects, input, signal) }),
    'run.queue': (_, { signal }) => current().queue(signal),
    'storage.status': () => current().storage(),
    'storage.configure': (patch) => current().configure(patch),
    'run.clean': ({ dryRun }) => current().clean(dryRun),
    'run.move': async ({ runId, before }) => {
      of(runId).move(runId, before)
      return {}
    },
  }
}

/** What commands may ask of the application that owns their project. */
export function handOverHandlers(runs: RunRegistry): Handlers<HandOverContract> {
  return {
    ...runHandlers({ all: [{ runs }], current: { runs } }),
    'run.start': async (input) => ({ runId: runs.start({ ...input, trigger: { by: 'command' } }) }),
  }
}
