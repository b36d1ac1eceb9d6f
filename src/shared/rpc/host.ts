import type { z } from 'zod'
import { type ErrorInfo, LogiDataError, toErrorInfo, userError } from '../errors.ts'
import { assertNever } from '../result.ts'
import type { CallMethod, Contract, HandlerContext, Handlers, StreamMethod } from './contract.ts'
import { Credit } from './credit.ts'
import { type ClientFrame, clientFrameSchema, frameId, type HostFrame } from './frames.ts'
import type { Transport } from './transport.ts'

export interface ServeOptions {
  /** Also parses what handlers give: in tests and development, where the cost does not matter. */
  readonly checkOutput?: boolean
  /** Gets what a handler threw without meaning to, for the log. The client gets its message, never its stack. */
  readonly onBug?: (thrown: unknown, method: string) => void
}

export interface RpcHost {
  /** Aborts what is running and closes the transport. */
  close(): void
}

interface Running {
  readonly controller: AbortController
  readonly credit: Credit
}

type AnyCall = (input: unknown, context: HandlerContext) => Promise<unknown>
type AnyStream = (input: unknown, context: HandlerContext) => AsyncIterable<unknown>

/** Answers a contract's requests until the transport ends, which aborts every handler. */
export function serve<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  transport: Transport,
  options: ServeOptions = {},
): RpcHost {
  const running = new Map<number, Running>()
  const send = (frame: HostFrame) => transport.send(frame)

  transport.onMessage((raw) => {
    const parsed = clientFrameSchema.safeParse(raw)
    if (!parsed.success) {
      const id = frameId(raw)
      if (id !== undefined) send({ kind: 'error', id, error: badFrame('The request was not understood.') })
      return
    }
    const frame = parsed.data
    switch (frame.kind) {
      case 'request':
        // `answer` settles every failure itself.
        void answer(frame)
        return
      case 'more':
        running.get(frame.id)?.credit.add(frame.credit)
        return
      case 'cancel':
        running.get(frame.id)?.controller.abort()
        return
      default:
        assertNever(frame)
    }
  })
  transport.onClose(abortAll)

  function abortAll(): void {
    for (const one of running.values()) one.controller.abort()
  }

  async function answer(request: ClientFrame & { kind: 'request' }): Promise<void> {
    const { id } = request
    if (running.has(id)) return send({ kind: 'error', id, error: badFrame(`Request ${id} is still running.`) })
    const controller = new AbortController()
    const credit = new Credit(request.credit ?? 1)
    running.set(id, { controller, credit })
    try {
      // `hasOwn`: `constructor` and `__proto__` are no methods.
      const method = Object.hasOwn(contract, request.method) ? contract[request.method] : undefined
      if (!method) throw new LogiDataError('bug', 'rpc.unknown-method', `There is no method “${request.method}”.`)
      const input = parseInput(method, request)
      // The contract's type ties each method to its handler; the compiler cannot follow a name known only at run time.
      const handler = handlers[request.method as keyof C] as unknown
      if (method.kind === 'call') await answerCall(id, method, handler as AnyCall, input, controller.signal)
      else await answerStream(id, method, handler as AnyStream, input, controller.signal, credit)
    } catch (thrown) {
      const error = toErrorInfo(thrown)
      if (error.kind === 'bug') options.onBug?.(thrown, request.method)
      if (!controller.signal.aborted) send({ kind: 'error', id, error })
    } finally {
      running.delete(id)
    }
  }

  async function answerCall(id: number, method: CallMethod, handler: AnyCall, input: unknown, signal: AbortSignal) {
    const value = await handler(input, { signal })
    if (options.checkOutput) checkOutput(method.output, value)
    // Somebody who cancelled has gone; the answer has no address any more.
    if (!signal.aborted) send({ kind: 'ok', id, value })
  }

  async function answerStream(
    id: number,
    method: StreamMethod,
    handler: AnyStream,
    input: unknown,
    signal: AbortSignal,
    credit: Credit,
  ) {
    const iterator = handler(input, { signal })[Symbol.asyncIterator]()
    try {
      for (;;) {
        await credit.take(signal)
        if (signal.aborted) return
        const next = await iterator.next()
        if (signal.aborted) return
        if (next.done) return send({ kind: 'end', id })
        if (options.checkOutput) checkOutput(method.item, next.value)
        send({ kind: 'item', id, value: next.value })
      }
    } finally {
      await iterator.return?.()
    }
  }

  return {
    close() {
      abortAll()
      transport.close()
    },
  }
}

function parseInput(method: CallMethod | StreamMethod, request: { method: string; input?: unknown }): unknown {
  const parsed = method.input.safeParse(request.input)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.filter((part) => typeof part !== 'symbol') ?? []
  const where = field.length > 0 ? ` at ${field.join('.')}` : ''
  throw userError('rpc.invalid-input', `${request.method} does not accept this${where}: ${issue?.message}.`, { field })
}

function checkOutput(schema: z.ZodType, value: unknown): void {
  const parsed = schema.safeParse(value)
  if (parsed.success) return
  const issue = parsed.error.issues[0]
  throw new LogiDataError(
    'bug',
    'rpc.invalid-output',
    `The answer is not what the contract says at ${issue?.path.join('.') || 'its top'}: ${issue?.message}.`,
  )
}

const badFrame = (message: string): ErrorInfo => ({ code: 'rpc.bad-frame', kind: 'bug', message })
