import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectorInfos, connectorOf } from '../../../src/modules/connectors/catalogue.ts'
import type { ResolvedConnection } from '../../../src/shared/connections/connection.ts'
import type { JsonValue } from '../../../src/shared/pipeline/document.ts'
import { never, pipeline } from '../../../src/workers/testing/temporary-project.ts'
import { describeService } from '../../services/services.ts'
import { openLab } from './lab.ts'
import { plainLine, queryOf, referenceOf } from './reference.ts'
import { type Case, systems } from './systems.ts'

describe.each(connectorInfos())('$type as data', ({ title, summary, documentation, secrets, audience }) => {
  test('spec: complete in both languages', () => {
    for (const text of [title, summary, documentation, ...secrets.map(({ title: own }) => own)])
      expect([text.en.trim(), text.fr.trim()]).not.toContain('')
    expect(Array.isArray(audience)).toBe(true)
  })
})

test('every connector goes through the suite', () => {
  const covered = new Set<string>(systems.map(({ type }) => type))
  expect([...covered].sort()).toEqual(
    connectorInfos()
      .map(({ type }) => type)
      .sort(),
  )
})

for (const system of systems)
  describeService(system.service, `The connector suite: ${system.extract}`, (server) => {
    const lab = openLab(system, server)
    const { having, run, to, from, rows, out, good, place, linesOf, idsOf } = lab
    const { type } = system
    const context = () => ({ projectRoot: lab.own().root, signal: never })
    const diagnose = async (connection: ResolvedConnection) => {
      const found = await (await connectorOf(type))?.test(connection, context())
      for (const secret of Object.values(connection.secrets)) expect(JSON.stringify(found)).not.toContain(secret)
      return found
    }
    const columnsOf = async (config: Readonly<Record<string, JsonValue>>, connection = having()) => {
      const request = { ...pipeline({ from: from(config) }), connections: { shop: connection }, nodeId: 'from' }
      return lab.own().project.preview({ ...request, limit: 5, offset: 0 }, never)
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

    test('discover: the types of Chinook are exact; a limit', async () => {
      const { settings, config, columns } = system.chinook
      const seen = await columnsOf(config, having(settings()))
      expect(seen.columns.map((column) => `${column.name} ${column.type}`)).toEqual(columns)
      expect(seen.rows).toHaveLength(5)
    }, 60_000)
    unless('discover: the tree')(
      titled('discover: the tree'),
      async () => {
        const { settings, tree, treeFrom = 0 } = system.chinook
        const browser = await connectorOf(type)
        for (const [level, name] of tree.entries()) {
          if (level < treeFrom) continue
          const entries = (await browser?.browse?.(having(settings()), tree.slice(0, level), context())) ?? []
          expect(entries.map((entry) => entry.name)).toContain(name)
        }
      },
      60_000,
    )

    test.each(Object.entries({ 'as it stands': system.chinook.config, ...system.chinook.ways }))(
      'read: all rows of Chinook, each once: %s',
      async (_name, given) => {
        const { settings, rows: count } = system.chinook
        const config = JSON.parse(JSON.stringify(given).replaceAll('{own}', randomUUID())) as Record<string, JsonValue>
        const connections = { shop: having(settings()) }
        await good(run({ from: from(config), out: out('out/chinook.csv') }, { connections }))
        const ids = idsOf('out/chinook.csv')
        expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index + 1))
      },
      60_000,
    )

    test('incremental: three rounds with changes in between, nothing twice and nothing skipped', async () => {
      const where = place()
      const nodes = { from: from(system.news(lab.target().at(where))), out: out('out/news.csv') }
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
      const source = { from: from(system.source(lab.target().at(where))), out: out('out/cut.csv') }
      const { shop } = await lab.through({ bytes: 1_000_000, of: 'received', action: 'cut' })
      const runId = randomUUID()
      const cut = await run(source, { runId, connections: { shop } })
      expect(cut.finished?.error).toMatchObject({ code: expect.stringMatching(/^connection\./), nodeId: 'from' })
      expect(existsSync(join(lab.own().root, 'out/cut.csv'))).toBe(false)
      await good(run(source, { runId, attempt: 2, resume: cut.resume }))
      expect(new Set(linesOf('out/cut.csv')).size).toBe(6000)
    }, 60_000)

    test('load modes: each as row by row, and taken up again only once', async () => {
      const target = lab.target()
      for (const mode of target.modes.filter(({ isWide }) => !isWide)) {
        const where = place()
        if (!mode.isNew) {
          const config = { ...mode.config, ...(system.isFiles ? { mode: 'overwrite' } : {}) }
          await good(run({ rows: rows(queryOf('old', mode)), to: to(where, config) }))
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

    unless('load: drift')(titled('load: drift'), async () => {
      const where = place()
      const key = { mode: 'upsert', key: ['id'] }
      await good(run({ rows: rows("SELECT 1 AS id, 0 AS part, 'a' AS name"), to: to(where, key) }))
      const wider = rows("SELECT 2 AS id, 0 AS part, 'b' AS name, 'c' AS more")
      const failed = await run({ rows: wider, to: to(where, { ...key, on_drift: 'fail' }) })
      expect(failed.finished?.error).toMatchObject({ code: 'load.drift' })
      const names = async () => {
        const { columns } = await columnsOf(system.source(lab.target().at(where)))
        return columns.map(({ name }) => name)
      }
      await good(run({ rows: wider, to: to(where, { ...key, on_drift: 'ignore' }) }))
      expect(await names()).not.toContain('more')
      await good(run({ rows: wider, to: to(where, { ...key, on_drift: 'adapt' }) }))
      const ids = (await lab.target().state(where, { name: 'upsert', config: key })).map(plainLine)
      expect(ids.sort()).toEqual(['1|a|0', '2|b|0'])
    })

    unless('read: drift')(titled('read: drift'), async () => {
      const where = place()
      const source = { ...system.source(lab.target().at(where)), ...system.newField?.config }
      const append = (sql: string) => good(run({ rows: rows(sql), to: to(where, { mode: 'append' }) }))
      await append("SELECT 1 AS id, 0 AS part, 'a' AS name")
      await append("SELECT 2 AS id, 0 AS part, 'b' AS name, 'c' AS more")
      const failed = await run({ from: from(source), out: out('out/drift.csv') })
      expect(failed.finished?.error).toMatchObject({
        code: system.newField?.code,
        nodeId: 'from',
        message: expect.stringContaining('more'),
      })
      expect(existsSync(join(lab.own().root, 'out/drift.csv'))).toBe(false)
    })
  })
