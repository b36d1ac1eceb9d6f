import type { InputRelation } from './contract.ts'
import { replaceColumns } from './replace-columns.ts'
import { identifier, joinSql, type Sql, sql } from './sql.ts'

/** A value, and the number of helper layers that must lie below it. */
export interface Layered {
  readonly value: Sql
  readonly layer: number
}

const NAME = /^"(?:[^"]|"")*"$/

/**
 * Helper columns beside those of an input, for values that an expression needs several times: computed once each, and the SQL stays
 * short. Without any, FROM is the input itself.
 */
export class Layers {
  readonly #input: InputRelation
  readonly #layers: Sql[][] = []
  readonly #names: Sql[] = []
  readonly #prefix: string

  constructor(input: InputRelation) {
    this.#input = input
    let prefix = 'ld$'
    while (input.columns.some(({ name }) => name.toLowerCase().startsWith(prefix))) prefix = `_${prefix}`
    this.#prefix = prefix
  }

  /** The value under a name of its own, so that using it again costs nothing. A column stays as it is. */
  hold({ value, layer }: Layered): Layered {
    if (NAME.test(value.text)) return { value, layer }
    const name = identifier(`${this.#prefix}${this.#names.length + 1}`)
    const own = this.#layers[layer] ?? []
    this.#layers[layer] = own
    own.push(sql`${value} AS ${name}`)
    this.#names.push(name)
    return { value: name, layer: layer + 1 }
  }

  /** The input itself, to stand after FROM. */
  get input(): Sql {
    return this.#input.name
  }

  /** What stands after FROM: every column of the input, and the helpers. */
  get from(): Sql {
    return this.#layers.reduce((from, helpers) => sql`(SELECT *, ${joinSql(helpers)} FROM ${from})`, this.#input.name)
  }

  /** Names of the helpers. */
  get names(): readonly Sql[] {
    return this.#names
  }

  /**
   * `SELECT * …` over `from` with some columns replaced and no helper.
   * @param more after the columns of the input
   * @param without columns of the input that do not leave
   */
  select(
    replaced: readonly { readonly name: string; readonly value: Sql }[],
    more: readonly Sql[] = [],
    without: readonly Sql[] = [],
  ): Sql {
    const list = replaceColumns(this.#input.columns, replaced, this.#names, without)
    return sql`SELECT ${joinSql([list, ...more])} FROM ${this.from}`
  }
}
