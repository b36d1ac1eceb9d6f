import { chain, filter, flights, formula } from './documents.ts'
import { flightsProject, withEngine } from './engine.ts'
import { quantile, timed, type Workload } from './workload.ts'

const NODES = 100
const ROUNDS = 60

/** From an edit in one expression to the columns and problems of all nodes. */
export const edit: Workload = async ({ folder }) => {
  const root = flightsProject(folder)
  return await withEngine(root, async (client) => {
    const samples: number[] = []
    for (let round = -5; round < ROUNDS; round++) {
      const edited = Math.abs(round * 7) % (NODES - 2)
      const document = chain([
        flights,
        ...Array.from({ length: NODES - 1 }, (_, index) => {
          if (index % 3 === 0) return filter(`distance > ${index === edited ? round + 1_000 : index}`)
          return formula(`c${index}`, `delay + ${index === edited ? round + 1_000 : index}`)
        }),
      ])
      const { value, milliseconds } = await timed(() => client.call('analyse', { projectRoot: root, document }))
      const bound = Object.values(value.nodes).filter((node) => Object.keys(node.ports).length > 0).length
      if (bound !== NODES) throw new Error(`${bound} of ${NODES} nodes have columns`)
      if (round >= 0) samples.push(milliseconds)
    }
    const p95 = quantile(samples, 0.95)
    return [
      {
        workload: 'edit to columns and problems, 100 nodes, p95',
        ours: p95,
        unit: 'ms',
        goal: 'under 30 ms',
        met: p95 < 30,
      },
    ]
  })
}
