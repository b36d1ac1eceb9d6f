import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { moduleInfos, moduleOf } from '../modules/catalogue.ts'
import type { Analysis, Preview } from '../shared/engine/types.ts'
import { toErrorInfo } from '../shared/errors.ts'
import { outputPortsOf } from '../shared/modules/ports.ts'
import { applyEdits } from '../shared/pipeline/apply-edit.ts'
import type { PipelineDocument, PipelineNode } from '../shared/pipeline/document.ts'
import { downstreamOf, upstreamOf } from '../shared/pipeline/graph.ts'
import { inlineSubPipeline } from '../shared/pipeline/inline-sub-pipeline.ts'
import { makeSubPipeline } from '../shared/pipeline/make-sub-pipeline.ts'
import type { StepsView } from '../shared/pipeline/sub-pipeline.ts'
import { writePipeline } from '../shared/pipeline/write-pipeline.ts'
import { Projects } from './projects.ts'
import { never } from './testing/temporary-project.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'logidata-sub-property-')))
mkdirSync(join(root, 'pipelines'))
const projects = new Projects({ memoryBytes: 2 ** 29, threads: 2, moduleOf, moduleInfos })
afterAll(async () => {
  await projects.close()
  rmSync(root, { recursive: true, force: true })
})

const ask = (document: PipelineDocument) => ({ projectRoot: root, document, parameters: {}, env: {} })
const analyse = async (document: PipelineDocument) =>
  (await projects.answer('analyse', ask(document), never)) as Analysis
const rowsOf = async (document: PipelineDocument, nodeId: string, port: string) => {
  const request = { ...ask(document), nodeId, port, limit: 100, offset: 0 }
  const { rows, columns } = (await projects.answer('preview', request, never)) as Preview
  return { columns, rows: [...rows].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) }
}
const outputsOf = (document: PipelineDocument, nodeId: string) => {
  const node = document.nodes[nodeId]
  const module = node && moduleOf(node.type)
  return module ? outputPortsOf(module.descriptor.outputs, node.config).map(({ name }) => name) : []
}
const view = (document: PipelineDocument, analysis: Analysis): StepsView => ({
  outputs: (nodeId) => outputsOf(document, nodeId),
  written: (nodeId, port) => (port === outputsOf(document, nodeId)[0] ? undefined : port),
  columns: (nodeId, port) => analysis.nodes[nodeId]?.ports[port],
})

/** A step of any kind, over any that came before it. */
const step = fc.record({
  kind: fc.constantFrom('filter', 'formula', 'union', 'select', 'parameter'),
  from: fc.array(fc.record({ at: fc.nat(100), port: fc.nat(1) }), { minLength: 2, maxLength: 2 }),
  inside: fc.boolean(),
})

function nodeOf(kind: string, first: string, second: string): PipelineNode {
  switch (kind) {
    case 'filter':
      return { type: 'transform.filter', inputs: { in: first }, config: { condition: 'n > 2' } }
    case 'union':
      return { type: 'transform.union', inputs: { in_1: first, in_2: second } }
    case 'select':
      return {
        type: 'transform.select',
        inputs: { in: first },
        config: { columns: [{ column: 'tag' }, { column: 'n' }] },
      }
    case 'parameter':
      return { type: 'transform.filter', inputs: { in: first }, config: { condition: 'n <> $other' } }
    default:
      return {
        type: 'transform.formula',
        inputs: { in: first },
        config: { formulas: [{ name: 'n', expression: 'n + $more' }] },
      }
  }
}

test('any steps that can be one give the same columns and rows as one, and as steps again', {
  timeout: 120_000,
}, async () => {
  let compared = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), fc.boolean(), async (steps, withSource) => {
      const nodes: Record<string, PipelineNode> = {
        source: {
          type: 'extract.inline',
          config: {
            columns: [
              { name: 'n', type: 'BIGINT' },
              { name: 'tag', type: 'VARCHAR' },
            ],
            rows: ['1', '2', '3', '4'].map((n) => [n, `t${n}`]),
          },
        },
      }
      const bare = { format: 'logidata/v1', name: 'Any' } as const
      for (const [index, { kind, from }] of steps.entries()) {
        const ids = Object.keys(nodes)
        const [first = 'source', second = 'source'] = from.map(({ at, port }) => {
          const id = ids[at % ids.length] ?? 'source'
          const outputs = outputsOf({ ...bare, nodes }, id).filter((name) => name !== 'reject')
          return port === 0 ? id : `${id}.${outputs.at(-1)}`
        })
        nodes[`s${index}`] = nodeOf(kind, first, second)
      }
      const document: PipelineDocument = {
        ...bare,
        parameters: { more: { type: 'integer', default: '2' }, other: { type: 'integer', default: '4' } },
        nodes,
      }
      const nodeIds = steps.flatMap(({ inside }, index) => (inside ? [`s${index}`] : []))
      if (withSource) nodeIds.unshift('source')
      fc.pre(nodeIds.length > 0)

      const before = await analyse(document)
      expect(Object.values(before.nodes).flatMap(({ problems }) => problems)).toEqual([])
      const request = { document, nodeIds, name: 'Part', view: view(document, before), positions: {} }
      let made: ReturnType<typeof makeSubPipeline>
      try {
        made = makeSubPipeline(request)
      } catch (thrown) {
        refused += 1
        expect(toErrorInfo(thrown).code).toBe('sub-pipeline.circle')
        const between = Object.keys(nodes).filter((id) => !nodeIds.includes(id))
        const isBetween = (id: string) =>
          [upstreamOf(document, id), downstreamOf(document, id)].every((side) =>
            side.some((one) => nodeIds.includes(one)),
          )
        expect(between.some(isBetween)).toBe(true)
        return
      }
      const path = `pipelines/part-${compared}.pipeline.yaml`
      compared += 1
      writeFileSync(join(root, path), writePipeline(made.inner))
      const { document: outer } = applyEdits(document, made.edits(path))
      const after = await analyse(outer)
      expect(Object.values(after.nodes).flatMap(({ problems }) => problems)).toEqual([])
      for (const id of Object.keys(nodes).filter((one) => !nodeIds.includes(one))) {
        expect(after.nodes[id]?.ports).toEqual(before.nodes[id]?.ports)
        for (const port of outputsOf(document, id))
          expect(await rowsOf(outer, id, port)).toEqual(await rowsOf(document, id, port))
      }
      for (const end of made.outputs)
        expect(await rowsOf(outer, made.nodeId, end.name)).toEqual(await rowsOf(document, end.nodeId, end.port))

      const inlined = inlineSubPipeline({
        document: outer,
        nodeId: made.nodeId,
        inner: made.inner,
        view: view(outer, after),
        positions: {},
        innerPositions: {},
      })
      const again = applyEdits(outer, inlined.edits).document
      expect(Object.keys(again.nodes).sort()).toEqual(Object.keys(nodes).sort())
      const last = await analyse(again)
      expect(last.nodes).toEqual(before.nodes)
    }),
    { numRuns: 40 },
  )
  expect(compared).toBeGreaterThan(10)
  expect(refused).toBeGreaterThan(0)
})
