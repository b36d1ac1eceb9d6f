import { nameKey } from '../../modules/kit/inputs.ts'
import { identifier } from '../../modules/kit/sql.ts'
import { type Token, tokenize } from '../../modules/kit/tokens.ts'
import { isObject, type Json, type JsonObject, listOf, objectsOf } from '../lineage/plan.ts'

/** Old name, as `nameKey` gives it -> new name. All happen at once. */
export type Names = ReadonlyMap<string, string>

export interface SqlInputs {
  /** Input port -> names that change. */
  readonly renamed: ReadonlyMap<string, Names>
  /** Input port -> names of its columns before. */
  readonly columns: ReadonlyMap<string, readonly string[]>
}

interface Table {
  readonly name: string
  readonly names: Names
  readonly has: ReadonlySet<string>
}
interface Scope {
  readonly tables: readonly Table[]
  readonly lambda: ReadonlySet<string>
  readonly outer: Scope | undefined
}
type Ctes = ReadonlyMap<string, Omit<Table, 'name'>>

const NONE: Names = new Map()
const LAMBDA_FUNCTIONS = /^(list|array)_(transform|filter|reduce|apply)$|^(filter|apply|reduce)$/

/**
 * A text of SQL with columns renamed where DuckDB's own parser sees a reference to them: texts, comments, aliases, parameters of lambdas and
 * fields of structs stay. Everything else stays as it is written, to the letter.
 * @param parse what `json_serialize_sql` gives for a statement
 * @returns undefined where the text cannot be parsed
 */
export async function renameInSql(
  text: string,
  kind: 'expression' | 'sql',
  inputs: SqlInputs,
  parse: (sql: string) => Promise<string>,
): Promise<string | undefined> {
  const before = kind === 'expression' ? 'SELECT (' : ''
  let tokens: Token[]
  let answer: Json
  try {
    tokens = tokenize(text)
    const trimmed = kind === 'sql' && tokens.at(-1)?.kind === 'semicolon' ? text.slice(0, tokens.at(-1)?.start) : text
    answer = JSON.parse(await parse(before + trimmed + (kind === 'expression' ? '\n)' : ''))) as Json
  } catch {
    return undefined
  }
  if (!isObject(answer) || answer.error !== false) return undefined
  const walk = new Walk(text, before.length, tokens, inputs)
  const ports = [...inputs.columns].map(([name]) => walk.input(name))
  const root: Scope | undefined =
    kind === 'expression' ? { tables: ports, lambda: new Set(), outer: undefined } : undefined
  for (const statement of objectsOf(answer.statements)) walk.query(statement.node, root, new Map())
  return walk.result()
}

class Walk {
  readonly #text: string
  readonly #start: number
  readonly #byOffset: ReadonlyMap<number, number>
  readonly #tokens: readonly Token[]
  readonly #inputs: SqlInputs
  readonly #changes = new Map<Token, string>()
  /** All names that the text may bring from its inputs, for lists of names that the parser gives without their place. */
  readonly #all: Names

  constructor(text: string, start: number, tokens: readonly Token[], inputs: SqlInputs) {
    this.#text = text
    this.#start = start
    this.#tokens = tokens
    this.#inputs = inputs
    this.#all = new Map([...inputs.renamed.values()].flatMap((names) => [...names]))
    // The parser counts bytes.
    const offsets = new Map<number, number>()
    let bytes = 0
    let at = 0
    for (const [index, token] of tokens.entries()) {
      bytes += Buffer.byteLength(text.slice(at, token.start))
      at = token.start
      offsets.set(bytes, index)
    }
    this.#byOffset = offsets
  }

