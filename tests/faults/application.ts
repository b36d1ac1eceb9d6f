// An application without a window over a project, with an engine process of its own; told over the channel what to do, and killed by
// who started it. usage: node application.ts FOLDER

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ConnectedProjects } from '../../src/main/connections/connected-projects.ts'
import { startEngine } from '../../src/main/engine/supervisor.ts'
import { OwnerLock } from '../../src/main/ownership/owner-lock.ts'
import { RunRegistry } from '../../src/main/runs/run-registry.ts'
import { LogiDataError, toErrorInfo } from '../../src/shared/errors.ts'
import type { Answer, Request } from './protocol.ts'

const [, , projectRoot = ''] = process.argv
const say = (answer: Answer) => process.connected && process.send?.(answer)
process.on('disconnect', () => process.exit(0))

const entry = process.env.LOGIDATA_FAULTS_ENGINE
const started = startEngine({
  memoryLimit: process.env.LOGIDATA_MEMORY_LIMIT ?? '2GB',
  giveUpMilliseconds: 300,
  onLog: () => {},
  ...(entry === undefined ? {} : { entry }),
})
const environment = process.env
const engine = existsSync(join(projectRoot, 'connections.yaml'))
  ? new ConnectedProjects({ engine: started, dataDirectory: join(projectRoot, 'home'), environment }).engine
  : started
// A folder that cannot be written has no owner: nothing can be run in it, which the run history says.
const take = () =>
  OwnerLock.take(projectRoot, { application: 'a test of faults' }).catch((thrown: unknown) => {
    if (thrown instanceof LogiDataError && thrown.info.kind === 'operational') return undefined
    throw thrown
  })
let lock = await take()
for (const began = Date.now(); lock && !(lock instanceof OwnerLock) && Date.now() - began < 10_000; )
  lock = await take()
const registry = await RunRegistry.open({ projectRoot, engine, environment: () => ({}), queue: 'own' })
await engine.client.call('status', {}).catch(() => undefined)
say({
  kind: 'open',
  owns: lock instanceof OwnerLock,
  notices: registry.notices.map(({ code, message }) => `${code}: ${message}`),
})

async function follow(runId: string): Promise<void> {
  let last: string | undefined
  let error: string | undefined
  for await (const event of registry.events(runId, new AbortController().signal)) {
    if (event.kind === 'started') say({ kind: 'running', runId })
    if (event.kind !== 'finished') continue
    last = event.state
    error = event.error && `${event.error.code}: ${event.error.message}`
  }
  say({ kind: 'ended', runId, state: last, error })
}

async function previews(document: Extract<Request, { kind: 'previews' }>['document'], nodeIds: readonly string[]) {
  let asked = 0
  const ask = async () => {
    for (; !stopped; ) {
      const nodeId = nodeIds[asked++ % nodeIds.length] ?? ''
      try {
        const request = { projectRoot, document, parameters: {}, env: {}, nodeId, limit: 50, offset: 0 }
        const { rows } = await engine.client.call('preview', request)
        say({ kind: 'preview', rows: rows.length })
      } catch (thrown) {
        const known = thrown instanceof LogiDataError
        say({ kind: 'preview', error: known ? thrown.info.code : `bug: ${String(thrown)}` })
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
  await Promise.all([ask(), ask(), ask()])
  say({ kind: 'previewed' })
}

let stopped = false
process.on('message', (request: Request) => {
  try {
    if (request.kind === 'engine') say({ kind: 'engine', pid: engine.status().processId })
    else if (request.kind === 'previews') void previews(request.document, request.nodeIds)
    else if (request.kind === 'stop') stopped = true
    else if (request.kind === 'close') void close()
    else {
      const path = 'pipelines/a.pipeline.yaml'
      const runId =
        request.kind === 'resume'
          ? registry.resume(request.runId)
          : registry.start({ document: request.document, path, parameters: {}, trigger: { by: 'command' } })
      say({ kind: 'accepted', runId, engine: engine.status().processId })
      void follow(runId).catch((thrown) => say({ kind: 'refused', error: toErrorInfo(thrown).message }))
    }
  } catch (thrown) {
    const { code, message } = toErrorInfo(thrown)
    say({ kind: 'refused', error: `${code}: ${message}` })
  }
})

async function close(): Promise<void> {
  await registry.close()
  if (lock instanceof OwnerLock) lock.release()
  await engine.close()
  process.exit(0)
}
