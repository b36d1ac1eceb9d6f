import { expect, test } from 'vitest'
import type { LoadForecast, RunEvent } from '../../shared/engine/types.ts'
import { type DryRun, foldDryRun, isOnlyCounted, newDryRun } from './dry-run.ts'

const counted: LoadForecast = {
  rows: { new: '5', changed: undefined, deleted: undefined, unchanged: undefined },
  columns: [],
}
const known: LoadForecast = { rows: { new: '5', changed: '0', deleted: undefined, unchanged: '7' }, columns: [] }
const fold = (events: readonly RunEvent[]): DryRun => events.reduce(foldDryRun, newDryRun)

test('a dry run gathers what its loads say, in their order', () => {
  const run = fold([
    { kind: 'progress', fraction: 0.5 },
    { kind: 'forecast', nodeId: 'a', forecast: counted },
    { kind: 'forecast', nodeId: 'b', forecast: known },
    { kind: 'finished', state: 'succeeded', milliseconds: 3 },
  ])
  expect(run).toMatchObject({ state: 'succeeded', fraction: 1, loads: [{ nodeId: 'a' }, { nodeId: 'b' }] })
})

test('the node that failed is named, and its error stays over that of the run', () => {
  const error = { code: 'run.failed', kind: 'user' as const, message: 'The run failed.' }
  const run = fold([
    { kind: 'node', nodeId: 'orders', state: 'failed', error: { code: 'file.none', kind: 'user', message: 'no file' } },
    { kind: 'finished', state: 'failed', milliseconds: 3, error },
  ])
  expect(run).toMatchObject({ state: 'failed', nodeId: 'orders', error: { message: 'no file' } })
})

test('rows are only counted where nothing but their number is known', () => {
  expect(isOnlyCounted(counted)).toBe(true)
  expect(isOnlyCounted(known)).toBe(false)
})
