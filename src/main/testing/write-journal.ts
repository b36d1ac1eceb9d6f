// A program that journals runs without end, and prints what it knows to be safe. For tests that kill it.
// usage: node write-journal.ts FOLDER
import { writeSync } from 'node:fs'
import type { RunEvent } from '../../shared/engine/types.ts'
import { Journal } from '../journal/journal.ts'

const [, , root = ''] = process.argv
const { journal } = Journal.open(root)
const document = { format: 'logidata/v1' as const, name: 'x', nodes: {} }
for (let count = 0; ; count++) {
  const runId = `${process.pid}-${count}`
  journal.add({
    runId,
    path: 'x.pipeline.yaml',
    request: { document, parameters: {}, env: [] },
    trigger: { by: 'studio' },
  })
  const { run, attempt, seq } = journal.begin(runId)
  writeSync(1, `run ${runId}\n`)
  for (let more = 1; more <= 30; more++) {
    const event: RunEvent = { kind: 'node', nodeId: `n${more}`, state: 'done', rows: { out: String(more) } }
    const at = new Date().toISOString()
    journal.append({ run, seq: seq + more, attempt, at, offset: more, event }, (thrown) => {
      if (thrown === undefined) writeSync(1, `event ${runId} ${seq + more}\n`)
    })
    if (more % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  journal.end(run, attempt, { state: 'succeeded', milliseconds: 1 })
  writeSync(1, `end ${runId}\n`)
}
