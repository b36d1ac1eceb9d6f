import type { AnyRelationModule } from '../../../src/modules/kit/harness.ts'

/** A transform over the table `sample` (see `../sample.ts`) against the same in SQL written by hand. */
export interface TransformCase {
  /** The module's name, and after a colon what is special: `join: left`. */
  readonly name: string
  readonly module: AnyRelationModule
  readonly config: unknown
  /** Input port -> a query over `sample`. Its rows become the table `PORT_rows`; without any, `in_rows` is all of the sample. */
  readonly inputs?: Readonly<Record<string, string>>
  /** The default output, if not given. */
  readonly port?: string
  /** Reads the tables `PORT_rows`, and gives the same columns and rows with the same guarantees: exactness, determinism, errors. */
  readonly sql: string
  /** What somebody would write who does without the guarantees. Its ratio is shown, and not judged. */
  readonly plain?: string
  /** The order of rows is part of the work: what comes out is kept in a table, and not compared. */
  readonly ordered?: boolean
  /** False where the rows depend on chance (a random sample, a uuid), or numbers on the order in which DuckDB adds them. */
  readonly sameRows?: boolean
  /** The part of the sample's rows that is enough where a row costs much; 1 unless given. Of a million rows or more, all are taken. */
  readonly part?: number
  /** The most rows that the SQL by hand can take, where its time grows with their square. */
  readonly most?: number
  /** Input port -> a query over `PORT_rows` that stands for the steps before this one; without any, its rows are a file in columns. */
  readonly steps?: Readonly<Record<string, string>>
  /** A config that touches many columns, for the time to plan 2,000 of them; that above unless given. */
  readonly wide?: unknown
}
