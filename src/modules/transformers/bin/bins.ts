import type { Sql } from '../../kit/sql.ts'

/** A bin's number, and its limits where it has any. NULL where there is no bin. */
export interface Bins {
  readonly number: Sql
  /** The limits are NULL by themselves where there is no bin, which costs less than to ask for its number. */
  readonly isBinned?: true
  readonly lower?: Sql
  readonly upper?: Sql
  /** How many there are, where that is known; 1 is the lowest. */
  readonly count?: number
  /** Includes both of its limits, whatever `closed` says. */
  readonly last?: Sql
  readonly first?: Sql
  /** Layers between the input and the result, and what they add. */
  readonly from: Sql
  readonly added: readonly Sql[]
}
