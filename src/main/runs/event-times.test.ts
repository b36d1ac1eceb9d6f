import Database from 'better-sqlite3'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import type { RunEvent } from '../../shared/engine/types.ts'
import type { RpcClient } from '../../shared/rpc/contract.ts'
import type { EngineContract } from '../../shared/rpc/engine-contract.ts'
import { journalPath } from '../journal/open-journal.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { RunRegistry } from './run-registry.ts'

const entries = z.array(z.object({ key: z.string(), at: z.iso.datetime(), offset: z.number() }))
const NOW = Date.UTC(2026, 0, 31, 12)

test('an event of the engine is written down as it was, not as it came', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NOW })
  onTestFinished(() => void vi.useRealTimers())
  const stage = (key: string, ago: number): RunEvent => ({
    kind: 'stage',
    key,
    state: 'running',
    attempt: 1,
    at: new Date(Date.now() - ago).toISOString(),
  })
  const client = {
    async *stream() {
      vi.advanceTimersByTime(50)
      yield stage('before the run', 100)
      vi.advanceTimersByTime(950)
      yield stage('on time', 0)
      yield stage('late', 80)
      yield stage('clock set back', -5000)
      yield stage('clock set forth', 5000)
      yield { kind: 'finished', state: 'succeeded', milliseconds: 1000 }
    },
  } as unknown as RpcClient<EngineContract>
  const projectRoot = await temporaryFolder()
  const registry = await RunRegistry.open({ projectRoot, engine: { client }, environment: () => ({}) })
  const document = { format: 'logidata/v1' as const, name: 'Sales', nodes: {} }
  const runId = registry.start({ path: 'a.pipeline.yaml', document, parameters: {}, trigger: { by: 'studio' } })
  for await (const _event of registry.events(runId, new AbortController().signal));
  await registry.close()

  const db = new Database(journalPath(projectRoot), { readonly: true })
  onTestFinished(() => void db.close())
  const query = `SELECT body ->> 'key' AS key, at, "offset" FROM events WHERE kind = 'stage' ORDER BY seq`
  const found = entries.parse(db.prepare(query).all())
  expect(found.map(({ key, at, offset }) => [key, Date.parse(at) - NOW, offset])).toEqual([
    ['before the run', 0, 0],
    ['on time', 1000, 1000],
    ['late', 920, 920],
    ['clock set back', 1000, 1000],
    ['clock set forth', 750, 750],
  ])
})
