import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { moduleInfos, moduleOf } from '../modules/catalogue.ts'
import type { Analysis, Preview, RunEvent } from '../shared/engine/types.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
import { Projects } from './projects.ts'
import { errorOf, never, pipeline, type TestNode } from './testing/temporary-project.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'logidata-sub-')))
const projects = new Projects({ memoryBytes: 2 ** 29, threads: 2, moduleOf, moduleInfos })

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

beforeAll(() => {
  write(
    'pipelines/double.pipeline.yaml',
    `format: logidata/v1
name: Double
parameters: { factor: { type: integer, default: 2 } }
nodes:
  rows: { type: extract.input, config: { columns: [{ name: n, type: BIGINT }], rows: [["7"]] } }
  times: { type: transform.formula, inputs: { in: rows }, config: { formulas: [{ name: n, expression: n * $factor }] } }
  split: { type: transform.filter, inputs: { in: times }, config: { condition: n > 10 } }
  large: { type: transform.output, inputs: { in: split.match } }
  small: { type: transform.output, inputs: { in: split.rest } }
`,
  )
  write(
    'pipelines/twice.pipeline.yaml',
    `format: logidata/v1
name: Twice
nodes:
  rows: { type: extract.input, config: { columns: [{ name: n, type: BIGINT }] } }
  inner:
    type: transform.pipeline
    inputs: { rows: rows }
    config: { path: pipelines/double.pipeline.yaml, inputs: [{ name: rows }], outputs: [{ name: small }], parameters: [{ name: factor, value: "3" }] }
  out: { type: transform.output, inputs: { in: inner.small } }
`,
  )
  write(
    'pipelines/loop.pipeline.yaml',
    `format: logidata/v1
name: Loop
nodes:
  again: { type: transform.pipeline, config: { path: pipelines/loop.pipeline.yaml } }
`,
  )
  write(
    'pipelines/saves.pipeline.yaml',
    `format: logidata/v1
name: Saves
nodes:
  rows: { type: extract.input, config: { columns: [{ name: n, type: BIGINT }] } }
  file: { type: load.csv, inputs: { in: rows }, config: { path: out/inner.csv } }
`,
  )
  write(
    'pipelines/wrong.pipeline.yaml',
    `format: logidata/v1
name: Wrong
nodes:
  rows: { type: extract.input, config: { columns: [{ name: n, type: BIGINT }] } }
  half: { type: transform.formula, inputs: { in: rows }, config: { formulas: [{ name: h, expression: m / 2 }] } }
  out: { type: transform.output, inputs: { in: half } }
`,
  )
})
afterAll(async () => {
  await projects.close()
  rmSync(root, { recursive: true, force: true })
})

const numbers = (...values: number[]): TestNode => ({
  type: 'extract.inline',
  config: {
    columns: [
      { name: 'n', type: 'INTEGER' },
      { name: 'tag', type: 'VARCHAR' },
    ],
    rows: values.map((value) => [String(value), `t${value}`]),
  },
})
const sub = (
  file: string,
  ports: { inputs?: string[]; outputs?: string[]; parameters?: Record<string, string> },
  inputs: Record<string, string> = { rows: 'numbers' },
): TestNode => ({
  type: 'transform.pipeline',
  inputs,
  config: {
    path: `pipelines/${file}.pipeline.yaml`,
    inputs: (ports.inputs ?? ['rows']).map((name) => ({ name })),
    outputs: (ports.outputs ?? []).map((name) => ({ name })),
    parameters: Object.entries(ports.parameters ?? {}).map(([name, value]) => ({ name, value })),
  },
})
const ask = (nodes: Record<string, TestNode>, more: Partial<PipelineDocument> = {}) => ({
  projectRoot: root,
  ...pipeline(nodes, more),
})

const analyse = async (nodes: Record<string, TestNode>, more: Partial<PipelineDocument> = {}) =>
  (await projects.answer('analyse', ask(nodes, more), never)) as Analysis
const preview = async (
  nodes: Record<string, TestNode>,
  nodeId: string,
  port?: string,
  more: Partial<PipelineDocument> = {},
) => (await projects.answer('preview', { ...ask(nodes, more), nodeId, port, limit: 50, offset: 0 }, never)) as Preview
async function run(nodes: Record<string, TestNode>): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  await projects.answer('run', { ...ask(nodes), runId: 'r', rowCounts: 'exact' }, never, (event) => events.push(event))
  return events
}
const lastOf = (events: readonly RunEvent[], nodeId: string) =>
  events.findLast((event) => event.kind === 'node' && event.nodeId === nodeId)

