import type { AnyRelationModule } from '../../../src/modules/kit/harness.ts'

/** A transform over the table `sample` (see `../transforms.ts`) against the same in SQL written by hand. */
export interface TransformCase {
  /** The module's name, and after a colon what is special: `join: left`. */
  readonly name: string
  readonly module: AnyRelationModule
  readonly config: unknown
  /** Input port -> a query over `sample`. Its rows become the table `PORT_rows`; without any, `in_rows` is all of the sample. */
  readonly inputs?: Readonly<Record<string, string>>
  /** The default output, if not given. */
  readonly port?: string
  /** Reads the tables `PORT_rows`, and gives the same columns and rows. */
  readonly sql: string
  /** The order of rows is part of the work: what comes out is kept in a table, and not compared. */
  readonly ordered?: boolean
  /** False where the rows depend on chance (a random sample, a uuid). */
  readonly sameRows?: boolean
}
