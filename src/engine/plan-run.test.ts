import { describe, expect, test } from 'vitest'
import { moduleOf } from '../modules/catalogue.ts'
import { csvLoad } from '../modules/loaders/csv/implementation.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
import { numberQueries, planRun, stageKey } from './plan-run.ts'
import { resolvePipeline } from './resolve-pipeline.ts'

const csv = (from: string, path = `out/${from}.csv`) => ({ type: 'load.csv', inputs: { in: from }, config: { path } })
const filter = (from: string) => ({ type: 'transform.filter', inputs: { in: from }, config: { condition: 'a > 1' } })
const sort = (from: string) => ({ type: 'transform.sort', inputs: { in: from }, config: { keys: [{ column: 'a' }] } })
const source = { type: 'extract.inline', config: { columns: [{ name: 'a', type: 'BIGINT' }], rows: [['1']] } }

/** A load of several inputs, of any names. */
const more = { name: 'more', title: { en: 'More', fr: 'Autres' }, many: true, freeNames: true, optional: true }
const several = {
  ...csvLoad,
  descriptor: { ...csvLoad.descriptor, inputs: [...csvLoad.descriptor.inputs, more] },
}

function resolve(nodes: PipelineDocument['nodes']) {
  const document: PipelineDocument = { format: 'logidata/v1', name: 'Test', nodes }
  return resolvePipeline({
    document,
    moduleOf: (type) => (type === 'load.several' ? several : moduleOf(type)),
    parameters: {},
    env: {},
  })
}
const stagesOf = (nodes: PipelineDocument['nodes'], only?: string[]) =>
  planRun(resolve(nodes), { only }).stages.map((stage) => `${stage.kind} ${stageKey(stage)}: ${stage.nodes.join(' ')}`)

describe('a plan', () => {
  test('is one query for a chain', () => {
    expect(stagesOf({ source, f: filter('source'), s: sort('f.match'), out: csv('s') })).toEqual([
      'load out: source f s out',
    ])
  })

  test('computes streaming nodes again for each load, so that filters reach the file', () => {
    expect(stagesOf({ source, f: filter('source'), a: csv('f.match', 'a'), b: csv('f.rest', 'b') })).toEqual([
      'load a: source f a',
      'load b: source f b',
    ])
  })

  test('keeps what two loads read behind a blocking node, as late as it can', () => {
    const nodes = {
      source,
      s: sort('source'),
      f: filter('s'),
      g: filter('f.match'),
      a: csv('g.match', 'a'),
      b: csv('g.rest', 'b'),
    }
    expect(stagesOf(nodes)).toEqual(['keep f.match: source s f', 'load a: g a', 'load b: g b'])
  })

  test('keeps what is taken by its place, so that two loads have the same rows', () => {
    const first = { type: 'transform.limit', inputs: { in: 'source' }, config: { rows: 5 } }
    const nodes = { source, first, f: filter('first'), a: csv('f.match', 'a'), b: csv('f.rest', 'b') }
    expect(stagesOf(nodes)).toEqual(['keep first.out: source first', 'load a: f a', 'load b: f b'])
    expect(stagesOf({ source, first, a: csv('first', 'a') })).toEqual(['load a: source first a'])
  })

  test('keeps two results where the second reads the first', () => {
    const nodes = { source, s: sort('source'), t: sort('s'), a: csv('s', 'a'), b: csv('t', 'b'), c: csv('t', 'c') }
    expect(stagesOf(nodes)).toEqual(['keep s.out: source s', 'keep t.out: t', 'load a: a', 'load b: b', 'load c: c'])
  })

  test('computes once what two inputs of one load read behind a blocking node', () => {
    const nodes = {
      source,
      s: sort('source'),
      f: filter('s'),
      out: { ...csv('f.match'), type: 'load.several', inputs: { in: 'f.match', rest: 'f.rest', raw: 'source' } },
    }
    expect(stagesOf(nodes)).toEqual(['keep s.out: source s', 'load out: source f out'])
    const [, load] = planRun(resolve(nodes)).stages
    expect(load?.kind === 'load' && [...load.inputs.keys()]).toEqual(['in', 'rest', 'raw'])
  })

  test('of some loads has only what they need', () => {
    const nodes = { source, f: filter('source'), a: csv('f.match', 'a'), b: csv('source', 'b') }
    expect(stagesOf(nodes, ['b'])).toEqual(['load b: source b'])
    expect(stagesOf(nodes, ['f'])).toEqual(['load a: source f a'])
  })

  test('refuses two loads of one target, however its path is written', () => {
    const { refused, stages } = planRun(
      resolve({ source, a: csv('source', 'out/x.csv'), b: csv('source', './out/y/../x.csv') }),
    )
    expect([...refused.keys()]).toEqual(['a', 'b'])
    expect(stages).toEqual([])
  })

  test('numbers what is not loaded by what it reads', () => {
    const { ofNode, queries } = numberQueries(
      resolve({ source, f: filter('source'), out: csv('source'), other: source, g: filter('other') }),
    )
    expect(queries).toBe(1)
    expect(Object.fromEntries(ofNode)).toEqual({ source: 1, out: 1, f: 1, other: 2, g: 2 })
  })
})
