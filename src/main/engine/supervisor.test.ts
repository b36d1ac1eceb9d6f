import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LogiDataError } from '../../shared/errors.ts'
import { type Engine, startEngine } from './supervisor.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'logidata-supervisor-')))
const rows = Array.from({ length: 2000 }, (_, index) => [String(index)])
const numbers = { type: 'extract.inline', config: { columns: [{ name: 'n', type: 'BIGINT' }], rows } }
const filter = (condition: string) => ({ type: 'transform.filter', inputs: { in: 'numbers' }, config: { condition } })
const request = (nodes: Record<string, unknown>) =>
  ({ projectRoot: root, document: { format: 'logidata/v1', name: 'Test', nodes } }) as never
const endless = filter('(SELECT count(*) FROM range(100000000) a(x), range(n + 100000) b(y) WHERE x * y = n) > 1')

let engine: Engine
const log: string[] = []
beforeAll(() => {
  process.env.LOGIDATA_TEST_SECRET = 'hidden'
  engine = startEngine({ memoryLimit: '800MB', onLog: (line) => log.push(line) })
})
afterAll(async () => {
  delete process.env.LOGIDATA_TEST_SECRET
  await engine.close()
  rmSync(root, { recursive: true, force: true })
})

const preview = (nodes: Record<string, unknown>, nodeId: string, signal?: AbortSignal) =>
  engine.client.call('preview', Object.assign({ nodeId }, request(nodes)), signal ? { signal } : {})
const failure = async (promise: Promise<unknown>) => {
  try {
    await promise
  } catch (thrown) {
    if (thrown instanceof LogiDataError) return thrown.info
    throw thrown
  }
  throw new Error('nothing was thrown')
}

describe('the engine process', () => {
  test('answers from a process of its own, within the memory that it was given', async () => {
    const status = await engine.client.call('status', {})
    expect(status.processId).not.toBe(process.pid)
    expect(status.memoryLimitBytes).toBe(800e6)
    expect((await preview({ numbers }, 'numbers')).rows.length).toBe(200)
    expect(engine.status()).toMatchObject({ state: 'ready', restarts: 0 })
  })

  test('gives errors with their code, node and field across both boundaries', async () => {
    expect(await failure(preview({ numbers, f: filter('m > 1') }, 'f'))).toMatchObject({
      code: 'column.not-found',
      kind: 'user',
      nodeId: 'f',
      field: ['condition'],
    })
  })

  test('stops a query when its call is cancelled', async () => {
    const controller = new AbortController()
    const running = failure(preview({ numbers, endless }, 'endless', controller.signal))
    await expect.poll(async () => (await engine.client.call('status', {})).activeQueries).toBe(1)
    controller.abort()
    expect((await running).kind).toBe('cancelled')
    await expect.poll(async () => (await engine.client.call('status', {})).activeQueries).toBe(0)
    expect(engine.status().restarts).toBe(0)
  })

  test('that is killed in the middle of a preview answers it all the same, from its next process', async () => {
    const controller = new AbortController()
    const running = failure(preview({ numbers, endless }, 'endless', controller.signal))
    for (let died = 1; died <= 2; died++) {
      await expect.poll(async () => (await engine.client.call('status', {})).activeQueries, { timeout: 8_000 }).toBe(1)
      process.kill(engine.status().processId ?? 0, 'SIGKILL')
      await expect.poll(() => engine.status().restarts).toBe(died)
    }
    // Nobody has noticed; and it can still be ended.
    await expect.poll(async () => (await engine.client.call('status', {})).activeQueries, { timeout: 8_000 }).toBe(1)
    controller.abort()
    expect((await running).kind).toBe('cancelled')
    expect((await preview({ numbers }, 'numbers')).rows.length).toBe(200)
  }, 30_000)

  test('that dies under a preview each time says so', async () => {
    const other = startEngine({ memoryLimit: '800MB', onLog: () => {} })
    try {
      const asked = Object.assign({ nodeId: 'endless' }, request({ numbers, endless }))
      const running = failure(other.client.call('preview', asked))
      for (let died = 1; died <= 3; died++) {
        await expect.poll(async () => (await other.client.call('status', {})).activeQueries, { timeout: 8_000 }).toBe(1)
        process.kill(other.status().processId ?? 0, 'SIGKILL')
        await expect.poll(() => other.status().restarts).toBe(died)
      }
      expect(await running).toMatchObject({ code: 'engine.crashed', kind: 'operational' })
    } finally {
      await other.close()
    }
  }, 30_000)

  test('that is killed in the middle of a run fails its stream', async () => {
    const load = { type: 'load.csv', inputs: { in: 'endless.match' }, config: { path: 'out/x.csv' } }
    const consume = async () => {
      for await (const event of engine.client.stream(
        'run',
        Object.assign({ runId: 'r' }, request({ numbers, endless, load })),
      ))
        if (event.kind === 'node') process.kill(engine.status().processId ?? 0, 'SIGKILL')
    }
    expect((await failure(consume())).code).toBe('engine.crashed')
    const kinds: string[] = []
    const good = { numbers, load: { ...load, inputs: { in: 'numbers' } } }
    for await (const event of engine.client.stream('run', Object.assign({ runId: 'r2' }, request(good))))
      kinds.push(event.kind)
    expect(kinds[0]).toBe('started')
    expect(kinds.at(-1)).toBe('finished')
  })

  test('lists the modules and the functions', async () => {
    const modules = await engine.client.call('modules', {})
    expect(modules.map((module) => module.type)).toContain('transform.filter')
    const functions = await engine.client.call('functions', {})
    expect(functions.find((one) => one.name === 'upper')?.signatures[0]).toContain('VARCHAR')
  })

  test('gets none of our environment but what it needs', async () => {
    const { processId } = await engine.client.call('status', {})
    if (process.platform !== 'linux') return
    const { readFileSync } = await import('node:fs')
    expect(readFileSync(`/proc/${processId}/environ`, 'utf8')).not.toContain('LOGIDATA_TEST_SECRET')
  })

  test('that is closed ends with a query in flight, and says so to later calls', async () => {
    const other = startEngine({ memoryLimit: '800MB', onLog: () => {} })
    const running = failure(
      other.client.call('preview', Object.assign({ nodeId: 'endless' }, request({ numbers, endless }))),
    )
    await expect.poll(async () => (await other.client.call('status', {})).activeQueries).toBe(1)
    const { processId } = other.status()
    await other.close()
    expect((await running).code).toBe('engine.closed')
    expect(() => process.kill(processId ?? 0, 0)).toThrow()
    expect((await failure(other.client.call('status', {}))).code).toBe('engine.closed')
  })
})

