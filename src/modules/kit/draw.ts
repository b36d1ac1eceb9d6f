import type { InputRelation } from './contract.ts'
import { freeName } from './inputs.ts'
import { identifier, joinSql, type Sql, sql } from './sql.ts'

/** An input whose rows have a number each, as if at random. */
export interface Drawn {
  /** Stands after FROM. */
  readonly relation: Sql
  /** The number: 64 bits, evenly spread. */
  readonly draw: Sql
  /** Breaks ties of numbers. */
  readonly content: Sql
  /** All columns of the input, without the two above. */
  readonly columns: Sql
}

/**
 * Gives every row a number that its content and the seed decide alone: not the order in which rows come, nor the threads. Equal rows are
 * numbered apart, since otherwise all or none of them would be taken; which of them is taken makes no difference.
 */
export function drawRows(input: InputRelation, seed: number): Drawn {
  const content = identifier(freeName('content', input.columns))
  const draw = identifier(freeName('draw', input.columns))
  const all = joinSql(input.columns.map((column) => identifier(column.name)))
  const hashed = sql`(SELECT *, hash(${all}) AS ${content} FROM ${input.name})`
  const relation = sql`(SELECT *, hash(${content}, row_number() OVER (PARTITION BY ${content}), ${seed}) AS ${draw} FROM ${hashed})`
  return { relation, draw, content, columns: sql`* EXCLUDE (${content}, ${draw})` }
}

/** A number drawn, as a share: at least 0 and below 1. */
export const asShare = (draw: Sql): Sql => sql`(${draw} / 18446744073709551616.0)`
