import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { operationalError } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { RpcClient } from '../../shared/rpc/contract.ts'
import type { EngineContract } from '../../shared/rpc/engine-contract.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { RunRegistry } from './run-registry.ts'

const SECRET = 'open-sesame-4711'
const VARIABLE = 'from-the-environment'
const document: PipelineDocument = {
  format: 'logidata/v1',
  name: 'Secrets',
  parameters: { door: { type: 'text', secret: true }, since: { type: 'text' } },
  nodes: {},
}

let root: string
let registry: RunRegistry
let behaviour: () => AsyncIterable<RunEvent>
let given: Record<string, string>[]
beforeEach(async () => {
  root = await temporaryFolder()
  given = []
  await open()
})

async function open() {
  const client = {
    stream: (_: string, { parameters }: { parameters: Record<string, string> }) => {
      given.push(parameters)
      return behaviour()
    },
  } as unknown as RpcClient<EngineContract>
  const environment = () => ({ LOGIDATA_X: VARIABLE })
  registry = await RunRegistry.open({ projectRoot: root, engine: { client }, environment })
  const own = registry
  onTestFinished(() => own.close())
}

const start = () =>
  registry.start({
    path: 'a.pipeline.yaml',
    document,
    parameters: { door: SECRET, since: '2024' },
    trigger: { by: 'studio' },
  })
async function all(runId: string): Promise<string> {
  const events: RunEvent[] = []
  for await (const event of registry.events(runId, new AbortController().signal)) events.push(event)
  return JSON.stringify(events)
}
/** Every byte below the folder. */
const written = (folder = join(root, '.logidata')): string =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')

const telling: () => AsyncIterable<RunEvent> = async function* () {
  yield { kind: 'started', runId: '', at: '', nodes: ['open'] }
  yield { kind: 'log', at: '', level: 'info', message: `Asking for ${SECRET} as ${VARIABLE}` }
  yield {
    kind: 'node',
    nodeId: 'open',
    state: 'failed',
    error: { code: 'x', kind: 'user', message: `No door ${SECRET}.`, hint: `Not ${VARIABLE}` },
  }
  throw operationalError('x', `The door ${SECRET} is closed.`)
}

test('the engine gets a secret; the journal, the log and everybody else do not', async () => {
  behaviour = telling
  const runId = start()
  const told = await all(runId)
  expect(given).toEqual([{ door: SECRET, since: '2024' }])
  expect(told).toContain('No door [hidden].')
  expect(told).toContain('The door [hidden] is closed.')
  expect(registry.read(runId).request.parameters).toEqual({ door: '[hidden]', since: '2024' })
  await registry.close()
  for (const text of [told, JSON.stringify(registry.notices), written()]) {
    expect(text).not.toContain(SECRET)
    expect(text).not.toContain(VARIABLE)
  }
  expect(written()).toContain('[hidden]')
})

test('a run is taken up and run again with its secret while it is known, and clearly refused after that', async () => {
  behaviour = telling
  const runId = start()
  await all(runId)
  await all(registry.resume(runId))
  await all(registry.repeat(runId, { by: 'studio' }))
  expect(given.map(({ door }) => door)).toEqual([SECRET, SECRET, SECRET])
  await registry.close()
  await open()
  expect(() => registry.repeat(runId, { by: 'studio' })).toThrow('The value of door is not known any more')
  const resumed = await all(registry.resume(runId))
  expect(resumed).toContain('The value of door is not known any more')
  expect(given).toHaveLength(3)
})

test('a secret that is not known any more is given again, and written nowhere', async () => {
  behaviour = telling
  const runId = start()
  await all(runId)
  await registry.close()
  await open()
  expect(() => registry.resume(runId, { parameters: { since: '2025' } })).toThrow('The value of door is not known')
  expect(registry.read(runId).run.state).toBe('failed')
  await all(registry.resume(runId, { parameters: { door: SECRET, gone: 'x' } }))
  expect(given.at(-1)).toEqual({ door: SECRET, since: '2024' })
  await registry.close()
  expect(written()).not.toContain(SECRET)
})
