// A studio without a window over a project, whose engine computes what the folder's name of the pipeline says: for tests that
// hand runs over to it, and kill it. It prints a line once the project is open.
// usage: node studio.ts FOLDER DATA_DIRECTORY
import { setTimeout as sleep } from 'node:timers/promises'
import { createApp } from '../app.ts'
import { createMemoryEngine } from './memory-engine.ts'

const [, , projectRoot = '', dataDirectory = ''] = process.argv
const engine = createMemoryEngine(async function* ({ runId, env }, signal) {
  yield { kind: 'started', runId, at: new Date().toISOString(), nodes: ['a'] }
  yield { kind: 'node', nodeId: 'a', state: 'running' }
  yield { kind: 'log', at: '', level: 'info', message: `got ${Object.keys(env).join(' ')}` }
  if (env.LOGIDATA_SLOW) await sleep(60_000, undefined, { signal }).catch(() => {})
  yield { kind: 'node', nodeId: 'a', state: 'done', rows: { in: '3' } }
  yield { kind: 'finished', state: 'succeeded', milliseconds: 5 }
})
await createApp({ projectRoot, dataDirectory, engine, application: 'a studio of this test' })
process.stdout.write('open\n')
setInterval(() => {}, 1_000)