describe('a pipeline as a step of another', () => {
  test('gives the columns and rows of its outputs, and shows nothing of its inside', async () => {
    const nodes = { numbers: numbers(3, 4, 6), twice: sub('double', { outputs: ['large', 'small'] }) }
    const analysis = await analyse(nodes)
    expect(Object.keys(analysis.nodes)).toEqual(['numbers', 'twice'])
    expect(analysis.nodes.twice).toMatchObject({
      problems: [],
      inputs: { rows: [{ name: 'n', type: 'INTEGER' }, { name: 'tag' }] },
      ports: { large: [{ name: 'n', type: 'BIGINT' }, { name: 'tag' }], small: [{ name: 'n' }, { name: 'tag' }] },
    })
    expect((await preview(nodes, 'twice')).rows).toEqual([['12', 't6']])
    expect((await preview(nodes, 'twice', 'small')).rows).toEqual([
      ['6', 't3'],
      ['8', 't4'],
    ])
  })

  test('can be used twice, with parameters of its own or handed on', async () => {
    const nodes = {
      numbers: numbers(1),
      two: sub('double', { outputs: ['small'] }),
      five: sub('double', { outputs: ['small'], parameters: { factor: '$f' } }, { rows: 'two.small' }),
    }
    const parameters = { f: { type: 'integer', default: '5' } } as const
    expect((await preview(nodes, 'five', undefined, { parameters })).rows).toEqual([['10', 't1']])
  })

  test('can hold another in turn', async () => {
    const nodes = { numbers: numbers(2), outer: sub('twice', { outputs: ['out'] }) }
    expect((await preview(nodes, 'outer')).rows).toEqual([['6', 't2']])
  })

  test('runs with the rest, and its loads are part of the run', async () => {
    const events = await run({
      numbers: numbers(3, 6),
      twice: sub('double', { outputs: ['large', 'small'] }),
      out: { type: 'load.csv', inputs: { in: 'twice.small' }, config: { path: 'out/small.csv' } },
      saves: sub('saves', {}, { rows: 'twice.large' }),
    })
    expect(events.at(-1)).toMatchObject({ kind: 'finished', state: 'succeeded' })
    expect(events[0]).toMatchObject({ kind: 'started', nodes: ['numbers', 'twice', 'out', 'saves'] })
    expect(events.some((event) => 'nodeId' in event && event.nodeId?.includes('/'))).toBe(false)
    expect(readFileSync(join(root, 'out/small.csv'), 'utf8')).toBe('n,tag\n6,t3\n')
    expect(readFileSync(join(root, 'out/inner.csv'), 'utf8')).toBe('n,tag\n12,t6\n')
    expect(lastOf(events, 'twice')).toMatchObject({ state: 'done', rows: { large: '1', small: '1' } })
    expect(lastOf(events, 'saves')).toMatchObject({ state: 'done', written: ['out/inner.csv'] })
  })

  test('tells a mistake inside at the step, with the place', async () => {
    const nodes = { numbers: numbers(1), wrong: sub('wrong', { outputs: ['out'] }) }
    const [problem] = (await analyse(nodes)).nodes.wrong?.problems ?? []
    expect(problem).toMatchObject({
      code: 'column.not-found',
      nodeId: 'wrong',
      message: 'In its step “half”: There is no column “m”.',
    })
    expect(problem).not.toHaveProperty('field')
    expect(await errorOf(preview(nodes, 'wrong'))).toMatchObject({
      nodeId: 'wrong',
      message: 'In its step “half”: There is no column “m”.',
    })
  })

  test('tells data that does not fit inside at the step, in previews and runs', async () => {
    const nodes = {
      numbers: { type: 'extract.inline', config: { columns: [{ name: 'n', type: 'VARCHAR' }], rows: [['1'], ['x']] } },
      saves: sub('saves', {}),
    } satisfies Record<string, TestNode>
    const events = await run(nodes)
    expect(lastOf(events, 'saves')).toMatchObject({
      state: 'failed',
      error: {
        code: 'contract.broken',
        nodeId: 'saves',
        message: 'In its step “rows”: “x” of “n” does not fit BIGINT without loss.',
      },
    })
    expect(events.at(-1)).toMatchObject({ state: 'failed', error: { nodeId: 'saves' } })
  })

  test.each([
    ['a file that is not there', sub('nothing', {}), { code: 'file.not-found', field: ['path'] }],
    [
      'a pipeline that contains itself',
      sub('loop', { inputs: [] }, {}),
      { code: 'pipeline.recursive', nodeId: 'wrong' },
    ],
    [
      'an output that is gone',
      sub('double', { outputs: ['large', 'gone'] }),
      { code: 'pipeline.port', field: ['outputs', 1, 'name'] },
    ],
    [
      'an input that was added',
      sub('double', { inputs: [], outputs: ['large'] }, {}),
      { code: 'pipeline.port', field: ['inputs'] },
    ],
    ['an input that nobody connected', sub('double', { outputs: ['large'] }, {}), { code: 'input.missing' }],
    [
      'a parameter that it does not have',
      sub('double', { parameters: { fctor: '3' } }),
      { code: 'parameter.unknown', field: ['parameters'] },
    ],
    ['a value that is not of its type', sub('double', { parameters: { factor: 'x' } }), { code: 'parameter.invalid' }],
  ])('refuses %s', async (_what, wrong, expected) => {
    const [problem] = (await analyse({ numbers: numbers(1), wrong })).nodes.wrong?.problems ?? []
    expect(problem).toMatchObject(expected)
  })

  test('follows a change of its file', async () => {
    const text = (sign: string) => `format: logidata/v1
name: Sign
nodes:
  rows: { type: extract.input, config: { columns: [{ name: n, type: BIGINT }] } }
  sign: { type: transform.formula, inputs: { in: rows }, config: { formulas: [{ name: n, expression: "${sign} n" }] } }
  out: { type: transform.output, inputs: { in: sign } }
`
    const nodes = { numbers: numbers(1), sign: sub('sign', { outputs: ['out'] }) }
    write('pipelines/sign.pipeline.yaml', text('-'))
    expect((await preview(nodes, 'sign')).rows).toEqual([['-1', 't1']])
    write('pipelines/sign.pipeline.yaml', text('100 *'))
    expect((await preview(nodes, 'sign')).rows).toEqual([['100', 't1']])
  })
})
