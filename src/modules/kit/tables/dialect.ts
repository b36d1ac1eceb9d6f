/** What differs between servers in the statements that move rows from one table into another. `t` is the target, `s` what is staged. */
export interface TableDialect {
  quote(name: string): string
  /** NULL is like NULL, and letter case counts, whatever the column's collation says. */
  same(left: string, right: string): string
  /** Changes the rows of `t` that have one in `s`. */
  update(tables: Tables, on: string, set: readonly (readonly [name: string, value: string])[], where?: string): string
  /** Deletes the rows of `t` that have one in `s`. */
  remove(tables: Tables, on: string, where?: string): string
}

/** As they stand in statements. */
export interface Tables {
  readonly target: string
  readonly staging: string
}
