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
  /** The bin is this one, for certain. */
  readonly place?: number
  /** What follows from the bin, said of each in turn, in one CASE of constants and without layers. */
  readonly choose?: (of: (bin: Bins) => Sql) => Sql
  /** Layers between the input and the result, and what they add. */
  readonly from: Sql
  readonly added: readonly Sql[]
}
