import { Position } from '@xyflow/react'
import { expect, it } from 'vitest'
import { linesOf } from './far-edges.tsx'
import type { LinkEdge, StepNode } from './flow-model.ts'

const node = (id: string, x: number, dragging = false): StepNode => ({
  id,
  type: 'step',
  position: { x, y: 0 },
  dragging,
  data: { inputs: [], outputs: [] },
  handles: [
    { id: 'in', type: 'target', position: Position.Left, x: -4, y: 24, width: 8, height: 8 },
    { id: 'out', type: 'source', position: Position.Right, x: 172, y: 24, width: 8, height: 8 },
  ],
})
const link = (source: string, target: string, reject = false): LinkEdge => ({
  id: `${target}.in`,
  source,
  target,
  sourceHandle: 'out',
  targetHandle: 'in',
  data: { reject, sourcePort: 'out' },
})

it('draws connections from port to port, rejects and those of a selection apart', () => {
  const nodes = [node('a', 0), node('b', 300), node('c', 600), node('d', 900)]
  const lines = linesOf(nodes, [link('a', 'b'), link('b', 'c', true), link('c', 'd')], new Set(['d.in']))
  expect(lines).toEqual({ plain: 'M176 28L300 28', reject: 'M476 28L600 28', path: 'M776 28L900 28', dragged: '' })
})

it('leaves the lines alone that a drag does not move', () => {
  const edges = [link('a', 'b'), link('b', 'c')]
  const at = (x: number) => linesOf([node('a', 0), node('b', 300), node('c', x, true)], edges, new Set())
  expect(at(600).plain).toBe(at(700).plain)
  expect(at(600).dragged).not.toBe(at(700).dragged)
})
