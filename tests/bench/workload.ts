import { readFileSync } from 'node:fs'

/** One row of the table. Ratios are within one run on one machine; absolute figures are not comparable between machines. */
export interface Measurement {
  readonly workload: string
  /** In `unit`. */
  readonly ours: number
  readonly reference?: number
  readonly ratio?: number
  /** The same, of the time of all processors: other work on the machine changes it less. */
  readonly cpuRatio?: number
  readonly peakMegabytes?: number
  readonly unit: 'ms' | 'MB' | 'count'
  /** What issue and design ask for, in words. */
  readonly goal: string
  readonly met: boolean
}

export interface BenchOptions {
  /** Folder of the run, removed afterwards. */
  readonly folder: string
  /** Of the CSV in workload `csv`. */
  readonly csvMegabytes: number
  /** Of the object in workload `s3`. */
  readonly s3Megabytes: number
  /** Of the table in workload `transforms`. */
  readonly rows: number
  /** Transforms that `transforms` and `wide` measure; none stands for all. */
  readonly names: readonly string[]
  /** Shows a measurement at once, where the whole takes long. */
  readonly report: (measured: Measurement) => void
}

export type Workload = (options: BenchOptions) => Promise<Measurement[]>

/** The value that a share `q` of the samples does not exceed (nearest rank). */
export function quantile(samples: readonly number[], q: number): number {
  if (samples.length === 0) throw new RangeError('no samples')
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)

export const fastest = (samples: readonly number[]): number => Math.min(...samples)

export async function timed<T>(work: () => Promise<T>): Promise<{ value: T; milliseconds: number }> {
  const start = performance.now()
  const value = await work()
  return { value, milliseconds: performance.now() - start }
}

/** Milliseconds on the clock and of all processors. */
export interface Cost {
  readonly clock: number
  readonly processors: number
}

export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const [start, used] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(used)
  return { clock: performance.now() - start, processors: (user + system) / 1000 }
}

/** Resident memory of a process in megabytes, where the system tells (Linux). */
export function residentMegabytes(processId: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  } catch {
    return undefined
  }
}

/** The time of all threads of a process so far, in ticks of 10 ms (Linux); undefined elsewhere. */
export function processorMilliseconds(processId: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return undefined
  }
}

/** Watches a process's resident memory until `stop`, which gives the most that was seen. */
export function watchMemory(processId: number): { stop(): number | undefined } {
  let peak = residentMegabytes(processId)
  const timer = setInterval(() => {
    const now = residentMegabytes(processId)
    if (now !== undefined && (peak === undefined || now > peak)) peak = now
  }, 10)
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}
