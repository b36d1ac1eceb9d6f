import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectorInfos, connectorOf } from '../../../src/modules/connectors/catalogue.ts'
import type { ResolvedConnection } from '../../../src/shared/connections/connection.ts'
import type { JsonValue, PipelineNode } from '../../../src/shared/pipeline/document.ts'
import { runNodes } from '../../../src/workers/run/testing.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../../../src/workers/testing/temporary-project.ts'
import type { LoadTarget } from '../../faults/targets/target.ts'
import { describeService } from '../../services/services.ts'
import { plainLine, queryOf, referenceOf } from './reference.ts'
import { type Case, systems } from './systems.ts'

describe.each(connectorInfos())('$type as data', ({ title, summary, documentation, secrets, audience }) => {
  test('spec: complete in both languages', () => {
    for (const text of [title, summary, documentation, ...secrets.map(({ title: own }) => own)])
      expect([text.en.trim(), text.fr.trim()]).not.toContain('')
    expect(Array.isArray(audience)).toBe(true)
  })
})

/** Passes bytes on; after so many from the server it cuts all that goes through it. */
async function proxyTo(host: string, port: number, bytes: number) {
  const sockets = new Set<Socket>()
  let passed = 0
  const server = createServer((socket) => {
    const upstream = dial({ host, port })
    for (const one of [socket, upstream]) {
      sockets.add(one)
      one.on('error', () => undefined).on('close', () => [socket, upstream].map((other) => other.destroy()))
    }
    socket.on('data', (data) => upstream.write(data))
    upstream.on('data', (data) => {
      passed += data.length
      if (passed > bytes) for (const one of sockets) one.destroy()
      else socket.write(data)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, close: () => server.close() }
}

for (const system of systems)
  describeService(system.service, `The connector suite: ${system.type}`, (server) => {
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

    const { type } = system
    const having = (settings: Readonly<Record<string, JsonValue>> = {}, secrets = {}): ResolvedConnection => ({
      ...target.connection,
      settings: { ...target.connection.settings, ...settings },
      secrets: { ...target.connection.secrets, ...secrets },
    })
    const place = () => `t_${randomUUID().slice(0, 8)}`
    const run = (nodes: Record<string, PipelineNode>, more: Parameters<typeof runNodes>[2] = {}) =>
      runNodes(own, nodes, { connections: { shop: having() }, runId: randomUUID(), ...more })
    const to = (where: string, config: Record<string, unknown> = {}): PipelineNode => {
      const { file, ...rest } = config
      const at = target.at(where)
      const path = typeof at.path === 'string' ? { path: `${at.path}${file ? 'rows.csv' : ''}`, format: 'csv' } : {}
      const all = { connection: 'shop', ...at, ...path, ...rest } as Record<string, JsonValue>
      return { type: target.step, inputs: { in: 'rows' }, config: all }
    }
    const from = (config: Record<string, JsonValue>): TestNode & PipelineNode => ({
      type: `extract.${type}`,
      config: { connection: 'shop', ...config },
    })
    const rows = (sql: string): PipelineNode => ({ type: 'transform.sql', config: { sql } })
    const out = (path: string, inputs = 'from'): PipelineNode => ({
      type: 'load.csv',
      inputs: { in: inputs },
      config: { path },
    })
    const linesOf = (path: string) => readFileSync(join(own.root, path), 'utf8').trimEnd().split('\n').slice(1)
    /** Of MongoDB the first column is its own key. */
    const idsOf = (path: string) => {
      const [head = ''] = readFileSync(join(own.root, path), 'utf8').split('\n')
      const at = head.split(',').findIndex((name) => /^(?:id|album_?id)$/i.test(name))
      return linesOf(path).map((line) => Number(line.split(',')[at]))
    }
    const good = async (ran: ReturnType<typeof run>) => {
      const done = await ran
      expect(done.finished?.error).toBeUndefined()
      return done
    }
    const context = () => ({ projectRoot: own.root, signal: never })
    const diagnose = async (connection: ResolvedConnection) => {
      const found = await (await connectorOf(type))?.test(connection, context())
      for (const secret of Object.values(connection.secrets)) expect(JSON.stringify(found)).not.toContain(secret)
      return found
    }
    const unless = (name: Case) => (system.lacks[name] ? test.skip : test)
    const titled = (name: Case) => `${name}${system.lacks[name] ? `: ${system.lacks[name]}` : ''}`

    test('test: right, a host that is not, nobody there', async () => {
      expect(await diagnose(having())).toMatchObject({ ok: true })
      for (const settings of [system.to('no-such-host.invalid', server.port), system.to('127.0.0.1', 1)]) {
        const found = await diagnose(having(settings))
        expect(found).toMatchObject({ ok: false })
        expect(found?.steps.at(-1)).toMatchObject({ ok: false, hint: expect.any(String) })
      }
    })
    unless('test: wrong password')(titled('test: wrong password'), async () => {
      expect(await diagnose(having({}, system.wrongSecret))).toMatchObject({ ok: false })
      const { finished } = await run(
        { from: from(system.chinook.config), out: out('out/none.csv') },
        { connections: { shop: having(system.chinook.settings(), system.wrongSecret) } },
      )
      expect(finished?.state).toBe('failed')
      for (const secret of Object.values(system.wrongSecret)) expect(JSON.stringify(finished)).not.toContain(secret)
    })
    unless('test: missing database')(titled('test: missing database'), async () => {
      expect(await diagnose(having(system.missing))).toMatchObject({ ok: false })
    })

    test('discover: the tree opens level by level; the types of Chinook are exact; a limit', async () => {
      const { settings, config, tree, treeFrom = 0, columns } = system.chinook
      const shop = having(settings())
      const browser = await connectorOf(type)
      for (const [level, name] of tree.entries()) {
        if (level < treeFrom) continue
        const entries = (await browser?.browse?.(shop, tree.slice(0, level), context())) ?? []
        expect(entries.map((entry) => entry.name)).toContain(name)
      }
      const request = { ...pipeline({ from: from(config) }), connections: { shop }, nodeId: 'from' }
      const seen = await own.project.preview({ ...request, limit: 5, offset: 0 }, never)
      expect(seen.columns.map((column) => `${column.name} ${column.type}`)).toEqual(columns)
      expect(seen.rows).toHaveLength(5)
    }, 60_000)

    test('read: all rows of Chinook, each once; a cancel ends it', async () => {
      const { settings, config, rows: count } = system.chinook
      const connections = { shop: having(settings()) }
      await good(run({ from: from(config), out: out('out/chinook.csv') }, { connections }))
      const ids = idsOf('out/chinook.csv')
      expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index + 1))
      const cancelled = await run(
        { from: from(config), out: out('out/cancelled.csv') },
        { connections, signal: AbortSignal.abort() },
      )
      expect(cancelled.finished?.state).toBe('cancelled')
      expect(existsSync(join(own.root, 'out/cancelled.csv'))).toBe(false)
    })

    test('incremental: three rounds with changes in between, nothing twice and nothing skipped', async () => {
      const where = place()
      const nodes = {
        from: from({ ...system.source(target.at(where)), incremental: system.incremental }),
        out: out('out/news.csv'),
      }
      let cursors: Record<string, JsonValue> = {}
      for (const round of [0, 1, 2]) {
        const batch = `SELECT ${round * 10} + i AS id, 0 AS part, 'r${round}' AS name FROM range(10) t(i)`
        await good(run({ rows: rows(batch), to: to(where, { mode: 'append' }) }))
        const { events } = await good(run(nodes, { cursors }))
        const cursor = events.find((event) => event.kind === 'cursor')
        cursors = { from: cursor?.kind === 'cursor' ? cursor.state : null }
        const ids = idsOf('out/news.csv')
        expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, index) => round * 10 + index))
      }
      await good(run(nodes, { cursors }))
      expect(linesOf('out/news.csv')).toEqual([])
    }, 60_000)

    test('resume: cut in the middle nothing is kept; then it is whole', async () => {
      const where = place()
      const many = 'SELECT i AS id, 0 AS part, repeat(md5(i::VARCHAR), 8) AS name FROM range(6000) t(i)'
      await good(run({ rows: rows(many), to: to(where, { mode: 'append' }) }))
      const source = { from: from(system.source(target.at(where))), out: out('out/cut.csv') }
      const proxy = await proxyTo(server.host, server.port, 700_000)
      const runId = randomUUID()
      const cut = await run(source, { runId, connections: { shop: having(system.to('127.0.0.1', proxy.port)) } })
      proxy.close()
      expect(cut.finished?.error).toMatchObject({ code: expect.stringMatching(/^connection\./), nodeId: 'from' })
      expect(existsSync(join(own.root, 'out/cut.csv'))).toBe(false)
      await good(run(source, { runId, attempt: 2, resume: cut.resume }))
      expect(new Set(linesOf('out/cut.csv')).size).toBe(6000)
    }, 60_000)

    test('load modes: each as row by row, and taken up again only once', async () => {
      for (const mode of target.modes.filter(({ isWide }) => !isWide)) {
        const where = place()
        const isFile = typeof target.at(where).path === 'string'
        if (!mode.isNew) {
          const config = { ...mode.config, ...(isFile ? { mode: 'overwrite' } : {}) }
          await good(
            run({
              rows: rows(queryOf('old', mode)),
              to: to(where, config),
            }),
          )
        }
        const runId = randomUUID()
        const load = { rows: rows(queryOf('new', mode)), to: to(where, mode.config) }
        await good(run(load, { runId }))
        await good(run(load, { runId, attempt: 2, resume: { stages: [] } }))
        const found = (await target.state(where, mode)).map(plainLine).sort()
        expect([mode.name, found]).toEqual([mode.name, referenceOf(mode)])
        expect([mode.name, await target.leftovers(where)]).toEqual([mode.name, []])
      }
    }, 90_000)

    unless('drift')(titled('drift'), async () => {
      const where = place()
      const key = { mode: 'upsert', key: ['id'] }
      await good(run({ rows: rows("SELECT 1 AS id, 0 AS part, 'a' AS name"), to: to(where, key) }))
      const wider = rows("SELECT 2 AS id, 0 AS part, 'b' AS name, 'c' AS more")
      const failed = await run({ rows: wider, to: to(where, { ...key, on_drift: 'fail' }) })
      expect(failed.finished?.error).toMatchObject({ code: 'load.drift' })
      const columns = async () => {
        const node = pipeline({ from: from(system.source(target.at(where))) })
        const request = { ...node, connections: { shop: having() }, nodeId: 'from', limit: 9, offset: 0 }
        return (await own.project.preview(request, never)).columns.map(({ name }) => name)
      }
      await good(run({ rows: wider, to: to(where, { ...key, on_drift: 'ignore' }) }))
      expect(await columns()).not.toContain('more')
      await good(run({ rows: wider, to: to(where, { ...key, on_drift: 'adapt' }) }))
      const ids = (await target.state(where, { name: 'upsert', config: key })).map(plainLine)
      expect(ids.sort()).toEqual(['1|a|0', '2|b|0'])
    })
  })
