import { Long, type MongoClient, ObjectId } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { connectionTo, type TemporaryDatabase, temporaryDatabase } from '../../connectors/mongodb/testing.ts'
import { discoverFrom, readFrom } from './testing.ts'

describeService('mongodb', 'Reading MongoDB', (server) => {
  let own: TemporaryDatabase
  let db: ReturnType<MongoClient['db']>
  beforeAll(async () => {
    own = await temporaryDatabase(server)
    db = own.db()
    await db.collection<{ _id: number; name: string; at: Date; n: number }>('c').insertMany(
      Array.from({ length: 3000 }, (_, n) => ({
        _id: n,
        name: `name ${n}`,
        at: new Date(Date.UTC(2024, 0, 1) + n * 1000),
        n: n % 7,
      })),
    )
  })
  afterAll(() => own.close())

  test('reads Chinook’s invoices with their lines inside', async () => {
    const { columns, rows } = await readFrom(connectionTo(server), { collection: 'invoice' })
    expect(rows).toHaveLength(412)
    expect(columns.map(({ type }) => type).at(-1)).toBe(
      'STRUCT("invoice_line_id" BIGINT, "track_id" BIGINT, "unit_price" DOUBLE, "quantity" BIGINT)[]',
    )
    expect(rows.find(([id]) => id === '1')?.slice(0, 5)).toEqual(['1', '1', '2', '2021-01-01 00:00:00+00', '1.98'])
  })

  test('the rows that the server knows of are known before, where all of them are read', async () => {
    expect((await discoverFrom(own.connection)).rows).toBe(3000)
    expect((await discoverFrom(own.connection, { filter: '{"n": 1}' })).rows).toBeUndefined()
  })

  test('filter, fields, projection, sort and limit reach the server; parameters are values', async () => {
    const ids = async (given: Record<string, unknown>, more = {}) =>
      (await readFrom(own.connection, given, more)).rows.map((row) => row.join())
    expect(await ids({ filter: '{"n": 3}', sort: '{"_id": -1}', limit: 2, fields: ['_id', 'n'] })).toEqual([
      '2999,3',
      '2992,3',
    ])
    expect(await ids({ projection: '{"n": 1, "_id": 0}', limit: 1 })).toEqual(['0'])
    const parameters = {
      since: { type: 'timestamp', value: '2024-01-01 00:49:58' },
      who: { type: 'text', value: '{"$gt": ""}' },
    } as const
    expect(
      await ids({ filter: '{"at": {"$gte": {"$parameter": "$since"}}}', fields: ['_id'] }, { parameters }),
    ).toEqual(['2998', '2999'])
    expect(
      await errorOf(ids({ filter: '{"name": {"$parameter": "$who"}}', fields: ['_id'] }, { parameters })),
    ).toMatchObject({ code: 'source.empty' })
    expect(await errorOf(ids({ filter: '{"name": "$who"}' }, { parameters }))).toMatchObject({
      code: 'source.query',
      hint: 'Write {"$parameter": "$who"}.',
    })
    expect(await errorOf(ids({ filter: '{"name": {"$parameter": "$sinc"}}' }, { parameters }))).toMatchObject({
      code: 'parameter.unknown',
      hint: 'Did you mean “$since”?',
    })
    expect(await ids({ filter: '{"_id": {"$lt": 5}}', fields: ['_id'] }, { limit: 3 })).toHaveLength(3)
  })

  test('an aggregation pipeline', async () => {
    const pipeline =
      '[{"$match": {"_id": {"$lt": 14}}}, {"$group": {"_id": "$n", "count": {"$sum": 1}}}, {"$sort": {"_id": 1}}]'
    const { rows } = await readFrom(own.connection, { pipeline })
    expect(rows).toEqual(Array.from({ length: 7 }, (_, n) => [String(n), '2']))
    expect(await errorOf(discoverFrom(own.connection, { pipeline: '[{"$out": "x"}]' }))).toMatchObject({
      code: 'source.query',
      message: expect.stringContaining('only reads'),
    })
    expect(await errorOf(discoverFrom(own.connection, { pipeline: '{"$match": {}}' }))).toMatchObject({
      code: 'source.query',
    })
    expect(await errorOf(discoverFrom(own.connection, { pipeline: '[{"$nonsense": {}}]' }))).toMatchObject({
      kind: 'user',
      code: expect.stringMatching(/^source\./),
    })
  })

  test('what is wrong is said with its field', async () => {
    expect(await errorOf(discoverFrom(own.connection, { collection: 'cc' }))).toMatchObject({
      code: 'source.not-found',
      hint: 'Did you mean “c”?',
      field: ['collection'],
    })
    expect(await errorOf(discoverFrom(own.connection, { filter: '{"a": }' }))).toMatchObject({
      code: 'source.query',
      field: ['filter'],
    })
    expect(await errorOf(discoverFrom(own.connection, { filter: '{"a": {"$foo": 1}}' }))).toMatchObject({
      code: 'source.query',
    })
    expect(await errorOf(discoverFrom(own.connection, { fields: ['nam'] }))).toMatchObject({
      code: 'column.not-found',
      hint: 'Did you mean “name”?',
    })
  })

  test('only what is new, by date, number and ObjectId, with overlap', async () => {
    const at = (seconds: number) => new Date(Date.UTC(2024, 0, 1) + seconds * 1000)
    const ids = [1, 2, 3].map((second) => ObjectId.createFromTime(1_700_000_000 + second))
    for (const [field, first, later, overlap] of [
      ['at', [at(1), at(2), at(3)], at(4), 1],
      ['n', [1, Long.fromString('9007199254740993'), 3], Long.fromString('9007199254740994'), 1],
      ['o', ids, ObjectId.createFromTime(1_700_000_004), 1],
    ] as const) {
      const collection = `inc_${field}`
      await db.collection(collection).insertMany([...first.map((value) => ({ [field]: value })), { other: true }])
      const given = { collection, fields: [field], mixed: 'json', incremental: { field } }
      const one = await readFrom(own.connection, given)
      expect(one.rows).toHaveLength(4)
      const state = one.result.state
      const nothing = await readFrom(own.connection, given, { ...(state === undefined ? {} : { state }) })
      expect([nothing.rows.length, nothing.result.state]).toEqual([0, state])
      await db.collection(collection).insertOne({ [field]: later })
      const two = await readFrom(own.connection, given, { ...(state === undefined ? {} : { state }) })
      expect(two.rows).toHaveLength(1)
      const wide = await readFrom(
        own.connection,
        { ...given, incremental: { field, overlap } },
        { ...(state === undefined ? {} : { state }) },
      )
      expect(wide.rows.length).toBe(field === 'at' ? 3 : field === 'n' ? 2 : 3)
      expect(
        await errorOf(
          readFrom(
            own.connection,
            { ...given, incremental: { field: 'other' } },
            { ...(state === undefined ? {} : { state }) },
          ),
        ),
      ).toMatchObject({ code: 'cursor.other' })
    }
    expect(await errorOf(readFrom(own.connection, { incremental: { field: 'name' } }))).toMatchObject({
      code: 'source.watermark',
    })
  })

  test('a wrong password, nobody there, a cancel', async () => {
    const wrong = { ...own.connection, secrets: { password: 'wrong' } }
    expect(await errorOf(discoverFrom(wrong))).toMatchObject({ code: 'connection.login', kind: 'operational' })
    expect(await errorOf(discoverFrom(connectionTo(server, { port: 1, connect_timeout_seconds: 2 })))).toMatchObject({
      code: 'connection.refused',
    })
    const stop = new AbortController()
    const stopped = errorOf(readFrom(own.connection, {}, { signal: stop.signal }))
    setTimeout(() => stop.abort(), 20)
    expect(await stopped).toMatchObject({ kind: 'cancelled' })
  })
})
