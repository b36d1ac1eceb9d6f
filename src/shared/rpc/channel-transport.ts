import { type Transport, TransportEvents } from './transport.ts'

/** What a forked process's own `process` and its parent's `ChildProcess` have in common. */
export interface ChannelLike {
  readonly connected: boolean
  // Node types `process.send` as absent in a process that was not forked.
  send?(message: never, callback?: (error: Error | null) => void): boolean
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'disconnect', listener: () => void): unknown
  disconnect?(): void
}

/** Node's channel between a process and the one that forked it. */
export function channelTransport(channel: ChannelLike): Transport {
  const events = new TransportEvents()
  channel.on('message', (message) => events.message(message))
  channel.on('disconnect', () => events.end())
  return {
    send(frame) {
      // The callback takes the error of a channel that is just closing, which Node would otherwise emit and throw.
      if (!events.closed && channel.connected) channel.send?.(frame as never, () => {})
    },
    onMessage: (callback) => events.onMessage(callback),
    onClose: (callback) => events.onClose(callback),
    close() {
      if (channel.connected) channel.disconnect?.()
      events.end()
    },
  }
}
