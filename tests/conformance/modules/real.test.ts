import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outputPortsOf } from '../../../src/shared/modules/ports.ts'
import {
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../../../src/workers/testing/temporary-project.ts'
import { modulesUnderTest } from './catalogue.ts'
import { bag, type Nodes, previewOf, runOf } from './engine.ts'
import { INNER, REAL, type RealCase, SOURCES } from './real.ts'

// Every step of the catalogue on the sample project's data: what the preview shows is what a run leaves, whatever the number of threads.

const THREADS = [1, 4] as const
const projects: TemporaryProject[] = []
beforeAll(async () => {
  for (const threads of THREADS) {
    const own = await temporaryProject({ threads })
    cpSync(join(import.meta.dirname, '../../../resources/sample-project/data'), join(own.root, 'data'), {
      recursive: true,
    })
    own.write('pipelines/inner.pipeline.yaml', INNER)
    projects.push(own)
  }
})
afterAll(async () => {
  for (const own of projects) await own.close()
})

/** What asks a server is tested beside its module, against one. */
const steps = modulesUnderTest.filter(
  ({ type, module }) => type.startsWith('transform.') && !('connection' in module && module.connection),
)

describe.each(steps.map(({ type, module }) => [type, module] as const))('%s on real data', (type, module) => {
  const given = REAL[type]

  it('shows in its preview what a run leaves, on one thread and on several', async () => {
    if (!given) throw new Error(`${type} has no case on real data: add one to real.ts`)
    const nodes = nodesOf(type, given)
    const ports = outputPortsOf(module.descriptor.outputs, given.config).map(({ name }) => name)
    const shown = []
    for (const own of projects) {
      const ran = await runOf(
        own,
        nodes,
        ports.map((port) => `step.${port}`),
      )
      for (const port of ports) {
        const preview = await previewOf(own, nodes, 'step', port)
        expect(bag(preview), `${port}: preview and run`).toEqual(
          bag(ran.get(`step.${port}`) ?? { columns: [], rows: [] }),
        )
        shown.push(bag(preview))
      }
    }
    const half = shown.length / THREADS.length
    expect(shown.slice(half), 'threads').toEqual(shown.slice(0, half))
    expect(shown.some(({ rows }) => rows.length > 0)).toBe(true)
  })
})

function nodesOf(type: string, { inputs, config, before = [] }: RealCase): Nodes {
  const nodes: Nodes = {}
  const connected: Record<string, string> = {}
  for (const [port, source] of Object.entries(inputs)) {
    const found = SOURCES[source]
    if (!found) throw new Error(`there is no source ${source}`)
    nodes[source] = found
    connected[port] = source
  }
  before.forEach((step, index) => {
    nodes[`before_${index}`] = { ...step, inputs: { in: connected.in ?? '' } }
    connected.in = `before_${index}`
  })
  const step: TestNode = { type, config, inputs: connected }
  return { ...nodes, step }
}
