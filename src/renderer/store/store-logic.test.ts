import { describe, expect, it } from 'vitest'
import { keepUnchanged } from './keep-unchanged.ts'
import { foldRunEvent, newRun } from './run-state.ts'

describe('keeping what is unchanged', () => {
  it('keeps the identity of equal parts and takes what differs', () => {
    const before = { a: { x: [1, 2] }, b: { y: 1 } }
    const after = keepUnchanged(before, { a: { x: [1, 2] }, b: { y: 2 } })
    expect(after.a).toBe(before.a)
    expect(after.b).toEqual({ y: 2 })
    expect(keepUnchanged(before, structuredClone(before))).toBe(before)
    expect(keepUnchanged<Record<string, number>>({ a: 1, b: 2 }, { a: 1 })).toEqual({ a: 1 })
    expect(keepUnchanged([1, 2], [1])).toEqual([1])
  })
})

describe('a run', () => {
  const started = foldRunEvent(newRun('r'), {
    kind: 'started',
    runId: 'r',
    at: '2021-01-01T00:00:00Z',
    nodes: ['a', 'b'],
  })

  it('keeps the rows of a node that later events do not repeat', () => {
    const running = foldRunEvent(started, {
      kind: 'node',
      nodeId: 'a',
      state: 'running',
      rows: { out: '12345678901234567890' },
    })
    const done = foldRunEvent(running, { kind: 'node', nodeId: 'a', state: 'done', milliseconds: 4 })
    expect(done.nodes.a).toMatchObject({ state: 'done', rows: { out: '12345678901234567890' }, milliseconds: 4 })
    expect(done.nodes.b).toBe(started.nodes.b)
  })
  it('leaves no node running or waiting once it failed', () => {
    const running = foldRunEvent(started, { kind: 'node', nodeId: 'a', state: 'running' })
    const error = { code: 'x', kind: 'user' as const, message: 'no' }
    const failed = foldRunEvent(running, { kind: 'finished', state: 'failed', milliseconds: 9, error })
    expect([failed.nodes.a?.state, failed.nodes.b?.state]).toEqual(['cancelled', 'skipped'])
    expect(failed.error?.message).toBe('no')
  })
  it('never goes back in its progress, and begins anew when its events are replayed', () => {
    const half = foldRunEvent(started, { kind: 'progress', fraction: 0.5 })
    expect(foldRunEvent(half, { kind: 'progress', fraction: 0.2 }).fraction).toBe(0.5)
    expect(foldRunEvent(half, { kind: 'started', runId: 'r', at: 'x', nodes: [] }).fraction).toBe(0)
  })
})
