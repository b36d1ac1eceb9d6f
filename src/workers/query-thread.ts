import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import * as Comlink from 'comlink'
import { moduleInfos, moduleOf } from '../modules/catalogue.ts'
import { toErrorInfo } from '../shared/errors.ts'
import { nodeEndpoint } from './endpoint.ts'
import { Projects } from './projects.ts'
import type { QueryThread, ThreadOptions } from './thread-contract.ts'

if (isMainThread || !parentPort) throw new Error('query-thread.ts is the entry of a worker thread')

const projects = new Projects({ ...(workerData as ThreadOptions), moduleOf, moduleInfos })
const running = new Map<number, AbortController>()

const thread: QueryThread = {
  async ask(id, method, input, onEvent) {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      return { ok: true, value: await projects.answer(method, input, controller.signal, onEvent) }
    } catch (thrown) {
      return { ok: false, error: toErrorInfo(thrown) }
    } finally {
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

Comlink.expose(thread, nodeEndpoint(parentPort))
