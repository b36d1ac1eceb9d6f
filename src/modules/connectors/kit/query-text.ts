import { closeSync, constants, createReadStream, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { cancelledError } from '../../../shared/errors.ts'
import type { LoadRequest } from '../../kit/contract.ts'
import { temporaryPath } from '../../kit/files/temporary-names.ts'
import { joinSql, type Sql, sql } from '../../kit/sql.ts'
import { makePipe } from './named-pipe.ts'

const ASK_AGAIN_MS = 10

export interface QueryText extends Pick<LoadRequest<never>, 'session' | 'signal'> {
  readonly files: { readonly staging: string }
  readonly select: Sql
  /** How the text of the rows is written: `HEADER false`, `NULLSTR 'NULL'`, … of DuckDB's CSV. */
  readonly options: readonly Sql[]
  /** The rows come in their order, for which DuckDB keeps a part of them in memory; otherwise as they are ready. */
  readonly ordered: boolean
  /** For tests, and where there are no named pipes: the text is in a file before it is read. */
  readonly byFile?: boolean
}

/**
 * Gives the rows of a SELECT as the text that DuckDB writes of them, by a named pipe: no value of them becomes one of JavaScript. What goes
 * wrong on one side ends the other, and both have ended when this does.
 * @param take reads the text to its end; it is destroyed with an error where the rows end with one
 * @returns rows @throws LogiDataError; whatever `take` threw
 */
export async function queryText(request: QueryText, take: (text: Readable) => Promise<void>): Promise<bigint> {
  if (request.signal.aborted) throw cancelledError()
  const path = temporaryPath(join(request.files.staging, 'rows.csv'), 'part')
  try {
    return request.byFile || !(await makePipe(path))
      ? await throughFile(request, path, take)
      : await throughPipe(request, path, take)
  } finally {
    await rm(path, { force: true })
  }
}

function copyOf({ session, select, options, ordered }: QueryText, path: string) {
  const all = [sql`FORMAT csv`, sql`HEADER false`, sql`USE_TMP_FILE false`, sql`PRESERVE_ORDER ${ordered}`, ...options]
  return session.execute(sql`COPY (${select}) TO ${path} (${joinSql(all)})`)
}

async function throughFile(request: QueryText, path: string, take: (text: Readable) => Promise<void>): Promise<bigint> {
  const { rowsChanged } = await copyOf(request, path)
  await take(createReadStream(path, { highWaterMark: 256 * 1024, signal: request.signal }))
  return rowsChanged
}

async function throughPipe(request: QueryText, path: string, take: (text: Readable) => Promise<void>): Promise<bigint> {
  // Whoever may write too keeps the pipe from its end until DuckDB has opened it and written all.
  const held = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  let holding = true
  const release = () => {
    if (holding) closeSync(held)
    holding = false
  }
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  // Not through the thread pool: DuckDB's queries hold its threads.
  const text = new Socket({ fd: descriptor, readable: true, writable: false } as object)
  // Whoever reads it hears of it once they do.
  text.on('error', () => undefined)
  const taking = take(text)
  taking.catch(() => undefined)
  const copying = copyOf(request, path)
  // Before the pipe ends: what comes without all of its rows must not look whole.
  copying.then(release, (thrown) => {
    text.destroy(thrown as Error)
    release()
  })
  // Nobody reads what DuckDB still writes: it fails, and says so.
  const leaving = taking.catch(async () => {
    text.destroy()
    release()
    await leave(path, copying)
  })
  const [copied, taken] = await Promise.allSettled([copying, taking])
  await leaving
  text.destroy()
  release()
  if (request.signal.aborted) throw cancelledError()
  // Who failed first is the reason; a pipe without a reader is none.
  if (copied.status === 'rejected' && !(taken.status === 'rejected' && isBroken(copied.reason))) throw copied.reason
  if (taken.status === 'rejected') throw taken.reason
  if (copied.status === 'rejected') throw copied.reason
  return copied.value.rowsChanged
}

/** Who opens a pipe waits for its other end: somebody opens it and leaves, until the query has noticed. */
async function leave(path: string, copying: Promise<unknown>): Promise<void> {
  let ended = false
  const ending = copying
    .catch(() => undefined)
    .then(() => {
      ended = true
    })
  while (!ended) {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
    await Promise.race([ending, sleep(ASK_AGAIN_MS)])
  }
}

const isBroken = (thrown: unknown): boolean => /Broken pipe/i.test((thrown as Error).message)
