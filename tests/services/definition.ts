// What a service is to `scripts/services`.
import type { Certificates } from './certificates.ts'
import type { ProcessId } from './processes.ts'
import type { Details } from './state.ts'

/** What a service gets to start with. */
export interface Surroundings {
  /** An empty folder for its data. */
  readonly folder: string
  readonly log: string
  /** Where CSV, JSON and Parquet files of the Chinook database lie; made when first asked for. */
  readonly chinook: () => Promise<string>
  readonly certificates: () => Promise<Certificates>
  /** Tells a person what takes long. */
  readonly say: (line: string) => void
  /** Says which processes are the service's as soon as they exist, so that `down` finds them whatever happens next. */
  readonly owns: (process_: ProcessId) => void
}

/** A server that `scripts/services` can start. */
export interface Definition {
  readonly name: string
  /** One line for people. */
  readonly title: string
  /** Programs that must be found, and the Debian packages that have them. */
  readonly programs: readonly string[]
  readonly packages: readonly string[]
  readonly start: (surroundings: Surroundings) => Promise<{ readonly version: string; readonly details: Details }>
  /** What makes it end at once but in order. */
  readonly signal?: NodeJS.Signals
}
