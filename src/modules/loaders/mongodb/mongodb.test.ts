import { BSON, type Document, type MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../../connectors/mongodb/testing.ts'
import { type DuckDbSession, openDuckDbSession } from '../../kit/duckdb-session.ts'
import { namesOf } from './registry.ts'
import { forecastRows, isCommitted, type Loading, loadRows, notedCommit } from './testing.ts'

const { EJSON } = BSON

describeService('mongodb', 'Loading MongoDB', (server) => {
  let own: TemporaryDatabase
  let db: ReturnType<MongoClient['db']>
  let session: DuckDbSession
  beforeAll(async () => {
    session = await openDuckDbSession()
    await session.connection.run("SET TimeZone = 'America/New_York'")
  })
  afterAll(() => session.close())
  beforeEach(async () => {
    own = await temporaryDatabase(server)
    db = own.db()
  })
  afterEach(async () => {
    const left = (await db.listCollections().toArray()).map(({ name }) => name)
    await own.close()
    expect(left.filter((name) => /^_logidata_(?:new|old)/.test(name))).toEqual([])
  })

  const load = (query: string, given: Record<string, unknown> = {}, more: Loading = {}) =>
    loadRows(session, own.connection, query, given, more)
  const forecast = async (query: string, given: Record<string, unknown> = {}) =>
    (await forecastRows(session, own.connection, query, given)).rows
  /** Documents as relaxed Extended JSON, without what differs each time. */
  const all = async (collection = 't', canonical = false): Promise<Document[]> => {
    const found = await db.collection(collection).find({}, { promoteValues: !canonical }).toArray()
    const plain = found.map((doc) => EJSON.serialize(doc, { relaxed: !canonical }) as Document)
    return plain
      .map(({ _id, ...rest }) => (typeof _id === 'object' ? rest : { _id, ...rest }))
      .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
  }

  test('every type of DuckDB, exactly', async () => {
    const query = `SELECT 1::TINYINT a, true b, 4294967295::UINTEGER c, 9007199254740993 d, 0.1::DOUBLE f, 0.1::FLOAT g, chr(9) || '"''🙂' || 'é\\' h, '' i,
      '\\x00\\xFF\\x5CA'::BLOB j, DATE '0044-03-15 (BC)' k, TIME '23:59:59.999999' l, TIMESTAMP '1000-01-01 00:00:00.001' m, TIMESTAMPTZ '2024-07-01 12:00:00.5-04' n,
      '123e4567-e89b-12d3-a456-426614174000'::UUID o, '{"b": [1, 2.5, 12345678901], "1": {"$oid": "65a0b1c2d3e4f5a6b7c8d9e0"}}'::JSON p, [1, NULL]::INTEGER[] q,
      {'x': [{'y': DATE '2024-01-02', 'z': '\\x41\\x00'::BLOB}], 'w': 1.5::DOUBLE} r, MAP {'k': 5::BIGINT} s, NULL t, '65a0b1c2d3e4f5a6b7c8d9e0' u`
    expect(await load(query, { object_ids: ['u'] })).toEqual({ rows: 1n, written: ['t'] })
    const [doc] = await all('t', true)
    expect(doc).toEqual({
      a: { $numberInt: '1' },
      b: true,
      c: { $numberLong: '4294967295' },
      d: { $numberLong: '9007199254740993' },
      f: { $numberDouble: '0.1' },
      g: { $numberDouble: '0.10000000149011612' },
      h: '\t"\'🙂é\\',
      i: '',
      j: { $binary: { base64: 'AP9cQQ==', subType: '00' } },
      k: {
        $date: {
          $numberLong: String(new Date(0).setUTCFullYear(-43, 2, 15)),
        },
      },
      l: '23:59:59.999999',
      m: { $date: { $numberLong: String(Date.parse('1000-01-01T00:00:00.001Z')) } },
      n: { $date: { $numberLong: String(Date.parse('2024-07-01T16:00:00.5Z')) } },
      o: { $binary: { base64: 'Ej5FZ+ibEtOkVkJmFBdAAA==', subType: '04' } },
      p: {
        b: [{ $numberInt: '1' }, { $numberDouble: '2.5' }, { $numberLong: '12345678901' }],
        '1': { $oid: '65a0b1c2d3e4f5a6b7c8d9e0' },
      },
      q: [{ $numberInt: '1' }, null],
      r: {
        x: [
          {
            y: { $date: { $numberLong: String(Date.UTC(2024, 0, 2)) } },
            z: { $binary: { base64: 'QQA=', subType: '00' } },
          },
        ],
        w: { $numberDouble: '1.5' },
      },
      s: { k: { $numberLong: '5' } },
      t: null,
      u: { $oid: '65a0b1c2d3e4f5a6b7c8d9e0' },
    })
  })

  test('what cannot be written ends the load with its row and column, and the target is as it was', async () => {
    await load("SELECT 1 id, 'old' v")
    for (const [query, given, message] of [
      [
        "SELECT i id, CASE WHEN i = 3 THEN 'x' ELSE '65a0b1c2d3e4f5a6b7c8d9e0' END v FROM range(5) r(i)",
        { object_ids: ['v'] },
        'Row 4, column “v”: “x” is not an ObjectId',
      ],
      ["SELECT TIMESTAMP '2024-01-01 00:00:00.000001' v", {}, 'Row 1, column “v”: 2024-01-01 00:00:00.000001 is finer'],
      ["SELECT 'infinity'::DATE v", {}, 'Row 1, column “v”: infinity is no point in time'],
      ["SELECT '12345678901234567890123456789012345678'::HUGEINT v", {}, 'more than the 34 digits'],
      ['SELECT \'{"$date": "tomorrow"}\'::JSON v', {}, 'Row 1, column “v”'],
      ["SELECT repeat('x', 17000000) v", {}, 'the server takes 16 MB'],
    ] as const)
      expect(await errorOf(load(query, { mode: 'replace', ...given }))).toMatchObject({
        code: 'load.value',
        kind: 'user',
        message: expect.stringContaining(message),
      })
    expect(await all()).toEqual([{ id: 1, v: 'old' }])
    await load("SELECT TIMESTAMP '2024-01-01 00:00:00.000999' v", { mode: 'replace', microseconds: 'cut' })
    expect(await all()).toEqual([{ v: { $date: '2024-01-01T00:00:00Z' } }])
    expect(await errorOf(load('SELECT 1 "a.b", 2 id', { mode: 'upsert', key: ['id'] }))).toMatchObject({
      code: 'load.name',
    })
    expect(await errorOf(load('SELECT 1 id', { mode: 'upsert', key: ['idd'] }))).toMatchObject({
      code: 'column.not-found',
      hint: 'Did you mean “id”?',
    })
  })

  test('append and replace; indexes stay; each with the key of its load', async () => {
    await db.collection('t').createIndex({ p: 1 })
    const { said, commit } = notedCommit('one')
    await load('SELECT i _id, i % 2 p FROM range(3000) r(i)', {}, { commit })
    expect([said, await isCommitted(own.connection, 'one'), await isCommitted(own.connection, 'two')]).toEqual([
      ['intend'],
      true,
      false,
    ])
    // Killed before it cleared away: who asks does.
    await db.createCollection(namesOf('one').staging)
    await isCommitted(own.connection, 'one')
    expect(await db.listCollections({ name: namesOf('one').staging }).toArray()).toEqual([])
    // The same load again: it is known, and nothing comes twice.
    expect(await load('SELECT i _id, i % 2 p FROM range(3000) r(i)', {}, { commit })).toMatchObject({ rows: 3000n })
    expect(await db.collection('t').countDocuments()).toBe(3000)
    expect(await forecast('SELECT 1', { mode: 'replace' })).toEqual({
      new: '1',
      changed: '0',
      deleted: '3000',
      unchanged: '0',
    })
    await load('SELECT 7 _id, 8 p', { mode: 'replace' })
    expect(await all()).toEqual([{ _id: 7, p: 8 }])
    expect((await db.collection('t').indexes()).map(({ name }) => name)).toEqual(['_id_', 'p_1'])
    expect(await errorOf(load('SELECT 7 _id, 9 p'))).toMatchObject({
      code: 'load.key',
      message: expect.stringContaining('_id 7 already'),
    })
    expect(await all()).toEqual([{ _id: 7, p: 8 }])
    await load('SELECT 1 x WHERE false', { mode: 'replace' })
    expect(await all()).toEqual([])
  })

  test('truncate and parts', async () => {
    await load("SELECT i _id, i % 3 p, 'old' v FROM range(2500) r(i)")
    await load("SELECT i _id, i % 3 p, 'new' v FROM range(10) r(i)", { mode: 'truncate' })
    expect(await all()).toEqual(Array.from({ length: 10 }, (_, i) => ({ _id: i, p: i % 3, v: 'new' })))
    const parts = "SELECT 50 _id, 1 p, 'part' v UNION ALL SELECT 51, NULL, 'part'"
    expect(await forecast(parts, { mode: 'delete_insert', parts: ['p'] })).toEqual({
      new: '2',
      changed: '0',
      deleted: '3',
      unchanged: '7',
    })
    await load(parts, { mode: 'delete_insert', parts: ['p'] })
    expect((await all()).map(({ _id }) => _id as number).sort((a, b) => a - b)).toEqual([0, 2, 3, 5, 6, 8, 9, 50, 51])
    expect(await errorOf(load('SELECT 50 _id, 2 p', { mode: 'delete_insert', parts: ['p'] }))).toMatchObject({
      code: 'load.key',
    })
    expect(await db.collection('t').countDocuments()).toBe(9)
  })

  test('upsert, merge and soft delete by key; other fields stay', async () => {
    await db.collection('t').insertMany([1, 2, 3].map((id) => ({ id, v: 'old', extra: id })))
    const rows = "SELECT * FROM (VALUES (2, 'old'), (3, 'new'), (4, 'new')) r(id, v)"
    const key = ['id']
    expect(await forecast(rows, { mode: 'upsert', key })).toEqual({
      new: '1',
      changed: '1',
      deleted: '0',
      unchanged: '2',
    })
    expect(await forecast(rows, { mode: 'soft_delete', key })).toEqual({
      new: '1',
      changed: '1',
      deleted: '1',
      unchanged: '1',
    })
    await load(rows, { mode: 'upsert', key })
    const kept = [
      { id: 1, v: 'old', extra: 1 },
      { id: 2, v: 'old', extra: 2 },
      { id: 3, v: 'new', extra: 3 },
    ]
    const byId = async () => (await all()).sort((a, b) => Number(a.id) - Number(b.id))
    expect(await byId()).toEqual([...kept, { id: 4, v: 'new' }])
    expect((await db.collection('t').indexes()).at(-1)).toMatchObject({ key: { id: 1 }, unique: true })
    await load("SELECT 5 id, 'm' v UNION ALL SELECT 1, 'm'", { mode: 'merge', key, when_new: 'skip' })
    expect(await byId()).toEqual([{ id: 1, v: 'm', extra: 1 }, ...kept.slice(1), { id: 4, v: 'new' }])
    await load("SELECT 5 id, 'm' v UNION ALL SELECT 2, 'm'", {
      mode: 'merge',
      key,
      when_there: 'skip',
      when_gone: 'delete',
    })
    expect(await byId()).toEqual([
      { id: 2, v: 'old', extra: 2 },
      { id: 5, v: 'm' },
    ])
    await load("SELECT 5 id, 'm' v", { mode: 'soft_delete', key })
    expect(await byId()).toEqual([
      { id: 2, v: 'old', extra: 2, deleted_at: { $date: expect.any(String) } },
      { id: 5, v: 'm' },
    ])
    await load("SELECT 2 id, NULL v UNION ALL SELECT 5, 'n'", { mode: 'soft_delete', key, nulls: 'omit' })
    expect(await byId()).toEqual([
      { id: 2, extra: 2 },
      { id: 5, v: 'n' },
    ])
    await load("SELECT 'a' _id, 1 n", { collection: 'u', mode: 'upsert', key: ['_id'] })
    await load("SELECT 'a' _id, 2 n UNION ALL SELECT 'b', 3", { collection: 'u', mode: 'upsert', key: ['_id'] })
    expect(await all('u')).toEqual([
      { _id: 'a', n: 2 },
      { _id: 'b', n: 3 },
    ])
  })

  test('history: versions with their time', async () => {
    const given = { mode: 'history', key: ['id', 'w'] }
    await load("SELECT i id, 'x' w, 'old' v FROM range(3) r(i)", given)
    const next = "SELECT 0::BIGINT id, 'x' w, 'old' v UNION ALL SELECT 1, 'x', 'new' UNION ALL SELECT 9, 'x', 'new'"
    expect(await forecast(next, { ...given, when_gone: 'delete' })).toEqual({
      new: '1',
      changed: '1',
      deleted: '1',
      unchanged: '1',
    })
    await load(next, { ...given, when_gone: 'delete' })
    const versions = (await all()).map(({ id, v, is_current, valid_from, valid_to }) => [
      id,
      v,
      is_current,
      valid_from !== null,
      valid_to !== null,
    ])
    expect(versions.sort((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
      [0, 'old', true, true, false],
      [1, 'new', true, true, false],
      [1, 'old', false, true, true],
      [2, 'old', false, true, true],
      [9, 'new', true, true, false],
    ])
    await load(next, given)
    expect(await all()).toHaveLength(5)
  })

  test('a key that repeats or is missing is refused before anything changes', async () => {
    await load("SELECT 1 id, 'x' v", { mode: 'upsert', key: ['id'] })
    for (const [query, message] of [
      ['SELECT 2 id, 3 v UNION ALL SELECT 2, 4', /The key 2 comes 2 times/],
      ['SELECT NULL::INTEGER id, 3 v', /no value in the key/],
    ] as const)
      for (const mode of ['upsert', 'replace', 'history', 'soft_delete'])
        expect(await errorOf(load(query, { mode, key: ['id'] }))).toMatchObject({
          code: 'load.key',
          message: expect.stringMatching(message),
        })
    expect(await all()).toEqual([{ id: 1, v: 'x' }])
    expect(await errorOf(load("SELECT 1 id, 'y' v"))).toMatchObject({ code: 'load.key' })
    await db.collection('twice').insertMany([{ id: 1 }, { id: 1 }])
    expect(await errorOf(load('SELECT 1 id', { collection: 'twice', mode: 'upsert', key: ['id'] }))).toMatchObject({
      code: 'load.key',
      message: expect.stringContaining('holds documents of the same key'),
    })
    expect(await all()).toEqual([{ id: 1, v: 'x' }])
  })

  test('a cancel before the change ends the load, and nothing is left', async () => {
    const stop = new AbortController()
    const stopped = errorOf(load("SELECT i id, repeat('x', 90) v FROM range(300000) r(i)", {}, { signal: stop.signal }))
    setTimeout(() => stop.abort(), 300)
    expect(await stopped).toMatchObject({ kind: 'cancelled' })
    expect(await all()).toEqual([])
  })
})
