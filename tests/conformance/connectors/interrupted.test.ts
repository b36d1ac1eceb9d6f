import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Mode } from '../../faults/targets/target.ts'
import { describeService } from '../../services/services.ts'
import { openLab } from './lab.ts'
import { queryOf } from './reference.ts'
import { systems } from './systems.ts'

/** About so many bytes for each row; wide ones make a file of several parts. */
const widthOf = ({ isWide = false }: Pick<Mode, 'isWide'>) => (isWide ? 8192 : 512)
/** Most of them in one part: files of the others are done long before. */
const many = (count: number, mode: Pick<Mode, 'isWide' | 'says'> = {}) =>
  `SELECT i AS id, CASE WHEN i < 30 THEN i % 4 ELSE 3 END AS part, repeat(md5(i::VARCHAR), ${widthOf(mode) / 32}) AS name${mode.says ? `, false AS ${mode.says}` : ''} FROM range(${count}) t(i)`

for (const system of systems)
  describeService(system.service, `The connector suite, interrupted: ${system.extract}`, (server) => {
    const lab = openLab(system, server)
    const { run, to, from, rows, out, good, place, linesOf } = lab
    // An API is asked once for each batch, however small.
    const count = system.type === 'http' ? 400 : 3000
    /** What is on disk of runs, without what was found out about sources. */
    const staged = () =>
      readdirSync(join(lab.own().root, '.logidata'), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:parquet|csv|json|part)|put-/.test(name) && !/^staging.sources.[^/]*\.json$/.test(name))
        .sort()

    test.each([
      ['before its first row', 1],
      ['in the middle', 900_000],
    ])(
      'a read that is cancelled %s leaves no file, no rows and no connection',
      async (when, bytes) => {
        const [where, path] = [place(), `out/${when.replaceAll(' ', '_')}.csv`]
        await good(run({ rows: rows(many(3000)), to: to(where, { mode: 'append' }) }))
        const source = { from: from(system.source(lab.target().at(where))), out: out(path) }
        const before = staged()
        const cancel = new AbortController()
        const proxy = await lab.through({ bytes, of: 'received', action: () => cancel.abort() })
        const connections = { shop: proxy.shop }
        const cancelled = await run(source, { connections, signal: cancel.signal })
        expect(cancelled.finished?.state).toBe('cancelled')
        await expect.poll(proxy.open, { timeout: 5_000 }).toBe(0)
        expect(existsSync(join(lab.own().root, path))).toBe(false)
        expect(staged()).toEqual(before)
        await good(run(source, { connections }))
        expect(new Set(linesOf(path)).size).toBe(3000)
      },
      60_000,
    )

    for (const how of ['cancelled', 'cut'] as const)
      test(`a load that is ${how} in the middle changes nothing and is made once when it is taken up again`, async () => {
        const target = lab.target()
        for (const mode of target.modes.filter(({ name }) => system.interrupted?.modes.includes(name) ?? true)) {
          const [where, control] = [place(), place()]
          if (!mode.isNew) {
            const config = { ...mode.config, ...(system.isFiles ? { mode: 'overwrite' } : {}) }
            await good(run({ rows: rows(queryOf('old', mode)), to: to(where, config) }))
          }
          await target.copy(where, control)
          const before = await target.state(where, mode)
          const cancel = new AbortController()
          const bytes = (count * widthOf(mode)) / 3
          const action = how === 'cut' ? 'cut' : () => cancel.abort()
          const proxy = await lab.through({ bytes, of: 'sent', action })
          const runId = randomUUID()
          const load = { rows: rows(many(count, mode)), to: to(where, mode.config) }
          const ended = await run(load, { runId, connections: { shop: proxy.shop }, signal: cancel.signal })
          expect([mode.name, ended.finished?.state]).toEqual([mode.name, how === 'cut' ? 'failed' : 'cancelled'])
          if (how === 'cut')
            expect(ended.finished?.error).toMatchObject({ code: expect.stringMatching(/^connection\./), nodeId: 'to' })
          await expect.poll(proxy.open, { timeout: 5_000 }).toBe(0)
          const after = await target.state(where, mode)
          // What was sent to an API, or put into a folder, cannot be taken back without a connection.
          const mayHaveMore = target.hasNoModes || (how === 'cut' && mode.goesThrough)
          if (mayHaveMore) expect([mode.name, after]).toEqual([mode.name, expect.arrayContaining([...before])])
          else expect([mode.name, after]).toEqual([mode.name, before])
          // What was cut off cannot clear away behind itself: the next attempt does.
          if (how === 'cancelled') expect([mode.name, await target.leftovers(where)]).toEqual([mode.name, []])
          await good(run(load, { runId, attempt: 2, resume: ended.resume }))
          await good(run({ ...load, to: to(control, mode.config) }))
          const [resumed, never] = await Promise.all([target.state(where, mode), target.state(control, mode)])
          expect([mode.name, resumed.map(shortened)]).toEqual([mode.name, never.map(shortened)])
          expect([mode.name, await target.leftovers(where)]).toEqual([mode.name, []])
          await Promise.all([target.remove(where), target.remove(control)])
        }
      }, 240_000)
  })

/** Short enough to be shown where it differs. */
const shortened = (line: string) => line.slice(0, 60)