describe('a process that dies at its start', () => {
  /** Notes each start in a file, and is the engine only once `mended` exists. */
  function crashing(name: string) {
    const [entry, starts, mended] = ['mjs', 'starts', 'mended'].map((end) => join(root, `${name}.${end}`)) as [
      string,
      string,
      string,
    ]
    const engineProcess = new URL('../../workers/engine-process.ts', import.meta.url).href
    writeFileSync(
      entry,
      `import { appendFileSync, existsSync } from 'node:fs'
       appendFileSync(${JSON.stringify(starts)}, '.')
       if (!existsSync(${JSON.stringify(mended)})) process.exit(1)
       await import(${JSON.stringify(engineProcess)})`,
    )
    const count = () => (existsSync(starts) ? readFileSync(starts, 'utf8').length : 0)
    return { entry, count, mend: () => writeFileSync(mended, '') }
  }
  const soon = { timeout: 20_000 }

  test('is started again five times, then left alone, and calls say why', async () => {
    const { entry, count } = crashing('broken')
    const broken = startEngine({ entry, onLog: () => {}, giveUpMilliseconds: 600_000 })
    try {
      await expect.poll(() => broken.status().restarts, soon).toBe(6)
      expect(await failure(broken.client.call('status', {}))).toMatchObject({
        code: 'engine.unavailable',
        kind: 'operational',
      })
      expect(count()).toBe(6)
      expect(broken.status()).toMatchObject({ state: 'restarting', processId: undefined })
    } finally {
      await broken.close()
    }
  })

  test('is tried once more by a call after the pause, and works if it can', async () => {
    const { entry, count, mend } = crashing('mending')
    const mending = startEngine({ entry, onLog: () => {}, giveUpMilliseconds: 0 })
    try {
      await expect.poll(() => mending.status().restarts, soon).toBe(6)
      mend()
      expect((await mending.client.call('status', {})).processId).toBe(mending.status().processId)
      expect(count()).toBe(7)
    } finally {
      await mending.close()
    }
  })
})
