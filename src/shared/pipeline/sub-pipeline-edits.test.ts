import { describe, expect, it } from 'vitest'
import { toErrorInfo } from '../errors.ts'
import { applyEdits } from './apply-edit.ts'
import type { PipelineDocument, PipelineNode } from './document.ts'
import { inlineSubPipeline } from './inline-sub-pipeline.ts'
import { makeSubPipeline } from './make-sub-pipeline.ts'
import { renameParameters, usedParameters } from './parameter-names.ts'
import type { StepsView } from './sub-pipeline.ts'

const COLUMNS = [
  { name: 'n', type: 'BIGINT' },
  { name: 'name', type: 'VARCHAR' },
]
const view = (document: PipelineDocument): StepsView => ({
  outputs: (id) => {
    const node = document.nodes[id]
    if (node?.type === 'transform.filter') return ['match', 'rest']
    if (node?.type.startsWith('load.')) return []
    if (node?.type !== 'transform.pipeline') return ['out']
    return ((node.config?.outputs ?? []) as { name: string }[]).map(({ name }) => name)
  },
  written: (id, port) =>
    port === view(document).outputs(id)[0] && document.nodes[id]?.type !== 'transform.pipeline' ? undefined : port,
  columns: () => COLUMNS,
})
const document: PipelineDocument = {
  format: 'logidata/v1',
  name: 'Outer',
  parameters: { least: { type: 'integer', default: '3' }, unused: { type: 'text' } },
  nodes: {
    people: { type: 'extract.inline' },
    trim: { type: 'transform.clean', inputs: { in: 'people' } },
    adults: { type: 'transform.filter', inputs: { in: 'trim' }, config: { condition: 'n >= $least' } },
    saved: { type: 'load.csv', inputs: { in: 'adults' } },
    others: { type: 'load.csv', inputs: { in: 'adults.rest' } },
  },
  layout: { people: [0, 0], trim: [240, 40], adults: [480, 40], saved: [720, 0], others: [720, 100] },
}
const positions = document.layout ?? {}
const make = (nodeIds: string[], given = document) =>
  makeSubPipeline({ document: given, nodeIds, name: 'Only adults', view: view(given), positions })
const refusal = (nodeIds: string[], given = document) => {
  try {
    make(nodeIds, given)
  } catch (thrown) {
    return toErrorInfo(thrown)
  }
  return undefined
}

describe('steps become a sub-pipeline', () => {
  it('with what they read, what is read of them, their parameters and places', () => {
    const made = make(['adults', 'trim'])
    expect(made.inner).toEqual({
      format: 'logidata/v1',
      name: 'Only adults',
      parameters: { least: { type: 'integer', default: '3' } },
      nodes: {
        people: { type: 'extract.input', config: { columns: COLUMNS } },
        trim: { type: 'transform.clean', inputs: { in: 'people' } },
        adults: { type: 'transform.filter', inputs: { in: 'trim' }, config: { condition: 'n >= $least' } },
        adults_match: { type: 'transform.output', inputs: { in: 'adults' } },
        adults_rest: { type: 'transform.output', inputs: { in: 'adults.rest' } },
      },
      layout: { people: [0, 0], trim: [248, 0], adults: [488, 0], adults_match: [736, 0], adults_rest: [736, 96] },
    })
    const applied = applyEdits(document, made.edits('pipelines/x.pipeline.yaml'))
    expect(Object.keys(applied.document.nodes)).toEqual(['people', 'only_adults', 'saved', 'others'])
    expect(applied.document.nodes).toMatchObject({
      only_adults: {
        label: 'Only adults',
        inputs: { people: 'people' },
        config: {
          inputs: [{ name: 'people' }],
          outputs: [{ name: 'adults_match' }, { name: 'adults_rest' }],
          parameters: [{ name: 'least', value: '$least' }],
        },
      },
      saved: { inputs: { in: 'only_adults.adults_match' } },
      others: { inputs: { in: 'only_adults.adults_rest' } },
    })
    expect(applied.document.layout?.only_adults).toEqual([360, 40])
    expect(applyEdits(applied.document, applied.inverse).document).toEqual(document)
  })

  it('keeps as an output what nobody reads', () => {
    const { saved: _s, others: _o, ...nodes } = document.nodes
    expect(make(['trim', 'adults'], { ...document, nodes }).outputs).toEqual([
      { name: 'out', nodeId: 'adults', port: 'match' },
    ])
  })

  it('refuses what would read from itself, with what stands between', () => {
    const between = refusal(['people', 'adults'])
    expect(between).toMatchObject({ code: 'sub-pipeline.circle', nodeId: 'trim' })
    expect(between?.message).toContain('“trim” stands between the selected steps')
  })

  it('refuses nothing, ends of this pipeline, broken references and unknown columns', () => {
    expect(refusal([])?.code).toBe('sub-pipeline.empty')
    const withNode = (node: PipelineNode) => ({ ...document, nodes: { ...document.nodes, more: node } })
    expect(refusal(['more'], withNode({ type: 'extract.input' }))?.code).toBe('sub-pipeline.end')
    const broken = withNode({ type: 'transform.clean', inputs: { in: 'gone' } })
    expect(refusal(['more'], broken)?.code).toBe('sub-pipeline.broken')
    const unknown = { ...view(document), columns: () => undefined }
    expect(() => makeSubPipeline({ document, nodeIds: ['trim'], name: 'x', view: unknown, positions })).toThrow(
      /not known/,
    )
  })
})

