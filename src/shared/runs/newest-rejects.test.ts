import { expect, test } from 'vitest'
import type { RunRejects } from './history.ts'
import { newestRejects } from './newest-rejects.ts'

const one = (attempt: number, rows: string, more: Partial<RunRejects> = {}): RunRejects => ({
  attempt,
  nodeId: 'check',
  port: 'reject',
  rows,
  kept: rows,
  file: `attempt-${attempt}.parquet`,
  ...more,
})
const { file: _file, ...counted } = one(3, '4')

test('an attempt that took the stage over says nothing of it: the rows of the one before are shown', () => {
  expect(newestRejects([one(1, '3'), one(2, '0')])).toMatchObject([{ attempt: 1, rows: '3' }])
  expect(newestRejects([one(1, '3'), one(1, '7', { nodeId: 'other' }), one(2, '2')])).toMatchObject([
    { nodeId: 'check', attempt: 2 },
    { nodeId: 'other', attempt: 1 },
  ])
  expect(newestRejects([one(1, '3', { port: 'a' }), one(2, '2', { port: 'b' })])).toHaveLength(2)
})

test('rows that are there go before rows that are only counted', () => {
  expect(newestRejects([one(2, '3'), counted])).toMatchObject([{ attempt: 2 }])
  expect(newestRejects([counted])).toMatchObject([{ attempt: 3, rows: '4' }])
})
