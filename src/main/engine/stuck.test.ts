import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toErrorInfo } from '../../shared/errors.ts'
import { type Engine, startEngine } from './supervisor.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'logidata-stuck-')))
const numbers = { type: 'extract.inline', config: { columns: [{ name: 'n', type: 'BIGINT' }], rows: [['1']] } }
/** Never gives a row, and SQLite’s driver cannot be interrupted. */
const endless = { type: 'extract.sqlite', config: { path: 'a.db', table: 'endless' } }
const request = (nodes: Record<string, unknown>) =>
  ({ projectRoot: root, document: { format: 'logidata/v1', name: 'Test', nodes } }) as never

let engine: Engine
beforeAll(() => {
  const database = new Sqlite(join(root, 'a.db'))
  database.exec(
    'CREATE VIEW endless AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) AS n FROM c',
  )
  database.close()
  engine = startEngine({ memoryLimit: '800MB', onLog: () => undefined })
})
afterAll(async () => {
  await engine.close()
  rmSync(root, { recursive: true, force: true })
})

const preview = (nodes: Record<string, unknown>, nodeId: string, signal?: AbortSignal) =>
  engine.client.call('preview', Object.assign({ nodeId }, request(nodes)), signal ? { signal } : {})

/** How long a cancel of `work` takes, and how it ends. */
async function cancelled(work: (signal: AbortSignal) => Promise<unknown>) {
  const controller = new AbortController()
  const running = work(controller.signal).then(() => undefined, toErrorInfo)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  controller.abort()
  return (await running)?.kind
}

test('a preview that native code holds up is left, and the engine goes on', async () => {
  expect((await preview({ numbers }, 'numbers')).rows).toHaveLength(1)
  const { processId } = await engine.client.call('status', {})
  expect(await cancelled((signal) => preview({ endless }, 'endless', signal))).toBe('cancelled')
  expect((await preview({ numbers }, 'numbers')).rows).toHaveLength(1)
  // The core that it kept busy is free again: its process was ended, once nothing was at work.
  await expect.poll(() => engine.status().processId, { timeout: 10_000 }).not.toBe(processId)
  expect((await preview({ numbers }, 'numbers')).rows).toHaveLength(1)
}, 60_000)

test('a run that native code holds up is left too', async () => {
  const load = { type: 'load.csv', inputs: { in: 'endless' }, config: { path: 'out/x.csv' } }
  await preview({ numbers }, 'numbers')
  // The thread for runs has loaded what it needs once a run has passed.
  const run = async (nodes: Record<string, unknown>, signal: AbortSignal) => {
    const states: string[] = []
    const events = engine.client.stream('run', Object.assign({ runId: 'r' }, request(nodes)), { signal })
    for await (const event of events) if (event.kind === 'finished') states.push(event.state)
    return states
  }
  const never = new AbortController().signal
  const good = { numbers, load: { ...load, inputs: { in: 'numbers' } } }
  expect(await run(good, never)).toEqual(['succeeded'])
  await cancelled((signal) => run({ endless, load }, signal))
  expect(await run(good, never)).toEqual(['succeeded'])
}, 60_000)
