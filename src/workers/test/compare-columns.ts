import { columnType, formatType } from '../../modules/kit/types.ts'
import type { Column } from '../../shared/engine/types.ts'
import type { SchemaDifference } from '../../shared/tests/result.ts'

/** A column that both tables have. */
export interface CommonColumn {
  readonly name: string
  /** What is shown: the newer one. */
  readonly type: string
  readonly before: { readonly index: number; readonly type: string }
  readonly after: { readonly index: number; readonly type: string }
}

const canonical = (type: string): string => formatType(columnType(type))
export const sameType = (a: string, b: string): boolean => canonical(a) === canonical(b)

/** How the columns of two tables differ; `unknown` types of the first are not compared. */
export function compareColumns(
  before: readonly Column[],
  after: readonly Column[],
  untyped: ReadonlySet<string> = new Set(),
): { schema: SchemaDifference[]; common: CommonColumn[] } {
  const schema: SchemaDifference[] = []
  const common: CommonColumn[] = []
  before.forEach((column, index) => {
    const at = after.findIndex(({ name }) => name === column.name)
    const found = after[at]
    if (!found) {
      schema.push({ kind: 'removed', column: column.name, before: column.type })
      return
    }
    if (!untyped.has(column.name) && !sameType(column.type, found.type))
      schema.push({ kind: 'type', column: column.name, before: column.type, after: found.type })
    common.push({
      name: column.name,
      type: found.type,
      before: { index, type: column.type },
      after: { index: at, type: found.type },
    })
  })
  for (const { name, type } of after)
    if (!before.some((column) => column.name === name)) schema.push({ kind: 'added', column: name, after: type })
  const order = common.map((column) => column.after.index)
  if (order.some((index, place) => place > 0 && index < (order[place - 1] ?? 0))) {
    const names = (list: readonly Column[]) =>
      list.map(({ name }) => name).filter((name) => common.some((column) => column.name === name))
    schema.push({ kind: 'order', before: names(before), after: names(after) })
  }
  return { schema, common }
}
