import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { BSON, type MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../../connectors/mongodb/testing.ts'
import { type DuckDbSession, openDuckDbSession } from '../../kit/duckdb-session.ts'
import { isCommitted, loadRows, notedCommit } from './testing.ts'

const WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url))
/** All points, and so many random ones, where it is asked for: a process each takes its time. */
const KILLS = Number(process.env.LOGIDATA_MONGODB_KILLS ?? 0)
const POINTS =
  KILLS > 0
    ? ['written', 'intended', 'begun', 'moved', 'swapped', 'deleted', 'batch', 'changed', 'marked', 'published']
    : ['batch', 'deleted', 'moved']
/** Where a mode never comes by. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  append: ['moved', 'swapped', 'deleted'],
  replace: ['deleted', 'batch'],
  upsert: ['moved', 'swapped', 'deleted'],
}
const OTHERS = ['moved', 'swapped']
// Few rows differ: the server of the tests takes a tenth of a second for each document that is updated.
const OLD = "SELECT i id, i // 400 p, 'old' v FROM range(1100) r(i)"
const NEW = "SELECT i id, i // 400 p, CASE WHEN i < 1085 THEN 'old' ELSE 'new' END v FROM range(500, 1600) r(i)"
const MODES: readonly Record<string, unknown>[] = [
  { mode: 'append' },
  { mode: 'replace' },
  { mode: 'truncate' },
  { mode: 'upsert', key: ['id'] },
  { mode: 'merge', key: ['id'], when_gone: 'delete' },
  { mode: 'delete_insert', parts: ['p'] },
  { mode: 'soft_delete', key: ['id'] },
  { mode: 'history', key: ['id'], when_gone: 'delete' },
]

describeService('mongodb', 'A load of MongoDB that is killed', (server) => {
  let own: TemporaryDatabase
  let db: ReturnType<MongoClient['db']>
  let session: DuckDbSession
  beforeAll(async () => {
    session = await openDuckDbSession()
  })
  afterAll(() => session.close())
  beforeEach(async () => {
    own = await temporaryDatabase(server)
    db = own.db()
  })
  afterEach(() => own.close())

  /** What is there, without what differs from one load to another: ids and times. */
  async function state(): Promise<string[]> {
    const found = await db.collection('t').find({}).toArray()
    return found
      .map(({ _id, valid_from, valid_to, deleted_at, ...rest }) =>
        BSON.EJSON.stringify({
          ...rest,
          from: valid_from !== undefined,
          to: valid_to instanceof Date,
          gone: deleted_at instanceof Date,
        }),
      )
      .sort()
  }
  const start = async (given: Record<string, unknown>) => {
    await db
      .collection('t')
      .drop()
      .catch(() => undefined)
    // A history begins with versions.
    const mode = given.mode === 'history' ? given : {}
    await loadRows(session, own.connection, OLD, mode, { commit: notedCommit(`old ${randomInt(2 ** 40)}`).commit })
  }
  const killed = (given: Record<string, unknown>, key: string, at: string | number) =>
    new Promise<boolean>((resolve) => {
      const child = spawn(process.execPath, [WRITER, JSON.stringify(own.connection), JSON.stringify(given), NEW, key], {
        env: { ...process.env, ...(typeof at === 'string' ? { LOGIDATA_TEST_CRASH_AT: at } : {}) },
        stdio: 'ignore',
      })
      const timer = typeof at === 'number' ? setTimeout(() => child.kill('SIGKILL'), at) : undefined
      child.on('close', (_code, signal) => {
        clearTimeout(timer)
        resolve(signal === 'SIGKILL')
      })
    })
  test.each(MODES)('$mode: the same as never killed, wherever it was', { timeout: 1_200_000 }, async (given) => {
    await start(given)
    const before = await state()
    const { commit } = notedCommit('never killed')
    await loadRows(session, own.connection, NEW, given, { commit })
    const after = await state()
    expect(after).not.toEqual(before)
    const never = NEVER[String(given.mode)] ?? OTHERS
    const points = [
      ...POINTS.filter((point) => !never.includes(point)),
      ...Array.from({ length: KILLS }, () => randomInt(200, 2500)),
    ]
    let struck = 0
    for (const [index, point] of points.entries()) {
      await start(given)
      const key = `killed ${index}`
      if (await killed(given, key, point)) struck++
      // What a resumed run does: it asks, and where the load was not made it makes it.
      if (!(await isCommitted(own.connection, key, given))) {
        expect(await state()).toEqual(before)
        await loadRows(session, own.connection, NEW, given, { commit: notedCommit(key).commit })
      }
      expect([point, await state()]).toEqual([point, after])
      const left = (await db.listCollections().toArray()).map(({ name }) => name)
      expect([point, left.filter((name) => /^_logidata_(?:new|old)/.test(name))]).toEqual([point, []])
    }
    expect(struck).toBeGreaterThan(0)
  })

  test('the next load ends one that was broken off, before its own change', async () => {
    await start({})
    expect(await killed({ mode: 'upsert', key: ['id'] }, 'broken off', 'batch')).toBe(true)
    await loadRows(session, own.connection, "SELECT 1 id, 1 p, 'last' v", { mode: 'upsert', key: ['id'] })
    const found = await state()
    expect(found).toHaveLength(1600)
    expect(found.filter((text) => text.includes('"last"'))).toHaveLength(1)
    expect(await isCommitted(own.connection, 'broken off')).toBe(true)
  })
})