  input(port: string): Table {
    const columns = this.#inputs.columns.get(port) ?? []
    return { name: port, names: this.#inputs.renamed.get(port) ?? NONE, has: new Set(columns.map(nameKey)) }
  }

  result(): string {
    let text = this.#text
    for (const [token, name] of [...this.#changes].sort(([a], [b]) => b.start - a.start))
      text = text.slice(0, token.start) + name + text.slice(token.end)
    return text
  }

  /** @returns what changes among the names of the query's result */
  query(value: Json | undefined, outer: Scope | undefined, given: Ctes): Omit<Table, 'name'> {
    if (!isObject(value)) return { names: NONE, has: new Set() }
    const ctes = new Map(given)
    const map = isObject(value.cte_map) ? listOf(value.cte_map.map) : []
    for (const entry of map.filter(isObject)) {
      const cte = isObject(entry.value) ? entry.value : undefined
      const inner = cte && isObject(cte.query) ? this.query(cte.query.node ?? cte.query, outer, ctes) : undefined
      const aliases = listOf(cte?.aliases)
      if (inner) ctes.set(nameKey(String(entry.key)), aliases.length > 0 ? { names: NONE, has: new Set() } : inner)
    }
    if (value.type === 'SET_OPERATION_NODE') {
      const parts = [...objectsOf(value.children), ...[value.left, value.right].filter(isObject)]
      const [first] = parts.map((part) => this.query(part, outer, ctes))
      return first ?? { names: NONE, has: new Set() }
    }
    const tables: Table[] = []
    this.#from(value.from_table, tables, outer, ctes)
    const scope: Scope = { tables, lambda: new Set(), outer }
    const { cte_map: _ctes, from_table: _from, type: _type, ...parts } = value
    this.#expression(parts, scope, ctes)
    return this.#output(objectsOf(value.select_list), scope)
  }

  #output(list: readonly JsonObject[], scope: Scope): Omit<Table, 'name'> {
    const names = new Map<string, string>()
    const has = new Set<string>()
    for (const one of list) {
      const alias = typeof one.alias === 'string' && one.alias !== '' ? one.alias : undefined
      if (one.class === 'STAR')
        for (const table of scope.tables) {
          for (const [from, to] of table.names) names.set(from, to)
          for (const name of table.has) has.add(name)
        }
      else if (alias !== undefined) has.add(nameKey(alias))
      else if (one.class === 'COLUMN_REF') {
        const path = listOf(one.column_names).map(String)
        const last = path.at(-1) ?? ''
        const found = this.#resolve(path, scope)
        if (found && found.place === path.length - 1) names.set(nameKey(last), found.to)
        has.add(nameKey(last))
      }
    }
    return { names, has }
  }

  #from(value: Json | undefined, tables: Table[], outer: Scope | undefined, ctes: Ctes): void {
    if (!isObject(value)) return
    const alias = typeof value.alias === 'string' && value.alias !== '' ? value.alias : undefined
    if (value.type === 'BASE_TABLE') {
      const name = String(value.table_name)
      const found = ctes.get(nameKey(name)) ?? this.#inputTable(name)
      const own = listOf(value.column_name_alias).length > 0 ? { names: NONE, has: new Set<string>() } : found
      tables.push({ ...own, name: alias ?? name })
    } else if (value.type === 'SUBQUERY' && isObject(value.subquery)) {
      const scope: Scope = { tables: [...tables], lambda: new Set(), outer }
      const found = this.query(value.subquery.node ?? value.subquery, scope, ctes)
      const own = listOf(value.column_name_alias).length > 0 ? { names: NONE, has: new Set<string>() } : found
      tables.push({ ...own, name: alias ?? '' })
    } else {
      const { left, right, ...rest } = value
      this.#from(left, tables, outer, ctes)
      this.#from(right, tables, outer, ctes)
      const source = isObject(rest.source) ? rest.source : undefined
      if (source) this.#from(source, tables, outer, ctes)
      const { source: _source, ...others } = rest
      this.#expression(others, { tables: [...tables], lambda: new Set(), outer }, ctes)
    }
  }

  #inputTable(name: string): Omit<Table, 'name'> {
    for (const port of this.#inputs.columns.keys()) if (nameKey(port) === nameKey(name)) return this.input(port)
    return { names: NONE, has: new Set() }
  }

  #expression(value: Json | undefined, scope: Scope, ctes: Ctes): void {
    if (Array.isArray(value)) {
      for (const one of value as readonly Json[]) this.#expression(one, scope, ctes)
      return
    }
    if (!isObject(value)) return
    if (value.class === 'COLUMN_REF') {
      const found = this.#resolve(listOf(value.column_names).map(String), scope)
      if (found) this.#change(value.query_location, found)
    } else if (value.class === 'SUBQUERY' && isObject(value.subquery)) {
      const { subquery, ...rest } = value
      this.query(subquery.node ?? subquery, scope, ctes)
      this.#expression(rest, scope, ctes)
    } else if (value.class === 'STAR') {
      this.#lists()
      this.#expression(value.replace_list, scope, ctes)
    } else if (value.class === 'FUNCTION' && LAMBDA_FUNCTIONS.test(String(value.function_name))) {
      for (const child of listOf(value.children)) this.#lambda(child, scope, ctes, true)
    } else if (value.class === 'LAMBDA') this.#lambda(value, scope, ctes, false)
    else for (const part of Object.values(value)) this.#expression(part, scope, ctes)
  }

