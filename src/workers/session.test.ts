import { afterAll, beforeAll, expect, test } from 'vitest'
import { stage } from '../modules/kit/files/stage.ts'
import { raw } from '../modules/kit/sql.ts'
import { toErrorInfo } from '../shared/errors.ts'
import { type TemporaryProject, temporaryProject } from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject({ connections: 1 })
})
afterAll(() => own.close())

test('a stream ends when it is cancelled, and its connection can be used again', async () => {
  const abort = new AbortController()
  let seen = 0
  const running = own.project.session.lease(abort.signal, async (session) => {
    for await (const batch of session.stream(raw('SELECT i FROM range(1000000000) AS t(i)'))) {
      seen += batch.length
      if (seen > 100_000) abort.abort()
    }
  })
  await expect(running).rejects.toSatisfy((thrown) => toErrorInfo(thrown).kind === 'cancelled')
  expect(seen).toBeLessThan(110_000)
  const rows = await own.project.session.lease(new AbortController().signal, (session) =>
    session.query(raw('SELECT 1')),
  )
  expect(rows.rows).toEqual([['1']])
})

test('a query that computes for long before its first row is interrupted too', async () => {
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 50)
  const slow = raw('SELECT count(*) FROM range(10000000000) AS t(i) WHERE hash(i) = 1')
  const running = own.project.session.lease(abort.signal, async (session) => {
    for await (const _ of session.stream(slow));
  })
  await expect(running).rejects.toSatisfy((thrown) => toErrorInfo(thrown).kind === 'cancelled')
})

test('a second statement is refused while rows are streaming', async () => {
  const running = own.project.session.lease(new AbortController().signal, async (session) => {
    for await (const _ of session.stream(raw('SELECT i FROM range(10000) AS t(i)')))
      await session.query(raw('SELECT 1'))
  })
  await expect(running).rejects.toThrow(/second statement/)
})

test('staging that is cancelled leaves no table on the connection', async () => {
  const abort = new AbortController()
  const running = own.project.session.lease(abort.signal, (session) =>
    stage({ files: own.project.session.files, session, signal: abort.signal }, 'test', 'x', async (table) => {
      const rows = await table('rows', [{ name: 'v', type: 'INTEGER' }])
      await rows.write([[1]])
      abort.abort()
      await rows.write([[2]])
    }),
  )
  await expect(running).rejects.toSatisfy((thrown) => toErrorInfo(thrown).kind === 'cancelled')
  const tables = await own.project.session.lease(new AbortController().signal, (session) =>
    session.query(raw("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'ld_writer%'")),
  )
  expect(tables.rows).toEqual([['0']])
})
