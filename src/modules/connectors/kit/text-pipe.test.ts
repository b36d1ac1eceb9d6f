import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { operationalError } from '../../../shared/errors.ts'
import { type Sql, sql } from '../../kit/sql.ts'
import { errorOf } from './error-of.ts'
import { type TemporarySink, temporarySink } from './temporary-sink.ts'
import { textPipe } from './text-pipe.ts'
import type { TextPipe } from './text-pipe-request.ts'

const columns = [
  { name: 'a', type: 'BIGINT' },
  { name: 'b', type: 'VARCHAR' },
]
let sink: TemporarySink
let stop: AbortController
beforeEach(async () => {
  stop = new AbortController()
  sink = await temporarySink(columns, stop.signal)
})
afterEach(() => {
  expect(sink.running).toBe(0)
  sink.close()
})

const select = (path: string): Sql =>
  sql`SELECT * FROM read_csv(${path}, columns = {'a': 'BIGINT', 'b': 'VARCHAR'}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)`

const give = (more: Partial<TextPipe> & Pick<TextPipe, 'fill'>) =>
  textPipe({ sink, ending: '.csv', select, signal: stop.signal, quote: '"', ...more })

const LINES = 100_000
const text = function* (lines: number) {
  for (let at = 0; at < lines; at++) yield `${at},"line ${at}\nwith ""a"" break, and more of it"\n`
}
const sum = () => sink.rows((from) => sql`SELECT count(*), sum(c0), min(c1) FROM ${from}`)

describe.each([
  ['a pipe', {}],
  ['files', { segmentBytes: 100_000 }],
])('by %s', (_name, how) => {
  test('all rows arrive, line breaks within quotes included', async () => {
    const rows = await give({
      ...how,
      fill: (to, signal) => pipeline(Readable.from(text(LINES)), to, { signal }),
    })
    expect(rows).toBe(BigInt(LINES))
    expect((await sum()).rows).toEqual([[String(LINES), '4999950000', 'line 0\nwith "a" break, and more of it']])
  })

  test('nothing is no rows', async () => {
    expect(await give({ ...how, fill: async () => undefined })).toBe(0n)
  })

  test('what the writer throws is the error, and the reader has ended', async () => {
    const fill = async (to: { write(text: string): unknown }) => {
      to.write('1,x\n')
      throw operationalError('connection.lost', 'gone')
    }
    expect(await errorOf(give({ ...how, fill }))).toMatchObject({ code: 'connection.lost' })
  })

  test('text that the reader cannot take ends the writer', async () => {
    let ended = false
    const endless = Readable.from(
      (function* () {
        yield 'x,y\n'
        for (;;) yield `1,${'y'.repeat(1000)}\n`
      })(),
    )
    const fill: TextPipe['fill'] = (to, signal) =>
      pipeline(endless, to, { signal }).finally(() => {
        ended = true
      })
    const error = await errorOf(give({ ...how, fill }))
    expect(error.message).toContain('x')
    expect(error.code).not.toBe('internal')
    expect(ended).toBe(true)
  })

  test('a reader that cannot even begin ends the writer', async () => {
    const nothing = () => sql`SELECT * FROM there_is_no_such_table`
    const error = await errorOf(
      give({ ...how, select: nothing, fill: (to, signal) => pipeline(Readable.from(text(LINES)), to, { signal }) }),
    )
    expect(error.message).toContain('there_is_no_such_table')
  })

  test('a reader that has enough ends the writer', async () => {
    if ('segmentBytes' in how) return
    const rows = await give({
      ...how,
      select: (path) => sql`${select(path)} LIMIT 5`,
      fill: (to, signal) => pipeline(Readable.from(text(1e9)), to, { signal }),
    })
    expect(rows).toBe(5n)
  })

  test('a cancel ends both while the writer waits', async () => {
    const fill: TextPipe['fill'] = async (to, signal) => {
      to.write('1,x\n')
      setTimeout(() => stop.abort(), 20)
      await pipeline(new Readable({ read: () => undefined }), to, { signal })
    }
    expect(await errorOf(give({ ...how, fill }))).toMatchObject({ code: 'cancelled' })
  })

  test('a cancel ends a reader that waits for its first byte', async () => {
    const fill: TextPipe['fill'] = (_to, signal) => {
      setTimeout(() => stop.abort(), 20)
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('ended')))
      })
    }
    expect(await errorOf(give({ ...how, fill }))).toMatchObject({ code: 'cancelled' })
  })

  test('several at once do not wait for each other', async () => {
    const many = await Promise.all(
      Array.from({ length: 5 }, () =>
        give({ ...how, fill: (to, signal) => pipeline(Readable.from(text(20_000)), to, { signal }) }),
      ),
    )
    expect(many).toEqual(Array(5).fill(20_000n))
  })

  test('a fast writer waits for a slow reader', async () => {
    // DuckDB has memory of its own, with a limit.
    const held = () => process.memoryUsage().external + process.memoryUsage().heapUsed
    const before = held()
    let peak = before
    const line = `1,${'y'.repeat(1000)}\n`.repeat(100)
    const source = Readable.from(
      (function* () {
        for (let at = 0; at < 3000; at++) {
          peak = Math.max(peak, held())
          yield Buffer.from(line)
        }
      })(),
      { objectMode: true, highWaterMark: 1 },
    )
    const segments = 'segmentBytes' in how ? { segmentBytes: 10e6 } : {}
    const rows = await give({ ...segments, fill: (to, signal) => pipeline(source, to, { signal }) })
    expect(rows).toBe(300_000n)
    // Of 300 MB. V8 lets some 64 MB of buffers that nobody holds any more stand before it collects them.
    expect(peak - before).toBeLessThan(150e6)
  })
})

test('a reading that fails while the next file is cut off ends the writer too', async () => {
  const slow = {
    temporary: (ending: string) => sink.temporary(ending),
    copy: () => sleep(200).then(() => Promise.reject(operationalError('x', 'the reader fails'))),
  }
  const fill: TextPipe['fill'] = (to, signal) => pipeline(Readable.from(text(20_000)), to, { signal })
  expect(await errorOf(give({ sink: slow as never, segmentBytes: 100_000, fill }))).toMatchObject({ code: 'x' })
})
