import { setTimeout as pause } from 'node:timers/promises'
import type { PipelineDocument } from '../../src/shared/pipeline/document.ts'
import { ApplicationProcess, killNow } from './application-process.ts'
import { Figures } from './figures.ts'
import { newFolder } from './folders.ts'
import type { Random } from './random.ts'
import { makeProject, workloads } from './workloads.ts'

/** What a preview may say while the engine is dead. */
const CLEAR = ['engine.crashed', 'engine.unavailable']
/** Clear too, but of a memory that should have been enough: counted, so that it is seen. */
const OUT_OF_MEMORY = 'engine.out-of-memory'
const ANSWER_MILLISECONDS = 60_000

/** The engine dies while previews are asked for: every one answers or says why not, and the application lives on. */
export async function abortEngine(points: number, random: Random): Promise<Figures[]> {
  const figures = new Figures('engine aborts')
  const root = newFolder('aborts')
  makeProject(root)
  const application = await ApplicationProcess.open(root)
  const document: PipelineDocument | undefined = workloads[0]?.document(1)
  if (!document) throw new Error('there is no workload')
  let answered = 0
  let refused = 0
  let outOfMemory = 0
  const unclear = new Map<string, number>()
  application.listen((answer) => {
    if (answer.kind !== 'preview') return
    if (answer.error === undefined) answered++
    else if (CLEAR.includes(answer.error)) refused++
    else if (answer.error === OUT_OF_MEMORY) outOfMemory++
    else unclear.set(answer.error, (unclear.get(answer.error) ?? 0) + 1)
  })
  try {
    application.ask({ kind: 'previews', document, nodeIds: ['orders', 'joined', 'totals', 'detail'] })
    await until('a first preview', () => answered > 0)
    for (; figures.points < points; ) {
      await pause(random.below(400))
      application.ask({ kind: 'engine' })
      const { pid } = await application.heard('engine')
      if (pid === undefined) continue
      figures.points++
      figures.midway++
      const before = answered
      const killed = performance.now()
      killNow(pid)
      await until(`a preview after abort ${figures.points}`, () => answered > before)
      figures.recoveries.push(performance.now() - killed)
    }
    application.ask({ kind: 'stop' })
    // Those under way answer too.
    await application.heard('previewed')
    // And it still runs pipelines.
    const run = await application.toTheEnd({ kind: 'run', document })
    if (run.state !== 'succeeded') figures.problem(`afterwards a run ${run.state}: ${run.error ?? ''}`)
  } catch (thrown) {
    figures.problem(`abort ${figures.points}: ${String(thrown)}`)
  }
  for (const [error, count] of unclear) figures.problem(`${count} previews said ${error}`)
  if (application.hasExited) figures.problem(`the application ended: ${application.stderr}`)
  figures.notes.push(
    `${answered} previews answered, ${refused} said clearly that the engine was being started again, ${outOfMemory} that memory was short`,
  )
  await application.close()
  return [figures]
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const began = Date.now(); !isSo(); await pause(5))
    if (Date.now() - began > ANSWER_MILLISECONDS) throw new Error(`${what} did not come`)
}
