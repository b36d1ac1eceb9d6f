import { expect, test } from 'vitest'
import { sizesFor } from './pane-sizes.ts'

test('panes keep their remembered sizes where there is room', () => {
  const wide = { left: 400, inspector: 640, data: 300 }
  expect(sizesFor(wide, 1920)).toEqual(wide)
})

test('in a narrow window the canvas keeps its part, and no pane becomes useless', () => {
  const { left, inspector } = sizesFor({ left: 400, inspector: 640, data: 300 }, 1280)
  expect(1280 - 56 - left - inspector).toBeGreaterThanOrEqual(559)
  expect(sizesFor({ left: 400, inspector: 640, data: 300 }, 700)).toMatchObject({ left: 168, inspector: 264 })
})
