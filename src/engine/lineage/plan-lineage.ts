import {
  type Dependencies,
  deciding,
  equalDependencies,
  NO_DEPENDENCIES,
  type PlanColumn,
  sourceColumn,
  through,
  union,
} from './dependencies.ts'
import { Expressions } from './expressions.ts'
import {
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  type Operator,
  objectsOf,
  operator,
  typeOf,
  UnknownPlan,
} from './plan.ts'

/** An operator's result: its columns in order, and what decides which rows it has. */
export interface Relation {
  readonly columns: readonly PlanColumn[]
  readonly rows: Dependencies
}

/** The number of a column of a table that the plan scans, by the column's name; undefined for a table that is not of interest. */
export type SourceOf = (table: string, column: string) => number | undefined

/** A recursion adds dependencies only, so it ends; this many rounds are more than any plan takes. */
const ROUNDS = 1_000

/**
 * What the columns of a bound plan depend on. Follows each operator's columns by position, exactly as DuckDB does: what it cannot follow,
 * or where a column is not of the type that its reader expects, is an error and not a guess.
 * @throws UnknownPlan
 */
export function planLineage(plan: Operator, sourceOf: SourceOf): Relation {
  return new PlanWalk(sourceOf).relation(plan)
}

class PlanWalk {
  readonly #sourceOf: SourceOf
  readonly #expressions = new Expressions()
  readonly #tables = new Map<number, Relation>()
  /** Columns that correlated subqueries around the current operator read, innermost last. */
  readonly #correlated: PlanColumn[][] = []

  constructor(sourceOf: SourceOf) {
    this.#sourceOf = sourceOf
  }

  relation(op: Operator): Relation {
    const relation = this.#relation(op)
    if (typeof op.table_index === 'number') this.#expressions.bind(op.table_index, relation.columns)
    return relation
  }

