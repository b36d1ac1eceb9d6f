import { describe, expect, it } from 'vitest'
import { FORMAT, type PipelineDocument } from './document.ts'
import { connections, cyclePath, downstreamOf, topologicalOrder, upstreamOf } from './graph.ts'

/** `{ b: 'a c' }`: b reads from a and c. */
const graph = (sources: Record<string, string>): PipelineDocument => ({
  format: FORMAT,
  name: 'x',
  nodes: Object.fromEntries(
    Object.entries(sources).map(([nodeId, text]) => [
      nodeId,
      {
        type: 'transform.sql',
        inputs: Object.fromEntries(
          text
            .split(' ')
            .filter(Boolean)
            .map((from, index) => [`in_${index}`, from]),
        ),
      },
    ]),
  ),
})

describe('the order of a pipeline', () => {
  it('has every node after what it reads from, and the order of the file otherwise', () => {
    expect(topologicalOrder(graph({ d: 'b.x c', b: 'a', c: 'a', a: '', e: '' }))).toEqual({
      order: ['a', 'e', 'b', 'c', 'd'],
      cycles: [],
    })
  })

  it('leaves out cycles, and only them', () => {
    const document = graph({ a: '', b: 'a d', c: 'b', d: 'c', e: 'd a', f: 'f', g: 'missing' })
    expect(topologicalOrder(document)).toEqual({ order: ['a', 'g', 'e'], cycles: [['b', 'c', 'd'], ['f']] })
  })

  it('takes cycles that share nodes as one, and shows a shortest way around', () => {
    const document = graph({ a: 'c b', b: 'a', c: 'b' })
    expect(topologicalOrder(document).cycles).toEqual([['a', 'b', 'c']])
    expect(cyclePath(document, ['a', 'b', 'c'])).toEqual(['a', 'b', 'a'])
    expect(cyclePath(graph({ a: 'c', b: 'a', c: 'b' }), ['a', 'b', 'c'])).toEqual(['a', 'b', 'c', 'a'])
    expect(cyclePath(graph({ f: 'f' }), ['f'])).toEqual(['f', 'f'])
    expect(cyclePath(graph({ f: '' }), ['f'])).toEqual(['f'])
    expect(cyclePath(graph({}), [])).toEqual([])
  })

  it('does not run out of stack on a long chain', () => {
    const chain = graph(
      Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`n${index}`, `n${index + 1}`])),
    )
    const { order, cycles } = topologicalOrder(chain)
    expect(order[0]).toBe('n19999')
    expect(order).toHaveLength(20_000)
    expect(cycles).toEqual([])
    expect(upstreamOf(chain, 'n0')).toHaveLength(19_999)
  })
})

describe('what is above and below a node', () => {
  const document = graph({ a: '', b: 'a', c: 'b', d: 'b c', e: '' })

  it('is found through all connections', () => {
    expect(upstreamOf(document, 'd')).toEqual(['a', 'b', 'c'])
    expect(downstreamOf(document, 'a')).toEqual(['b', 'c', 'd'])
    expect(upstreamOf(document, 'e')).toEqual([])
    expect(upstreamOf(document, 'missing')).toEqual([])
    expect(downstreamOf(document, 'd')).toEqual([])
  })

  it('has a node of a cycle above itself', () => {
    expect(upstreamOf(graph({ a: 'b', b: 'a' }), 'a')).toEqual(['a', 'b'])
  })

  it('is connected by ports', () => {
    expect(connections(graph({ a: '', b: 'a.rest a gone' }))).toEqual([
      { from: 'a', fromPort: 'rest', to: 'b', toPort: 'in_0' },
      { from: 'a', to: 'b', toPort: 'in_1' },
    ])
  })
})
