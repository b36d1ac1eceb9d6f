import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { newQuickJSWASMModuleFromVariant, type QuickJSContext } from 'quickjs-emscripten-core'
import { prelude } from './prelude.ts'
import type { SandboxAnswer, SandboxOptions, SandboxRequest } from './sandbox-protocol.ts'

// A thread of its own: a script that never ends can be ended, and nobody who types waits behind it. What the script itself sees is
// QuickJS, which has no network, no files and no modules.

if (isMainThread || !parentPort) throw new Error('sandbox-thread.ts is the entry of a worker thread')
const port = parentPort
const options = workerData as SandboxOptions
const STACK_BYTES = 512 * 1024

const answer = (message: SandboxAnswer): void => port.postMessage(message)

let context: QuickJSContext | undefined
let deadline = Number.POSITIVE_INFINITY
let late = false

async function open(): Promise<void> {
  const quickjs = await newQuickJSWASMModuleFromVariant(import('@jitl/quickjs-wasmfile-release-sync'))
  const runtime = quickjs.newRuntime()
  runtime.setMemoryLimit(options.memoryBytes)
  runtime.setMaxStackSize(STACK_BYTES)
  runtime.setInterruptHandler(() => {
    late = performance.now() > deadline
    return late
  })
  const opened = runtime.newContext()
  for (const source of [prelude(options), scriptOf(options)]) {
    const made = limited(() => opened.evalCode(source.text, source.name))
    if (made.error) {
      const message = describeError(opened, made.error)
      answer({ kind: 'failed', reason: late ? 'time' : 'syntax', message })
      return
    }
    made.value.dispose()
  }
  context = opened
  answer({ kind: 'ready' })
}

/** The person's lines keep their numbers, less the first. */
function scriptOf({ mode, code }: SandboxOptions): { text: string; name: string } {
  const parameters = mode === 'row' ? 'row, index' : 'rows'
  return { text: `globalThis.__script = function (${parameters}) {\n${code}\n}`, name: 'script' }
}

function limited<T>(work: () => T): T {
  late = false
  deadline = performance.now() + options.seconds * 1000
  try {
    return work()
  } finally {
    deadline = Number.POSITIVE_INFINITY
  }
}

function describeError(opened: QuickJSContext, error: Parameters<QuickJSContext['dump']>[0]): string {
  const told: unknown = opened.dump(error)
  error.dispose()
  if (typeof told !== 'object' || told === null) return String(told)
  const { name = 'Error', message = '', stack = '' } = told as { name?: string; message?: string; stack?: string }
  return withLine(`${name}: ${message}`, stack)
}

/** `script:3:7` in a stack is line 2 of what the person wrote. */
function withLine(message: string, stack: string): string {
  const line = /script:(\d+)/.exec(stack)?.[1]
  return line === undefined ? message : `${message} (line ${Number(line) - 1})`
}

function run({ rows, start }: SandboxRequest): void {
  if (!context) return
  const opened = context
  const global = opened.getProp(opened.global, '__run')
  const input = opened.newString(rows)
  const first = opened.newNumber(start)
  const result = limited(() => opened.callFunction(global, opened.undefined, input, first))
  for (const handle of [global, input, first]) handle.dispose()
  if (result.error) {
    const message = describeError(opened, result.error)
    answer({ kind: 'failed', reason: late ? 'time' : /out of memory/.test(message) ? 'memory' : 'other', message })
    return
  }
  const text = opened.getString(result.value)
  result.value.dispose()
  answer({ kind: 'result', result: text })
}

port.on('message', (request: SandboxRequest) => {
  try {
    run(request)
  } catch (thrown) {
    answer({ kind: 'failed', reason: 'other', message: thrown instanceof Error ? thrown.message : String(thrown) })
  }
})
await open()
