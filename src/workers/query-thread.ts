import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import * as Comlink from 'comlink'
import { moduleInfos, moduleOf } from '../modules/catalogue.ts'
import type { RunEvent } from '../shared/engine/types.ts'
import { toErrorInfo } from '../shared/errors.ts'
import { nodeEndpoint } from './endpoint.ts'
import { Projects } from './projects.ts'
import type { QueryThread, ThreadOptions } from './thread-contract.ts'

if (isMainThread || !parentPort) throw new Error('query-thread.ts is the entry of a worker thread')

const projects = new Projects({ ...(workerData as ThreadOptions), moduleOf, moduleInfos })
const running = new Map<number, AbortController>()

const thread: QueryThread = {
  async ask(id, method, input, onEvents) {
    const controller = new AbortController()
    running.set(id, controller)
    const events = batched(onEvents)
    try {
      return { ok: true, value: await projects.answer(method, input, controller.signal, events.push) }
    } catch (thrown) {
      return { ok: false, error: toErrorInfo(thrown) }
    } finally {
      events.flush()
      running.delete(id)
    }
  },
  cancel(id) {
    running.get(id)?.abort()
  },
  activeQueries: () => projects.activeQueries,
  async close() {
    for (const controller of running.values()) controller.abort()
    await projects.close()
  },
}

/**
 * What a person cannot tell apart crosses together: each crossing wakes three processes, which want a processor while DuckDB uses
 * all of them. A run that is over sooner crosses once.
 */
const TOGETHER_MS = 100

/** Events of the same moment cross together, each with its own time. */
function batched(onEvents: ((events: readonly RunEvent[]) => unknown) | undefined) {
  let waiting: RunEvent[] = []
  const flush = (): void => {
    const events = waiting
    waiting = []
    if (events.length > 0) onEvents?.(events)
  }
  return {
    push(event: RunEvent): void {
      waiting.push(event.kind === 'node' ? { ...event, at: new Date().toISOString() } : event)
      if (waiting.length === 1) setTimeout(flush, TOGETHER_MS)
    },
    flush,
  }
}

Comlink.expose(thread, nodeEndpoint(parentPort))
