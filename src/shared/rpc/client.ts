import { cancelledError, fromErrorInfo, LogiDataError, operationalError } from '../errors.ts'
import { assertNever } from '../result.ts'
import type { CallNames, Contract, InputOf, ItemOf, OutputOf, RpcClient, StreamNames } from './contract.ts'
import { type ClientFrame, frameId, hostFrameSchema } from './frames.ts'
import { StreamBuffer } from './stream-buffer.ts'
import type { Transport } from './transport.ts'

/** What waits for the answer to one request. */
interface Pending {
  ok(value: unknown): void
  item(value: unknown): void
  end(): void
  fail(error: LogiDataError): void
}

/** Items that a stream's host may send ahead of its reader. */
const STREAM_WINDOW = 128

const disconnected = () =>
  operationalError('rpc.disconnected', 'The connection to the application was lost.', {
    hint: 'Try again; if it stays, reload the window or restart the application.',
  })
const misuse = (message: string) => new LogiDataError('bug', 'rpc.bad-frame', message)

/** Speaks a contract's methods over a transport, which it closes with itself. */
export function createClient<C extends Contract>(_contract: C, transport: Transport): RpcClient<C> {
  const pending = new Map<number, Pending>()
  let lastId = 0
  let open = true

  const send = (frame: ClientFrame) => transport.send(frame)

  transport.onMessage((raw) => {
    const parsed = hostFrameSchema.safeParse(raw)
    if (!parsed.success) {
      const id = frameId(raw)
      if (id !== undefined) take(id)?.fail(misuse('The application answered in a way that was not understood.'))
      return
    }
    const frame = parsed.data
    switch (frame.kind) {
      case 'ok':
        return take(frame.id)?.ok(frame.value)
      case 'item':
        return pending.get(frame.id)?.item(frame.value)
      case 'end':
        return take(frame.id)?.end()
      case 'error':
        return take(frame.id)?.fail(fromErrorInfo(frame.error))
      default:
        return assertNever(frame)
    }
  })
  transport.onClose(() => {
    open = false
    const waiting = [...pending.values()]
    pending.clear()
    for (const one of waiting) one.fail(disconnected())
  })

  function take(id: number): Pending | undefined {
    const found = pending.get(id)
    pending.delete(id)
    return found
  }

  function call(method: string, input: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelledError())
      if (!open) return reject(disconnected())
      const id = ++lastId
      const cancel = () => {
        if (take(id)) send({ kind: 'cancel', id })
        reject(cancelledError())
      }
      signal?.addEventListener('abort', cancel, { once: true })
      const release = () => signal?.removeEventListener('abort', cancel)
      const fail = (error: LogiDataError) => {
        release()
        reject(error)
      }
      const notACall = () => fail(misuse(`${method} answered as a stream.`))
      pending.set(id, {
        ok: (value) => {
          release()
          resolve(value)
        },
        item: notACall,
        end: notACall,
        fail,
      })
      send({ kind: 'request', id, method, input })
    })
  }

  function stream(method: string, input: unknown, signal: AbortSignal | undefined): AsyncIterator<unknown> {
    const id = ++lastId
    const cancel = () => {
      if (take(id)) send({ kind: 'cancel', id })
    }
    const abort = () => {
      cancel()
      buffer.fail(cancelledError())
    }
    const buffer = new StreamBuffer<unknown>({
      window: STREAM_WINDOW,
      more: (credit) => pending.has(id) && send({ kind: 'more', id, credit }),
      left: () => {
        signal?.removeEventListener('abort', abort)
        cancel()
      },
    })
    if (signal?.aborted) buffer.fail(cancelledError())
    else if (!open) buffer.fail(disconnected())
    else {
      signal?.addEventListener('abort', abort, { once: true })
      const release = () => signal?.removeEventListener('abort', abort)
      pending.set(id, {
        ok: () => buffer.fail(misuse(`${method} answered as a call.`)),
        item: (value) => buffer.push(value),
        end: () => {
          release()
          buffer.end()
        },
        fail: (error) => {
          release()
          buffer.fail(error)
        },
      })
      send({ kind: 'request', id, method, input, credit: STREAM_WINDOW })
    }
    return buffer
  }

  return {
    // The host has checked what it sends against the same contract; parsing rows twice would cost more than it finds.
    call: <N extends CallNames<C>>(name: N, input: InputOf<C[N]>, options?: { signal?: AbortSignal }) =>
      call(name, input, options?.signal) as Promise<OutputOf<C[N]>>,
    stream: <N extends StreamNames<C>>(name: N, input: InputOf<C[N]>, options?: { signal?: AbortSignal }) => ({
      [Symbol.asyncIterator]: () => stream(name, input, options?.signal) as AsyncIterator<ItemOf<C[N]>>,
    }),
    close: () => transport.close(),
  }
}