  #relation(op: Operator): Relation {
    switch (op.type) {
      case 'LOGICAL_GET':
        return this.#get(op)
      case 'LOGICAL_PROJECTION': {
        const child = this.#only(op)
        return { columns: objectsOf(op.expressions).map((one) => this.#column(one, child.columns)), rows: child.rows }
      }
      case 'LOGICAL_FILTER':
        return this.#decided(op, 'filter', op.expressions, op.projection_map)
      case 'LOGICAL_ORDER_BY':
        return this.#decided(op, 'sort', op.orders, op.projection_map ?? op.projections)
      case 'LOGICAL_TOP_N':
        return this.#decided(op, 'sort', op.orders, undefined)
      case 'LOGICAL_LIMIT':
        return this.#limit(op)
      case 'LOGICAL_SAMPLE':
        return this.#only(op)
      case 'LOGICAL_DISTINCT': {
        const { columns, rows } = this.#only(op)
        const targets = this.#all(op.distinct_targets, columns)
        const order = isObject(op.order_by) ? this.#all(op.order_by.orders, columns) : NO_DEPENDENCIES
        return { columns, rows: union(rows, deciding('group', targets), deciding('sort', order)) }
      }
      case 'LOGICAL_AGGREGATE_AND_GROUP_BY':
        return this.#aggregate(op)
      case 'LOGICAL_WINDOW': {
        const child = this.#only(op)
        const added = objectsOf(op.expressions).map((one) => this.#column(one, child.columns))
        if (typeof op.window_index === 'number') this.#expressions.bind(op.window_index, added)
        return { columns: [...child.columns, ...added], rows: child.rows }
      }
      case 'LOGICAL_UNNEST': {
        const child = this.#only(op)
        const added = objectsOf(op.expressions).map((one) => this.#column(one, child.columns))
        if (typeof op.unnest_index === 'number') this.#expressions.bind(op.unnest_index, added)
        const lengths = deciding('join', union(...added.map(({ from }) => from)))
        return { columns: [...child.columns, ...added], rows: union(child.rows, lengths) }
      }
      case 'LOGICAL_COMPARISON_JOIN':
      case 'LOGICAL_ASOF_JOIN':
      case 'LOGICAL_ANY_JOIN':
      case 'LOGICAL_DELIM_JOIN':
      case 'LOGICAL_DEPENDENT_JOIN':
        return this.#join(op)
      case 'LOGICAL_CROSS_PRODUCT':
      case 'LOGICAL_POSITIONAL_JOIN': {
        const [left, right] = this.#both(op)
        return { columns: [...left.columns, ...right.columns], rows: union(left.rows, right.rows) }
      }
      case 'LOGICAL_UNION':
      case 'LOGICAL_EXCEPT':
      case 'LOGICAL_INTERSECT':
        return this.#setOperation(op)
      case 'LOGICAL_MATERIALIZED_CTE': {
        const [definition, query] = children(op, 2)
        this.#tables.set(numberOf(op.table_index, 'table_index'), this.relation(definition))
        return this.relation(query)
      }
      case 'LOGICAL_RECURSIVE_CTE':
        return this.#recursive(op)
      case 'LOGICAL_CTE_REF': {
        const known = this.#tables.get(numberOf(op.cte_index ?? 0, 'cte_index'))
        if (!known) throw new UnknownPlan('a common table expression that is not there')
        return known
      }
      case 'LOGICAL_DELIM_GET':
        return this.#delimGet(op)
      case 'LOGICAL_EXPRESSION_GET':
        return this.#expressionGet(op)
      case 'LOGICAL_DUMMY_SCAN':
        return { columns: [{ from: NO_DEPENDENCIES, type: undefined }], rows: NO_DEPENDENCIES }
      case 'LOGICAL_EMPTY_RESULT':
      case 'LOGICAL_CHUNK_GET': {
        const types = listOf(op.chunk_types ?? op.return_types)
        if (types.length === 0) throw new UnknownPlan(`${op.type} without types`)
        const columns = types.map((type) => ({ from: NO_DEPENDENCIES, type: typeOf(type) }))
        return { columns, rows: NO_DEPENDENCIES }
      }
      default:
        throw new UnknownPlan(op.type)
    }
  }

  #get(op: Operator): Relation {
    const inputs = listOf(op.children)
    const types = listOf(op.returned_types)
    const indexes = objectsOf(op.column_indexes).map((one) => numberOf(one.index, 'index'))
    if (inputs.length > 0) {
      // A table function over the rows of another relation: each of its columns may come from each of its arguments.
      const child = this.#only(op)
      const taken = union(...child.columns.slice(0, listOf(op.input_table_types).length).map(({ from }) => from))
      const made = indexes.map((index) => ({ from: through('transformation', taken), type: typeOf(types[index]) }))
      const passed = listOf(op.projected_input).map((index) => at(child.columns, numberOf(index, 'projected_input')))
      return { columns: [...made, ...passed], rows: union(child.rows, deciding('join', taken)) }
    }
    const names = listOf(op.names)
    const table = isObject(op.function_data) ? op.function_data.table : undefined
    const all = indexes.map((index): PlanColumn => {
      const name = names[index]
      const source = typeof table === 'string' && typeof name === 'string' ? this.#sourceOf(table, name) : undefined
      return { from: source === undefined ? NO_DEPENDENCIES : sourceColumn(source), type: typeOf(types[index]) }
    })
    return { columns: projected(all, op.projection_ids), rows: NO_DEPENDENCIES }
  }

  /** An operator that passes columns on, while its expressions decide about rows. */
  #decided(op: Operator, kind: 'filter' | 'sort', expressions: Operator[string], map: Operator[string]): Relation {
    const { columns, rows } = this.#only(op)
    return { columns: projected(columns, map), rows: union(rows, deciding(kind, this.#all(expressions, columns))) }
  }

  #limit(op: Operator): Relation {
    const { columns, rows } = this.#only(op)
    const limits = [op.limit_val, op.offset_val, op.limit, op.offset].filter(isObject)
    return { columns, rows: union(rows, deciding('filter', this.#all(limits, columns))) }
  }

  #aggregate(op: Operator): Relation {
    const child = this.#only(op)
    const groups = objectsOf(op.groups).map((one) => this.#column(one, child.columns))
    const made = objectsOf(op.expressions).map((one) => this.#column(one, child.columns))
    const keys = deciding('group', union(...groups.map(({ from }) => from)))
    const functions = listOf(op.grouping_functions).map(() => ({ from: keys, type: undefined }))
    for (const [index, columns] of [
      [op.group_index, groups],
      [op.aggregate_index, made],
      [op.groupings_index, functions],
    ] as const)
      if (typeof index === 'number') this.#expressions.bind(index, columns)
    return { columns: [...groups, ...made, ...functions], rows: union(child.rows, keys) }
  }

  #join(op: Operator): Relation {
    const [leftOp, rightOp] = children(op, 2)
    const left = this.relation(leftOp)
    const outer = objectsOf(op.duplicate_eliminated_columns).map((one) => this.#column(one, left.columns))
    if (op.type === 'LOGICAL_DELIM_JOIN') this.#correlated.push(outer)
    const right = this.relation(rightOp)
    if (op.type === 'LOGICAL_DELIM_JOIN') this.#correlated.pop()

    const both = [...left.columns, ...right.columns]
    const met: Dependencies[] = []
    for (const condition of objectsOf(op.conditions)) {
      if (isObject(condition.left)) met.push(this.#expressions.of(condition.left, left.columns))
      if (isObject(condition.right)) met.push(this.#expressions.of(condition.right, right.columns))
      if (!isObject(condition.left) && !isObject(condition.right)) met.push(this.#expressions.of(condition, both))
    }
    for (const more of [op.condition, op.predicate]) if (isObject(more)) met.push(this.#expressions.of(more, both))
    met.push(this.#all(op.expressions, both))
    const decided = union(deciding('join', union(...met)), right.rows)

    const shownLeft = projected(left.columns, op.left_projection_map)
    const shownRight = projected(right.columns, op.right_projection_map)
    switch (op.join_type) {
      case 'INNER':
      case 'LEFT':
      case 'RIGHT':
      case 'FULL':
      case 'OUTER':
        return { columns: [...shownLeft, ...shownRight], rows: union(left.rows, decided) }
      case 'SINGLE': {
        // One row or none for each on the left: what the subquery decides is seen in its own columns alone.
        const own = shownRight.map(({ from, type }) => ({ from: union(from, decided), type }))
        return { columns: [...shownLeft, ...own], rows: left.rows }
      }
      case 'MARK':
        return { columns: [...shownLeft, { from: decided, type: 'BOOLEAN' }], rows: left.rows }
      case 'SEMI':
      case 'ANTI':
        return { columns: shownLeft, rows: union(left.rows, decided) }
      default:
        throw new UnknownPlan(`join ${String(op.join_type)}`)
    }
  }

  #setOperation(op: Operator): Relation {
    const sides = children(op).map((child) => this.relation(child))
    const [first, ...others] = sides
    if (!first || others.some(({ columns }) => columns.length !== first.columns.length))
      throw new UnknownPlan('sides of a set operation with different columns')
    const rows = union(...sides.map((side) => side.rows))
    if (op.type === 'LOGICAL_UNION') {
      const columns = first.columns.map(({ type }, index) => ({
        from: union(...sides.map((side) => at(side.columns, index).from)),
        type,
      }))
      return { columns, rows }
    }
    // Which rows stay is decided by all columns of both sides.
    const compared = union(...sides.flatMap(({ columns }) => columns.map(({ from }) => from)))
    return { columns: first.columns, rows: union(rows, deciding('filter', compared)) }
  }

  /** The recursive part reads what it gives: dependencies grow until nothing is added. */
  #recursive(op: Operator): Relation {
    const [anchor, step] = children(op, 2)
    const index = numberOf(op.table_index, 'table_index')
    let known = this.relation(anchor)
    for (let round = 0; round < ROUNDS; round++) {
      this.#tables.set(index, known)
      const next = this.relation(step)
      const keys = this.#all(op.key_targets, next.columns)
      const columns = known.columns.map(({ from, type }, place) => ({
        from: union(from, at(next.columns, place).from),
        type,
      }))
      const grown: Relation = { columns, rows: union(known.rows, next.rows, deciding('group', keys)) }
      if (sameRelation(grown, known)) return grown
      known = grown
    }
    throw new UnknownPlan('a recursion without end')
  }

  /** The distinct values of the outer columns that a correlated subquery reads. Which join they are of is told by their types. */
  #delimGet(op: Operator): Relation {
    const types = listOf(op.chunk_types).map(typeOf)
    const fitting = this.#correlated.filter(
      (columns) => columns.length === types.length && columns.every(({ type }, index) => type === types[index]),
    )
    if (fitting.length === 0) throw new UnknownPlan('correlated columns of no join')
    const columns = types.map((type, index) => ({ from: union(...fitting.map((one) => at(one, index).from)), type }))
    return { columns, rows: deciding('group', union(...columns.map(({ from }) => from))) }
  }

  #expressionGet(op: Operator): Relation {
    const child = this.#only(op)
    const types = listOf(op.expr_types)
    const lists = listOf(op.expressions).map((row) => objectsOf(row))
    const width = Math.max(types.length, ...lists.map((row) => row.length))
    const columns = Array.from({ length: width }, (_, index) => ({
      from: union(
        ...lists.map((row) => (row[index] ? this.#expressions.of(row[index], child.columns) : NO_DEPENDENCIES)),
      ),
      type: typeOf(types[index]),
    }))
    return { columns, rows: child.rows }
  }

  #column(expression: JsonObject, columns: readonly PlanColumn[]): PlanColumn {
    return { from: this.#expressions.of(expression, columns), type: typeOf(expression.return_type) }
  }

  #all(expressions: Operator[string], columns: readonly PlanColumn[]): Dependencies {
    return this.#expressions.anywhere(expressions, columns)
  }

  #only(op: Operator): Relation {
    const [child] = children(op, 1)
    return this.relation(child)
  }

  #both(op: Operator): [Relation, Relation] {
    const [left, right] = children(op, 2)
    return [this.relation(left), this.relation(right)]
  }
}

function children(op: Operator, count: 1): [Operator]
function children(op: Operator, count: 2): [Operator, Operator]
function children(op: Operator, count?: undefined): Operator[]
function children(op: Operator, count?: number): Operator[] {
  const found = listOf(op.children).map(operator)
  if (count !== undefined && found.length !== count) throw new UnknownPlan(`${op.type} with ${found.length} children`)
  return found
}

function at(columns: readonly PlanColumn[], index: number): PlanColumn {
  const column = columns[index]
  if (!column) throw new UnknownPlan(`no column ${index}`)
  return column
}

/** An empty map means all columns. */
function projected(columns: readonly PlanColumn[], map: Operator[string]): readonly PlanColumn[] {
  const indexes = listOf(map)
  return indexes.length === 0 ? columns : indexes.map((index) => at(columns, numberOf(index, 'projection')))
}

const sameRelation = (a: Relation, b: Relation): boolean =>
  equalDependencies(a.rows, b.rows) &&
  a.columns.every(({ from }, index) => equalDependencies(from, b.columns[index]?.from ?? NO_DEPENDENCIES))
