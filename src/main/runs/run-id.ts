import { randomBytes } from 'node:crypto'

/** `20261122T181200Z-1a2b3c4d`. The time is for people: order comes from the journal's numbers, and the rest is random. */
export function newRunId(): string {
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${stamp}-${randomBytes(4).toString('hex')}`
}
