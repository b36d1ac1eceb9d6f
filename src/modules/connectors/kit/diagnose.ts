import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import type { Diagnosis, DiagnosisStep } from '../../../shared/connections/connection.ts'
import { cancelledError, toErrorInfo } from '../../../shared/errors.ts'
import { networkError, type Remote, timeoutError } from './errors.ts'

/** One thing that a test of a connection looks at. */
export interface Check {
  readonly step: DiagnosisStep['step']
  /** @returns what was found, in one sentence @throws LogiDataError what is wrong */
  readonly run: () => Promise<string>
}

/**
 * Runs the checks one after the other; the first that fails ends it.
 * @param server what answered, with its version; asked for at the end
 * @throws LogiDataError `cancelled`
 */
export async function diagnose(
  checks: readonly Check[],
  signal: AbortSignal,
  server: () => string | undefined = () => undefined,
): Promise<Diagnosis> {
  const steps: DiagnosisStep[] = []
  for (const { step, run } of checks) {
    const started = performance.now()
    const milliseconds = () => Math.round((performance.now() - started) * 10) / 10
    try {
      const message = await run()
      steps.push({ step, ok: true, message, milliseconds: milliseconds() })
    } catch (thrown) {
      if (signal.aborted) throw cancelledError()
      const { message, hint, kind } = toErrorInfo(thrown)
      if (kind === 'cancelled') throw thrown
      steps.push({ step, ok: false, message, ...(hint === undefined ? {} : { hint }), milliseconds: milliseconds() })
      break
    }
    if (signal.aborted) throw cancelledError()
  }
  const answered = server()
  return { ok: steps.every(({ ok }) => ok), steps, ...(answered === undefined ? {} : { server: answered }) }
}

/** The check whether a host has an address. */
export const checkName = (remote: Remote, signal: AbortSignal): Check => ({
  step: 'name',
  run: async () => {
    if (isIP(remote.host) !== 0) return `${remote.host} is an address.`
    const addresses = await unlessAborted(lookup(remote.host, { all: true }), signal).catch((thrown: unknown) => {
      throw networkError(thrown, remote) ?? thrown
    })
    return `${remote.host} is ${addresses.map(({ address }) => address).join(', ')}.`
  },
})

/** The check whether something answers at a port. */
export const checkPort = (remote: Remote, timeoutMs: number, signal: AbortSignal): Check => ({
  step: 'connect',
  run: async () => {
    const socket = await openSocket(remote, timeoutMs, signal)
    socket.destroy()
    return `Something answers at port ${remote.port}.`
  },
})

/** A TCP connection, to be destroyed by who asked for it. @throws LogiDataError `connection.…`, `cancelled` */
export function openSocket(remote: Remote, timeoutMs: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelledError())
      return
    }
    const socket = connect({ host: remote.host, port: remote.port })
    const fail = (error: unknown) => {
      settle()
      socket.destroy()
      reject(networkError(error, remote) ?? error)
    }
    const tooLate = () => fail(timeoutError(remote, timeoutMs / 1000))
    const abort = () => fail(cancelledError())
    const timer = setTimeout(tooLate, timeoutMs)
    const settle = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      socket.off('error', fail)
      // What comes after the end is nobody's business.
      socket.on('error', () => undefined)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.once('error', fail)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
  })
}

/** What cannot be cancelled is no longer waited for. @throws LogiDataError `cancelled` */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw cancelledError()
  let leave: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(cancelledError())
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
    work.catch(() => undefined)
  }
}
