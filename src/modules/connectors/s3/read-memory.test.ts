import { once } from 'node:events'
import { type AddressInfo, connect, createServer, Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ReadMemory } from './read-memory.ts'

const opened: { destroy(): void }[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.destroy()
})

async function pair(): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const coming = once(server, 'connection') as Promise<[Socket]>
  const onread = new ReadMemory()
  const near = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, onread })
  onread.socket = near
  const [far] = await coming
  opened.push(near, far, { destroy: () => server.close() })
  return { near, far }
}

/** Each byte tells where it stands. */
const pattern = (length: number) => Buffer.from(Uint32Array.from({ length: length / 4 }, (_, index) => index).buffer)

test('what is used at once comes to the byte, in reads that are larger than those of Node', async () => {
  const { near, far } = await pair()
  const sent = pattern(32 * 2 ** 20)
  far.end(sent)
  let at = 0
  let largest = 0
  near.on('readable', () => {
    for (let bytes = near.read() as Buffer | null; bytes !== null; bytes = near.read() as Buffer | null) {
      expect(bytes.equals(sent.subarray(at, at + bytes.length))).toBe(true)
      at += bytes.length
      largest = Math.max(largest, bytes.length)
    }
  })
  await once(near, 'end')
  expect(at).toBe(sent.length)
  expect(largest).toBeGreaterThan(64 * 1024)
})

test('small pieces may be kept, as the head of an answer that comes a little at a time', async () => {
  const { near, far } = await pair()
  const kept: Buffer[] = []
  near.on('readable', () => {
    for (let bytes = near.read() as Buffer | null; bytes !== null; bytes = near.read() as Buffer | null)
      kept.push(bytes)
  })
  const sent = pattern(4000)
  far.setNoDelay(true)
  for (let at = 0; at < sent.length; at += 400) {
    far.write(sent.subarray(at, at + 400))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  far.end()
  await once(near, 'end')
  expect(kept.length).toBeGreaterThan(3)
  expect(Buffer.concat(kept).equals(sent)).toBe(true)
})

test('what nobody has taken yet is not written over', () => {
  const memory = new ReadMemory()
  const socket = new Socket()
  memory.socket = socket
  const reads = Array.from({ length: 4 }, (_, index) => {
    const bytes = memory.buffer().fill(index)
    // More than a socket likes to hold: it is told to stop.
    expect(memory.callback(100_000, bytes)).toBe(false)
    return bytes.buffer
  })
  expect(new Set(reads).size).toBe(4)
  const waiting = socket.read() as Buffer
  expect([0, 1, 2, 3].map((index) => waiting[index * 100_000 + 99_999])).toEqual([0, 1, 2, 3])
  const next = [0, 1].map(() => {
    const bytes = memory.buffer()
    memory.callback(100_000, bytes)
    socket.read()
    return bytes.buffer
  })
  expect(reads).toEqual(expect.arrayContaining(next))
  socket.destroy()
})
