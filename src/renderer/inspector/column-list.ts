import type { Column } from '../../shared/engine/types.ts'
import type { FormField } from '../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { sameName } from '../expression/names.ts'
import { isRecord } from './form-model.ts'

/** Which keys of an item hold the column, its new name and its new type: found by their controls. */
export interface ColumnListKeys {
  readonly column: string
  readonly name: string | undefined
  readonly type: string | undefined
}

export function columnListKeys(field: FormField): ColumnListKeys {
  const fields = field.fields ?? []
  const column = fields.find((each) => each.control === 'column')?.name ?? 'column'
  const byControl = (control: FormField['control'], fallback: string) =>
    fields.length === 0 ? fallback : fields.find((each) => each.control === control && each.name !== column)?.name
  return { column, name: byControl('text', 'name'), type: byControl('type', 'type') }
}

export interface ListedColumn {
  readonly column: string
  /** Its row in the config; undefined while it is not chosen. */
  readonly item: Readonly<Record<string, JsonValue>> | undefined
  /** Of the input; undefined when the input lacks it. */
  readonly type: string | undefined
}

/** A plain name stands for an item that changes nothing. */
export function itemOf(value: JsonValue, keys: ColumnListKeys): Record<string, JsonValue> {
  return isRecord(value) ? value : { [keys.column]: String(value) }
}

/** The chosen columns in their order, then those of the input that are left out. */
export function listColumns(
  value: JsonValue | undefined,
  columns: readonly Column[],
  keys: ColumnListKeys,
): readonly ListedColumn[] {
  const items = Array.isArray(value) ? value.map((each) => itemOf(each, keys)) : []
  const typeOf = (name: string) => columns.find((column) => sameName(column.name, name))?.type
  const chosen = items.map((item) => {
    const column = String(item[keys.column] ?? '')
    return { column, item, type: typeOf(column) }
  })
  const left = columns.filter((column) => !chosen.some((each) => sameName(each.column, column.name)))
  return [...chosen, ...left.map((column) => ({ column: column.name, item: undefined, type: column.type }))]
}
