import { setTimeout as pause } from 'node:timers/promises'
import { chain, flights, formula, toParquet } from './documents.ts'
import { flightsProject, withEngine } from './engine.ts'
import { quantile, type Workload } from './workload.ts'

const CANCELS = 200

/** Cancels a heavy run at a random moment and waits until the engine has no query left. */
export const cancel: Workload = async ({ folder }) => {
  const root = flightsProject(folder)
  return await withEngine(root, async (client) => {
    const document = chain([
      flights,
      formula('place', 'row_number() OVER (PARTITION BY origin ORDER BY delay DESC, distance)'),
      formula('other', 'row_number() OVER (PARTITION BY destination ORDER BY distance DESC, delay)'),
      toParquet('out/cancelled.parquet'),
    ])
    const before = (await client.call('status', {})).processId
    const samples: number[] = []
    let crashes = 0
    let process = before
    for (let round = 0; round < CANCELS; round++) {
      const controller = new AbortController()
      const events = client.stream(
        'run',
        { projectRoot: root, document, runId: crypto.randomUUID(), rowCounts: 'none' },
        { signal: controller.signal },
      )
      const reading = (async () => {
        for await (const event of events) void event
      })().catch(() => undefined)
      await pause(20 + ((round * 37) % 180))
      const start = performance.now()
      controller.abort()
      let status = await client.call('status', {})
      while (status.activeQueries > 0) status = await client.call('status', {})
      samples.push(performance.now() - start)
      await reading
      if (status.processId !== process) crashes++
      process = status.processId
    }
    const p95 = quantile(samples, 0.95)
    return [
      { workload: 'cancel to idle, p95 of 200', ours: p95, unit: 'ms', goal: '50 ms or less', met: p95 <= 50 },
      {
        workload: 'crashes of the engine in 200 cancels',
        ours: crashes,
        unit: 'count',
        goal: 'none',
        met: crashes === 0,
      },
    ]
  })
}
