import { realpath } from 'node:fs/promises'
import { basename } from 'node:path'
import type { RunEvent } from '../../shared/engine/types.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { createClient } from '../../shared/rpc/client.ts'
import type { RpcClient } from '../../shared/rpc/contract.ts'
import { type HandOverContract, handOverContract } from '../../shared/rpc/hand-over-contract.ts'
import { serve } from '../../shared/rpc/host.ts'
import { createTransportPair } from '../../shared/rpc/memory-transport.ts'
import type { AppEngine } from '../engine/app-engine.ts'
import { handOverHandlers } from '../handlers/runs.ts'
import { observeRuns } from '../observability/observe-runs.ts'
import { connectToOwner, type HandOver } from '../ownership/hand-over.ts'
import { inUse, type Owner, OwnerLock } from '../ownership/owner-lock.ts'
import { RunRegistry, type RunStart } from './run-registry.ts'

/** Runs of a project, for a program without a window. */
export interface HeadlessRuns {
  /** The application that runs them, if it is another. */
  readonly owner: Owner | undefined
  start(run: Omit<RunStart, 'trigger'> & { readonly env: Readonly<Record<string, string>> }): Promise<string>
  events(runId: string): AsyncIterable<RunEvent>
  cancel(runId: string): Promise<void>
  /** Whatever else is asked of who owns the project, this process or another. */
  readonly call: RpcClient<HandOverContract>['call']
  close(): Promise<void>
}

export interface HeadlessOptions {
  readonly projectRoot: string
  /** For people who find the project in use: `logidata run`. */
  readonly application: string
  /** Asked for only where runs are not handed over. */
  readonly engine: () => Promise<AppEngine>
  readonly environment: (document: PipelineDocument) => Record<string, string>
  /** Told once when another program has the project that takes over no runs: this one waits for it to end. */
  readonly onWait: (owner: Owner | undefined) => void
  readonly signal: AbortSignal
}

const WAIT_MILLISECONDS = 150

/**
 * Claims the project for this process, or finds the studio that has it open, which then runs what is asked for. Another command is
 * waited for.
 * @throws LogiDataError `project.in-use` if the signal aborts while it waits; `owner.unreachable`, `journal.*`
 */
export async function openRuns(options: HeadlessOptions): Promise<HeadlessRuns> {
  const { application, signal } = options
  const projectRoot = await realpath(options.projectRoot)
  for (let told = false; ; ) {
    const got = await OwnerLock.take(projectRoot, { application })
    if (got instanceof OwnerLock) return ownRuns({ ...options, projectRoot }, got)
    const { taken } = got
    if (taken?.endpoint !== undefined) {
      const connected = await connectToOwner(taken).catch((thrown: unknown) => thrown)
      if (!(connected instanceof Error)) return handedOver(connected as HandOver)
      // It may just be starting, or ending.
      if (told) throw connected
    }
    if (signal.aborted) throw inUse(basename(projectRoot), taken)
    if (!told) options.onWait(taken)
    told = true
    await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS))
  }
}

async function ownRuns(options: HeadlessOptions, lock: OwnerLock): Promise<HeadlessRuns> {
  const { projectRoot, environment } = options
  try {
    const { engine } = options
    const observer = observeRuns({ projectRoot, engine, granted: environment })
    const registry = await RunRegistry.open({
      projectRoot,
      engine: await engine(),
      environment,
      queue: 'own',
      observer,
    })
    const [clientEnd, hostEnd] = createTransportPair()
    serve(handOverContract, handOverHandlers(registry), hostEnd)
    const client = createClient(handOverContract, clientEnd)
    return {
      owner: undefined,
      call: client.call,
      start: async (run) => registry.start({ ...run, trigger: { by: 'command' } }),
      events: (runId) => registry.events(runId, new AbortController().signal),
      async cancel(runId) {
        registry.cancel(runId)
      },
      async close() {
        client.close()
        await registry.close()
        lock.release()
      },
    }
  } catch (thrown) {
    lock.release()
    throw thrown
  }
}

function handedOver({ owner, client, close }: HandOver): HeadlessRuns {
  return {
    owner,
    call: client.call,
    async start({ env, document, parameters, path, only, from, to, now, offline, pushdown, key, priority }) {
      const options = { only, from, to, now, offline, pushdown, key, priority }
      const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
      const { runId } = await client.call('run.start', { document, parameters, path, env: { ...env }, ...given })
      return runId
    },
    events: (runId) => client.stream('run.events', { runId }),
    async cancel(runId) {
      await client.call('run.cancel', { runId })
    },
    async close() {
      close()
    },
  }
}
