import { onTestFinished, vi } from 'vitest'
import { main } from '../main.ts'

/** The same `main` as `bin/logidata.js` calls, with the real engine; only where its words go is watched. */
export async function logidata(...args: string[]): Promise<{ code: number; out: string; told: string }> {
  const out: string[] = []
  const told: string[] = []
  const listeners = new Map(
    (['SIGINT', 'SIGTERM'] as const).map((signal) => [signal, process.listeners(signal)] as const),
  )
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0),
  ]
  onTestFinished(() => {
    vi.unstubAllEnvs()
    for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error')
    for (const [signal, before] of listeners)
      for (const listener of process.listeners(signal))
        if (!before.includes(listener)) process.removeListener(signal, listener)
  })
  try {
    const code = await main(args)
    return { code, out: out.join(''), told: told.join('') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
