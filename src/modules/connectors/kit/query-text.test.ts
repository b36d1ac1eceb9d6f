import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sessionOver } from '../../kit/duckdb-session.ts'
import { failure } from '../../kit/failure.ts'
import { raw, sql } from '../../kit/sql.ts'
import { errorOf } from './error-of.ts'
import { queryText } from './query-text.ts'

describe.each([
  ['by a pipe', {}],
  ['by a file', { byFile: true }],
])('%s', (_, how) => {
  let instance: DuckDBInstance
  let staging: string
  let stop: AbortController
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  })
  afterAll(() => instance.closeSync())
  beforeEach(() => {
    staging = mkdtempSync(join(tmpdir(), 'logidata-text-'))
    stop = new AbortController()
  })
  afterEach(() => {
    expect(readdirSync(staging)).toEqual([])
    rmSync(staging, { recursive: true })
  })

  const give = async (select: string, take: (text: Readable) => Promise<void>, late = 0) => {
    const connection = await instance.connect()
    const session = sessionOver(connection)
    const execute: typeof session.execute = async (query) => {
      await sleep(late)
      return session.execute(query)
    }
    const interrupt = () => connection.interrupt()
    stop.signal.addEventListener('abort', interrupt)
    try {
      return await queryText(
        {
          ...how,
          session: { ...session, execute },
          files: { staging },
          signal: stop.signal,
          select: raw(select),
          ordered: true,
          options: [sql`NULLSTR 'NULL'`, sql`FORCE_QUOTE (t)`],
        },
        take,
      )
    } finally {
      connection.closeSync()
    }
  }
  const read = async (select: string) => {
    const parts: Buffer[] = []
    const rows = await give(select, async (text) => {
      for await (const part of text) parts.push(part as Buffer)
    })
    return { rows, text: Buffer.concat(parts).toString() }
  }

  test('all rows arrive, and what is missing is no text', async () => {
    expect(await read(`SELECT unnest([1, 2, 3]) i, unnest(['a"b', NULL, 'NULL']) t`)).toEqual({
      rows: 3n,
      text: '1,"a""b"\n2,NULL\n3,"NULL"\n',
    })
    const { rows, text } = await read(`SELECT i, repeat('x', i % 100) t FROM range(200000) r(i)`)
    expect([rows, text.split('\n').length]).toEqual([200_000n, 200_001])
    expect(await read('SELECT 1 i, 2 t LIMIT 0')).toEqual({ rows: 0n, text: '' })
  })

  test.each([0, 150_000])(
    'an error of the query after %s rows is what went wrong, and the text does not end as whole',
    async (at) => {
      let ended = false
      const bad = failure('load.value', [], ['no'], 'mend it')
      const failing = give(
        `SELECT i, CASE WHEN i = ${at} THEN ${bad.text} ELSE 'x' END t FROM range(200000) r(i)`,
        async (text) => {
          for await (const _part of text);
          ended = true
        },
      )
      expect(await errorOf(failing)).toMatchObject({ code: 'load.value', message: 'no' })
      expect(ended).toBe(false)
    },
  )

  test('a reader that fails ends the query', async () => {
    const failing = give(
      `SELECT i, repeat('x', 100) t FROM range(100000000) r(i) LIMIT ${'byFile' in how ? 10 : 100_000_000}`,
      async (text) => {
        for await (const _part of text) throw new TypeError('the server is gone')
      },
    )
    await expect(failing).rejects.toThrow('the server is gone')
  })

  test('a reader that fails before the query has begun ends it too', async () => {
    const take = () => Promise.reject(new TypeError('no server'))
    await expect(give('SELECT i, i::VARCHAR t FROM range(1000000) r(i)', take, 50)).rejects.toThrow('no server')
  })

  test('a cancel ends both', async () => {
    setTimeout(() => stop.abort(), 50)
    const failing = read(`SELECT i, sha256(i::VARCHAR) t FROM range(1000000000) r(i)`)
    expect(await errorOf(failing)).toMatchObject({ code: 'cancelled' })
  })
})
