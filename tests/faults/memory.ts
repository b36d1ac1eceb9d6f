import type { PipelineDocument } from '../../src/shared/pipeline/document.ts'
import { ApplicationProcess } from './application-process.ts'
import { checkJournal } from './check-journal.ts'
import { Figures } from './figures.ts'
import { newFolder } from './folders.ts'
import { Outputs } from './outputs.ts'
import type { Random } from './random.ts'
import { makeProject, type Workload, workloads } from './workloads.ts'

const LIMITS_MB = [60, 90, 120, 160] as const
/** A list cannot be put aside on the disk: it fits into memory, or it does not. */
const HEAVY = `SELECT id, point, value + 0 * (SELECT len(list(r.i)) FROM range(20000000) AS r(i)) AS value FROM in_1`

/** The memory limit is hit in the middle of a run: it is told as that, the engine lives, and with more memory the run goes on. */
export async function memoryLimit(points: number, random: Random): Promise<Figures[]> {
  const figures = new Figures('memory limit hit')
  const root = newFolder('memory')
  makeProject(root)
  const outputs = new Outputs(root)
  const workload = heavy()
  for (let point = 1; point <= points; point++) {
    figures.points++
    const megabytes = random.pick(LIMITS_MB)
    try {
      const limited = await ApplicationProcess.open(root, { env: { LOGIDATA_MEMORY_LIMIT: `${megabytes}MB` } })
      const run = await limited.toTheEnd({ kind: 'run', document: workload.document(point) })
      limited.ask({ kind: 'engine' })
      const { pid } = await limited.heard('engine')
      await limited.close()
      if (pid === undefined) figures.problem(`point ${point}: the engine died with ${megabytes} MB`)
      if (run.state !== 'succeeded') {
        figures.midway++
        if (!run.error?.startsWith('engine.out-of-memory:'))
          figures.problem(`point ${point}: ${megabytes} MB that do not suffice are told as ${run.error ?? ''}`)
        await outputs.checkWhole(workload, point, figures)
        const began = performance.now()
        const application = await ApplicationProcess.open(root)
        const end = await application.toTheEnd({ kind: 'resume', runId: run.runId })
        await application.close()
        if (end.state !== 'succeeded') throw new Error(`it did not recover: ${end.state} ${end.error ?? ''}`)
        figures.recoveries.push(performance.now() - began)
      }
      outputs.wrote(workload, point)
      await outputs.check(workload, point, figures)
      checkJournal(root, figures, `point ${point}`)
    } catch (thrown) {
      figures.problem(`point ${point} (${megabytes} MB): ${String(thrown)}`)
      outputs.clear()
    }
  }
  return [figures]
}

/** The first workload, with a step before its targets that takes more memory than is given. */
function heavy(): Workload {
  const [first] = workloads
  if (!first) throw new Error('there is no workload')
  return {
    ...first,
    name: 'memory',
    document(point): PipelineDocument {
      const document = first.document(point)
      const loads = Object.entries(document.nodes).filter(([, { type }]) => type.startsWith('load.'))
      const [id, load] = loads[0] ?? []
      if (id === undefined || !load?.inputs?.in) throw new Error('there is no load')
      return {
        ...document,
        nodes: {
          ...document.nodes,
          greedy: { type: 'transform.sql', inputs: { in_1: load.inputs.in }, config: { sql: HEAVY } },
          [id]: { ...load, inputs: { in: 'greedy' } },
        },
      }
    },
  }
}
