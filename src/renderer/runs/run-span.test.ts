import { expect, test } from 'vitest'
import { barOf, hasRun, spanOf } from './run-span.ts'

test('the scale is that of the steps that ran, not of when others were passed over', () => {
  const failed = { state: 'failed', from: 10, until: 14 } as const
  const skipped = { state: 'skipped', from: 900, until: 900 } as const
  expect(spanOf([failed, skipped])).toEqual({ begin: 10, end: 14 })
  expect(hasRun(skipped)).toBe(false)
  expect(barOf(failed, { begin: 10, end: 14 })).toEqual({ left: 0, width: 100 })
})

test('where nothing ran there is no scale, and a run that took no time has one nevertheless', () => {
  expect(spanOf([{ state: 'skipped', from: 3, until: 3 }])).toBeUndefined()
  expect(spanOf([{ state: 'failed', from: 3, until: 3 }])).toEqual({ begin: 3, end: 4 })
})

test('a step that goes on reaches the end, and none reaches beyond', () => {
  expect(barOf({ state: 'running', from: 5 }, { begin: 0, end: 10 })).toEqual({ left: 50, width: 50 })
  expect(barOf({ state: 'done', from: 5, until: 40 }, { begin: 0, end: 10 })).toEqual({ left: 50, width: 50 })
})

test('a failure that was told at once is as long as the step says it took', () => {
  const failed = { state: 'failed', from: 200, until: 201, milliseconds: 159 } as const
  expect(spanOf([failed])).toEqual({ begin: 42, end: 201 })
  expect(barOf(failed, { begin: 42, end: 201 })).toEqual({ left: 0, width: 100 })
})
