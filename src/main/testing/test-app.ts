import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, onTestFinished } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { type AppContract, appContract } from '../../shared/rpc/app-contract.ts'
import { createClient } from '../../shared/rpc/client.ts'
import type { RpcClient } from '../../shared/rpc/contract.ts'
import { serve } from '../../shared/rpc/host.ts'
import { createTransportPair } from '../../shared/rpc/memory-transport.ts'
import { createApp } from '../app.ts'
import { SALES } from './app-fixtures.ts'
import { createMemoryEngine } from './memory-engine.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const environment = { LOGIDATA_FILE: 'sales', SECRET: 'hidden', GRANTED: 'given', OTHER: 'x' }

/** An application over a project of its own, anew for every test. */
export class TestApp {
  root = ''
  dataDirectory = ''
  engine: ReturnType<typeof createMemoryEngine> = createMemoryEngine(() =>
    this.behaviour(new AbortController().signal, ''),
  )
  /** What a run of the engine says. */
  behaviour: (signal: AbortSignal, runId: string) => AsyncIterable<RunEvent> = async function* () {}
  #app: RpcClient<AppContract> | undefined
  #stop: (() => Promise<void>) | undefined

  get app(): RpcClient<AppContract> {
    if (!this.#app) throw new Error('the application is not there yet')
    return this.#app
  }
  set app(app: RpcClient<AppContract>) {
    this.#app = app
  }

  /** To be called once, where the tests are. */
  static forEachTest(): TestApp {
    const own = new TestApp()
    beforeEach(async () => {
      const folder = await temporaryFolder()
      own.root = join(folder, 'project')
      own.dataDirectory = join(folder, 'home')
      await mkdir(join(own.root, 'pipelines'), { recursive: true })
      await mkdir(join(own.root, 'data/more'), { recursive: true })
      await writeFile(join(own.root, 'pipelines/sales.pipeline.yaml'), SALES)
      own.behaviour = async function* () {}
      own.app = await own.start()
    })
    return own
  }

  /** Ends the application, as its window does. */
  async stop(): Promise<void> {
    await this.#stop?.()
    this.#stop = undefined
  }

  /**
   * Ends the application, if there is one, and starts it again.
   * @param projectRoot empty: the application starts without a project
   */
  async start(projectRoot: string = this.root): Promise<RpcClient<AppContract>> {
    await this.stop()
    this.engine = createMemoryEngine(({ runId }, signal) => this.behaviour(signal, runId))
    const options = { dataDirectory: this.dataDirectory, engine: this.engine, environment, grants: ['GRANTED'] }
    const created = await createApp(projectRoot === '' ? options : { ...options, projectRoot })
    const [clientEnd, hostEnd] = createTransportPair()
    serve(appContract, created.handlers, hostEnd, { checkOutput: true })
    this.#stop = async () => {
      hostEnd.close()
      await created.close()
    }
    onTestFinished(() => this.stop())
    return createClient(appContract, clientEnd)
  }
}
