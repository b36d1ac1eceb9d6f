import { describe, expect, it } from 'vitest'
import { firstView, showsAny } from './first-view.ts'

const pane = { width: 800, height: 400 }
const row = (count: number, y = 0) =>
  Array.from({ length: count }, (_, index) => ({ x: index * 248, y, width: 176, height: 56 }))

describe('the first view of a pipeline', () => {
  it('shows a small one as a whole, in the middle and never enlarged', () => {
    const view = firstView(row(2), pane)
    expect(view.zoom).toBe(1)
    expect(view.x + 212).toBe(400)
    expect(view.y + 28).toBe(200)
  })
  it('shows one that nearly fits as a whole, a little smaller', () => {
    const view = firstView(row(4), pane)
    expect(view.zoom).toBeCloseTo(720 / 920)
    expect(view.x).toBeCloseTo(40)
    expect(firstView(row(5), pane)).toMatchObject({ zoom: 0.8, x: 40 })
  })
  it('shows the start of a long one at a size that can be read', () => {
    const view = firstView(row(8), pane)
    expect(view.zoom).toBe(0.8)
    expect(view.x).toBe(40)
    expect(view.y + 28 * 0.8).toBe(200)
  })
  it('keeps the sources of a high one in the middle', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ x: 248, y: index * 96, width: 176, height: 56 }))
    const view = firstView([{ x: 0, y: 96, width: 176, height: 56 }, ...many], pane)
    expect(view.y + (96 + 28) * view.zoom).toBeCloseTo(200)
  })
  it('is taken again when a remembered one shows nothing any more', () => {
    expect(showsAny(row(1), pane, { x: 0, y: 0, zoom: 1 })).toBe(true)
    expect(showsAny(row(1), pane, { x: -177, y: 0, zoom: 1 })).toBe(false)
    expect(showsAny(row(1), pane, { x: 801, y: 0, zoom: 1 })).toBe(false)
  })
})