describe('a sub-pipeline becomes steps', () => {
  const made = make(['adults', 'trim'])
  const outer = applyEdits(document, made.edits('pipelines/x.pipeline.yaml')).document
  const inline = (given = outer, inner = made.inner, columns = COLUMNS) =>
    inlineSubPipeline({
      document: given,
      nodeId: 'only_adults',
      inner,
      view: { ...view(given), columns: () => columns },
      positions: given.layout ?? {},
      innerPositions: inner.layout ?? {},
    })

  it('as they were before', () => {
    const back = applyEdits(outer, inline().edits).document
    expect(back.nodes).toEqual(document.nodes)
    expect(Object.keys(back.nodes)).toEqual(Object.keys(document.nodes))
    expect(back.parameters).toEqual(document.parameters)
    expect(back.layout).toMatchObject({ trim: [360, 40], adults: [600, 40], saved: [960, 0] })
  })

  it('with names and parameters of its own where others have them', () => {
    const step = outer.nodes.only_adults as PipelineNode
    const config = { ...step.config, parameters: [{ name: 'least', value: '18' }] }
    const taken = { ...outer.nodes, only_adults: { ...step, config }, trim: { type: 'extract.inline' } }
    const back = applyEdits(outer, inline({ ...outer, nodes: taken }).edits).document
    expect(back.parameters?.least_2).toEqual({ type: 'integer', default: '18' })
    expect(back.nodes.adults).toMatchObject({ inputs: { in: 'trim_2' }, config: { condition: 'n >= $least_2' } })
  })

  it('with a contract where the Input changes what comes', () => {
    const back = applyEdits(outer, inline(outer, made.inner, [{ name: 'n', type: 'INTEGER' }]).edits).document
    expect(back.nodes.people_2).toMatchObject({
      type: 'transform.contract',
      inputs: { in: 'people' },
      config: { columns: COLUMNS, types: 'convert', extra: 'keep' },
    })
    expect(back.nodes.trim?.inputs).toEqual({ in: 'people_2' })
  })

  it('refuses an input that is not connected', () => {
    const { inputs: _, ...step } = outer.nodes.only_adults as PipelineNode
    expect(() => inline({ ...outer, nodes: { ...outer.nodes, only_adults: step } })).toThrow(
      /“people” is not connected/,
    )
  })
})

it('finds parameters behind $, and leaves texts in quotes alone', () => {
  const config = { a: "x = $one AND y = '$two'", b: ['$two'], c: 'it’s $three' }
  expect(usedParameters(config, ['one', 'two', 'four'])).toEqual(['one', 'two'])
  expect(renameParameters({ a: "n > $one OR t = '$one'" }, () => 'uno')).toEqual({ a: "n > $uno OR t = '$one'" })
})
