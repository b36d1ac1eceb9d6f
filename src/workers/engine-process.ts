import { createEngineService } from './engine-service.ts'

// The entry of the engine process, forked by `main/engine/supervisor.ts`. A native abort ends this process and nothing else.

// Not `process.exit`, which would wait for the thread.
const service = createEngineService({ end: () => process.kill(process.pid, 'SIGKILL') })
// Ctrl+C in a terminal reaches the whole group; the application decides when to stop, by closing the channel.
process.on('SIGINT', () => {})
// Its thread has begun to load the catalogue: this one reads the contract meanwhile. What arrives until then waits.
const [{ channelTransport }, { engineContract }, { serve }] = await Promise.all([
  import('../shared/rpc/channel-transport.ts'),
  import('../shared/rpc/engine-contract.ts'),
  import('../shared/rpc/host.ts'),
])
const transport = channelTransport(process)
serve(engineContract, service.handlers, transport, {
  onBug: (thrown, method) => {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    process.stderr.write(`engine: ${method}: ${text}\n`)
  },
})

let ending = false
async function end(): Promise<void> {
  if (ending) return
  ending = true
  // Whoever waits for us has gone; a query that does not let go must not keep the process alive.
  setTimeout(() => process.exit(1), 5_000).unref()
  await service.close()
  process.exit(0)
}
// The channel closes when the application ends, however it ends.
transport.onClose(() => void end())
if (!process.connected) void end()
process.on('SIGTERM', () => void end())
