import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import type { ResolvedConnection } from '../../../src/shared/connections/connection.ts'
import type { JsonValue, PipelineNode } from '../../../src/shared/pipeline/document.ts'
import { type Ran, runNodes } from '../../../src/workers/run/testing.ts'
import {
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../../../src/workers/testing/temporary-project.ts'
import type { LoadTarget } from '../../faults/targets/target.ts'
import { proxyTo, type Relay } from './proxy.ts'
import type { System } from './systems.ts'

type Config = Readonly<Record<string, unknown>>
type More = NonNullable<Parameters<typeof runNodes>[2]>

/** A project, a place of a system to load into, and the steps between both: what each case of the suite needs. */
export function openLab(system: System, server: { readonly host: string; readonly port: number }) {
  let own: TemporaryProject
  let target: LoadTarget
  beforeAll(async () => {
    own = await temporaryProject()
    const opened = await system.open()
    if (!opened) throw new Error('the service does not run')
    target = opened
  })
  afterAll(async () => {
    await target.close()
    await own.close()
  })

  const having = (settings: Readonly<Record<string, JsonValue>> = {}, secrets = {}): ResolvedConnection => ({
    ...target.connection,
    settings: { ...target.connection.settings, ...settings },
    secrets: { ...target.connection.secrets, ...secrets },
  })
  const run = (nodes: Record<string, PipelineNode>, more: More = {}): Promise<Ran> =>
    runNodes(own, nodes, { connections: { shop: having() }, runId: randomUUID(), ...more })
  const textOf = (path: string) => readFileSync(join(own.root, path), 'utf8')
  return {
    own: () => own,
    target: () => target,
    having,
    run,
    place: () => `t_${randomUUID().slice(0, 8)}`,
    /** The step that loads `rows` into a place. */
    to(where: string, config: Config = {}): PipelineNode {
      const { file, mode, ...rest } = config
      const at = target.at(where)
      const path = system.isFiles ? { path: `${String(at.path)}${file ? 'rows.csv' : ''}`, format: 'csv' } : {}
      const modes = target.hasNoModes ? {} : { mode }
      const all = { connection: 'shop', ...at, ...path, ...modes, ...rest } as Record<string, JsonValue>
      return { type: target.step, inputs: { in: 'rows' }, config: all }
    },
    from: (config: Readonly<Record<string, JsonValue>>): TestNode & PipelineNode => ({
      type: system.extract,
      config: { connection: 'shop', ...config },
    }),
    rows: (sql: string): PipelineNode => ({ type: 'transform.sql', config: { sql } }),
    out: (path: string, inputs = 'from'): PipelineNode => ({
      type: 'load.csv',
      inputs: { in: inputs },
      config: { path },
    }),
    linesOf: (path: string) => textOf(path).trimEnd().split('\n').slice(1),
    /** Of MongoDB the first column is its own key. */
    idsOf(path: string): number[] {
      const [head = '', ...lines] = textOf(path).trimEnd().split('\n')
      const at = head.split(',').findIndex((name) => /^(?:id|album_?id)$/i.test(name))
      return lines.map((line) => Number(line.split(',')[at]))
    },
    async good(ran: Promise<Ran>): Promise<Ran> {
      const done = await ran
      expect(done.finished?.error).toBeUndefined()
      return done
    },
    /** Settings that lead to the system through a proxy of the test's own. */
    async through(
      given: Omit<Parameters<typeof proxyTo>[0], 'host' | 'port'>,
    ): Promise<Relay & { shop: ResolvedConnection }> {
      const proxy = await proxyTo({ ...given, host: server.host, port: server.port })
      onTestFinished(() => proxy.close())
      return { ...proxy, shop: having(system.to('127.0.0.1', proxy.port)) }
    },
  }
}

export type Lab = ReturnType<typeof openLab>
