import { type Dependencies, deciding, NO_DEPENDENCIES, type PlanColumn, through, union } from './dependencies.ts'
import { isObject, type Json, type JsonObject, listOf, numberOf, objectsOf, typeOf, UnknownPlan } from './plan.ts'

/** Parts of an expression that are no expressions over the operator's columns. */
const APART = new Set(['function_data', 'return_type', 'value', 'binding', 'arguments', 'original_arguments'])

/** What bound expressions depend on, given the columns that they stand over. */
export class Expressions {
  readonly #bindings = new Map<number, readonly PlanColumn[]>()

  /** A table of the plan, for references that name it instead of a position. */
  bind(tableIndex: number, columns: readonly PlanColumn[]): void {
    this.#bindings.set(tableIndex, columns)
  }

  /** @throws UnknownPlan */
  of(expression: JsonObject, columns: readonly PlanColumn[]): Dependencies {
    switch (expression.expression_class) {
      case 'BOUND_REF':
        return this.#typed(expression, columns[numberOf(expression.index ?? 0, 'index')])
      case 'BOUND_COLUMN_REF': {
        if (!isObject(expression.binding)) throw new UnknownPlan('a column without its table')
        const table = this.#bindings.get(numberOf(expression.binding.table_index ?? 0, 'table_index'))
        return this.#typed(expression, table?.[numberOf(expression.binding.column_index ?? 0, 'column_index')])
      }
      case 'BOUND_CONSTANT':
      case 'BOUND_PARAMETER':
      case 'BOUND_DEFAULT':
        return NO_DEPENDENCIES
      case 'BOUND_AGGREGATE':
        return union(
          through('aggregation', this.#list(expression.children, columns)),
          deciding('filter', this.#list(objects(expression.filter), columns)),
          deciding('sort', this.anywhere(expression.order_bys, columns)),
        )
      case 'BOUND_WINDOW':
        return this.#window(expression, columns)
      case 'BOUND_SUBQUERY':
      case undefined:
        throw new UnknownPlan(`expression ${String(expression.expression_class)}`)
      default:
        return through('transformation', this.anywhere(rest(expression), columns))
    }
  }

  #window(expression: JsonObject, columns: readonly PlanColumn[]): Dependencies {
    const { children, partitions, orders, arg_orders, ...others } = expression
    const kind = expression.type === 'WINDOW_AGGREGATE' ? 'aggregation' : 'transformation'
    const decides = [
      this.#list(partitions, columns),
      this.anywhere(orders, columns),
      this.anywhere(arg_orders, columns),
    ]
    const { filter_expr, default_expr, ...frame } = others
    return union(
      through(kind, union(this.#list(children, columns), this.#list(objects(default_expr), columns))),
      deciding('filter', this.#list(objects(filter_expr), columns)),
      deciding('window', union(...decides, this.anywhere(rest(frame), columns))),
    )
  }

  /** A column of another type than its reader expects is another column: the walk has lost its way. */
  #typed(reference: JsonObject, column: PlanColumn | undefined): Dependencies {
    const expected = typeOf(reference.return_type)
    if (!column || (column.type !== undefined && expected !== undefined && column.type !== expected))
      throw new UnknownPlan(`no column of type ${expected ?? '?'}`)
    return column.from
  }

  #list(expressions: Json | undefined, columns: readonly PlanColumn[]): Dependencies {
    return union(...objectsOf(expressions).map((one) => this.of(one, columns)))
  }

  /** All expressions within a value, however it is built. */
  anywhere(value: Json | undefined, columns: readonly PlanColumn[]): Dependencies {
    if (isObject(value)) {
      if (typeof value.expression_class === 'string') return this.of(value, columns)
      const parts = Object.entries(value).filter(([key]) => !APART.has(key))
      return union(...parts.map(([, part]) => this.anywhere(part, columns)))
    }
    return union(...listOf(value).map((part) => this.anywhere(part, columns)))
  }
}

const objects = (value: Json | undefined): readonly Json[] => (isObject(value) ? [value] : [])

/** An expression's own parts, without the mark that makes it one. */
function rest(expression: JsonObject): JsonObject {
  const { expression_class: _class, ...parts } = expression
  return parts
}