  /** `lambda x: …`, or within a function of lists `x -> …`; elsewhere the arrow takes JSON apart. */
  #lambda(value: Json, scope: Scope, ctes: Ctes, within: boolean): void {
    if (!isObject(value) || value.class !== 'LAMBDA') {
      this.#expression(value, scope, ctes)
      return
    }
    const written = isObject(value.lhs) ? this.#tokenAt(value.lhs.query_location) : undefined
    if (!within && written !== undefined) {
      this.#expression(value.lhs, scope, ctes)
      this.#expression(value.expr, scope, ctes)
      return
    }
    const names = new Set(scope.lambda)
    for (const name of namesWithin(value.lhs)) names.add(nameKey(name))
    this.#expression(value.expr, { ...scope, lambda: names }, ctes)
  }

  #resolve(path: readonly string[], scope: Scope | undefined): { place: number; to: string } | undefined {
    const [first = '', second] = path
    for (let at = scope; at; at = at.outer) {
      if (at.lambda.has(nameKey(first))) return undefined
      const table = second === undefined ? undefined : at.tables.find(({ name }) => nameKey(name) === nameKey(first))
      if (table && second !== undefined) {
        const to = table.names.get(nameKey(second))
        return to === undefined ? undefined : { place: 1, to }
      }
      for (const { names } of at.tables) {
        const to = names.get(nameKey(first))
        if (to !== undefined) return { place: 0, to }
      }
      if (at.tables.some(({ has }) => has.has(nameKey(first)))) return undefined
    }
    return undefined
  }

  #tokenAt(location: Json | undefined): number | undefined {
    return typeof location === 'number' ? this.#byOffset.get(location - this.#start) : undefined
  }

  #change(location: Json | undefined, { place, to }: { place: number; to: string }): void {
    const at = this.#tokenAt(location)
    // `table . column`: two tokens further.
    const token = at === undefined ? undefined : this.#tokens[at + 2 * place]
    if (token && (token.kind === 'word' || token.kind === 'quoted')) this.#changes.set(token, identifier(to).text)
  }

  /** `* EXCLUDE (a, b)` and `USING (a)`. */
  #lists(): void {
    for (const [index, token] of this.#tokens.entries()) {
      if (token.kind !== 'word' || !/^(exclude|using)$/i.test(token.text)) continue
      const open = this.#tokens[index + 1]?.kind === 'open'
      for (const one of this.#tokens.slice(index + (open ? 2 : 1))) {
        const name = one.kind === 'quoted' ? one.text.slice(1, -1).replaceAll('""', '"') : one.text
        const to = this.#all.get(nameKey(name))
        if ((one.kind === 'word' || one.kind === 'quoted') && to !== undefined)
          this.#changes.set(one, identifier(to).text)
        if (!open || one.kind === 'close') break
      }
    }
  }
}

function* namesWithin(value: Json | undefined): Generator<string> {
  if (Array.isArray(value)) for (const one of value as readonly Json[]) yield* namesWithin(one)
  else if (isObject(value) && value.class === 'COLUMN_REF') yield* listOf(value.column_names).map(String)
  else if (isObject(value)) for (const part of Object.values(value)) yield* namesWithin(part)
}
