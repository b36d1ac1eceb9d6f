import { join } from 'node:path'
import { chain, filter, flights, formula } from './documents.ts'
import { flightsProject, withEngine } from './engine.ts'
import { type Measurement, quantile, timed, type Workload } from './workload.ts'

const NODES = 100
const ROUNDS = 60

const KINDS = {
  value: 'edit to columns and problems, 100 nodes, p95',
  name: 'edit that renames a column of 98 nodes, p95',
} as const

/** From an edit in one expression to the columns and problems of all nodes. */
export const edit: Workload = async ({ folder }) => [
  await measure(folder, 'value'),
  await measure(join(folder, 'names'), 'name'),
]

async function measure(folder: string, kind: keyof typeof KINDS): Promise<Measurement> {
  const root = flightsProject(folder)
  return await withEngine(root, async (client) => {
    const samples: number[] = []
    for (let round = -5; round < ROUNDS; round++) {
      const edited = Math.abs(round * 7) % (NODES - 2)
      const document = chain([
        flights,
        ...Array.from({ length: NODES - 1 }, (_, index) => {
          if (index % 3 === 0)
            return filter(`distance > ${kind === 'value' && index === edited ? round + 1_000 : index}`)
          if (kind === 'name' && index === 1) return formula(`renamed${round + 10}`, 'delay + 1')
          return formula(`c${index}`, `delay + ${kind === 'value' && index === edited ? round + 1_000 : index}`)
        }),
      ])
      const { value, milliseconds } = await timed(() => client.call('analyse', { projectRoot: root, document }))
      const bound = Object.values(value.nodes).filter((node) => Object.keys(node.ports).length > 0).length
      if (bound !== NODES) throw new Error(`${bound} of ${NODES} nodes have columns`)
      if (round >= 0) samples.push(milliseconds)
    }
    const p95 = quantile(samples, 0.95)
    return { workload: KINDS[kind], ours: p95, unit: 'ms', goal: 'under 30 ms', met: p95 < 30 }
  })
}
