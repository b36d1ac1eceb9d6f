import { closeSync, constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { cancelledError } from '../../../shared/errors.ts'
import { makePipe } from './named-pipe.ts'
import type { TextPipe } from './text-pipe-request.ts'
import { fillSegments } from './text-segments.ts'

/** How often it is asked whether DuckDB has opened its end, or is still stuck there. */
const ASK_AGAIN_MS = 2
/** Of text that waits in this process. */
const BUFFERED = 256 * 1024

/**
 * Moves text into the sink's files as it comes: through a named pipe, or by temporary files where the system has none. Memory stays bounded;
 * what goes wrong on one side ends the other, and both have ended when this does.
 * @returns rows @throws LogiDataError; whatever `fill` threw
 */
export async function textPipe(request: TextPipe): Promise<bigint> {
  if (request.signal.aborted) throw cancelledError()
  if (request.segmentBytes !== undefined) return fillSegments(request, request.segmentBytes)
  const path = request.sink.temporary(request.ending)
  return (await makePipe(path)) ? throughPipe(request, path) : fillSegments(request)
}

async function throughPipe({ sink, select, fill, signal }: TextPipe, path: string): Promise<bigint> {
  const ending = new AbortController()
  const both = AbortSignal.any([signal, ending.signal])
  let copied = false
  const copying = sink.copy(select(path)).finally(() => {
    copied = true
    ending.abort()
  })
  copying.catch(() => undefined)
  let failure: { readonly thrown: unknown } | undefined
  let socket: Socket | undefined
  try {
    const descriptor = await openForReader(path, both)
    // Not through the thread pool: DuckDB's queries hold its threads, and a write that waits behind them would wait for ever.
    socket = new Socket({ fd: descriptor, readable: false, writable: true, writableHighWaterMark: BUFFERED } as object)
    const closed = finished(socket, { readable: false })
    closed.catch(() => undefined)
    await fill(socket, both)
    if (!socket.writableEnded) socket.end()
    await closed
  } catch (thrown) {
    failure = { thrown }
  } finally {
    socket?.destroy()
  }
  // DuckDB waits where nobody writes: somebody who opens and leaves is the end of the text.
  while (!copied) {
    touch(path)
    await Promise.race([copying.catch(() => undefined), sleep(ASK_AGAIN_MS * 5)])
  }
  if (signal.aborted) throw cancelledError()
  // Where DuckDB ended first, the other side could only fail.
  const endedFirst = ending.signal.aborted && failure !== undefined && isConsequence(failure.thrown)
  if (failure && !endedFirst) throw failure.thrown
  return copying
}

/** The writing end of a pipe once there is a reading end. @throws LogiDataError `cancelled` */
async function openForReader(path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    if (signal.aborted) throw cancelledError()
    const descriptor = tryOpen(path)
    if (descriptor !== undefined) return descriptor
    await sleep(ASK_AGAIN_MS)
  }
}

function touch(path: string): void {
  const descriptor = tryOpen(path)
  if (descriptor !== undefined) closeSync(descriptor)
}

/** Does not block, so it needs no thread. */
function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENXIO') return undefined
    throw thrown
  }
}

const CONSEQUENCES = new Set(['EPIPE', 'ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'cancelled'])

function isConsequence(thrown: unknown): boolean {
  const { code, name, info } = thrown as { code?: string; name?: string; info?: { code: string } }
  return name === 'AbortError' || CONSEQUENCES.has(info?.code ?? code ?? '')
}
