import { cellText } from '../../modules/kit/cells.ts'
import { raw } from '../../modules/kit/sql.ts'
import { columnType, isFloat } from '../../modules/kit/types.ts'
import type { Cell, Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { Difference, RowDifference } from '../../shared/tests/result.ts'
import { type CommonColumn, compareColumns, sameType } from './compare-columns.ts'
import { findKeys, isUnique } from './find-keys.ts'
import type { Tables, WholeTable } from './tables.ts'

export interface CompareOptions {
  readonly keys?: readonly string[] | undefined
  readonly ordered?: boolean | undefined
  /** Of all FLOAT and DOUBLE columns, or by column. */
  readonly tolerance?: string | Readonly<Record<string, string>> | undefined
  readonly ignore?: readonly string[] | undefined
  /** Columns of the first table whose types are not compared. */
  readonly untyped?: ReadonlySet<string>
}

/** Two tables that were compared, and the rows that differ, in a table of their own. */
export interface Comparison {
  readonly summary: Omit<Difference, 'differing' | 'offset' | 'more'>
  page(limit: number, offset: number): Promise<RowDifference[]>
}

/**
 * Compares all rows of two tables in SQL, whatever their order. By key where there is one: the one given, else one that the data of
 * both has. Otherwise whole rows, as often as they come.
 * @throws LogiDataError `compare.key`, `compare.column`, `cancelled`
 */
export async function compare(
  tables: Tables,
  before: WholeTable,
  after: WholeTable,
  options: CompareOptions,
): Promise<Comparison> {
  const ignored = new Set(options.ignore)
  for (const name of [...ignored, ...Object.keys(perColumn(options.tolerance))]) known(name, before, after)
  const kept = ({ columns }: WholeTable) => columns.filter(({ name }) => !ignored.has(name))
  const { schema } = compareColumns(kept(before), kept(after), options.untyped)
  const common = compareColumns(before.columns, after.columns).common.filter(({ name }) => !ignored.has(name))
  const keys = options.keys ? givenKeys(options.keys, common) : await findKeys(tables, before, after, common)
  const values = common.map((column, index) => ({ column, index, differs: differs(column, index, options.tolerance) }))
  const pairing = await pairOf(tables, before, after, common, keys, options.tolerance)
  const all = values.map(({ differs: each }) => each)
  const sides = common.map((_, index) => `b.v${index} AS b${index}, a.v${index} AS a${index}`)
  const flags = all.map((each, index) => `coalesce(b.p AND a.p AND ${each}, FALSE) AS d${index}`)
  const differing = await tables.createAs(
    raw(
      `SELECT ${[...sides, ...flags, 'b.p AS bp', 'a.p AS ap'].join(', ')} FROM (${pairing.before}) AS b FULL JOIN (${pairing.after}) AS a ON ${pairing.on} WHERE b.p IS NULL OR a.p IS NULL OR ${all.join(' OR ') || 'FALSE'}`,
    ),
  )
  const [removed = 0n, added = 0n, changed = 0n, ...changes] = await numbers(
    tables,
    `SELECT count_if(ap IS NULL), count_if(bp IS NULL), count_if(ap AND bp)${all.map((_, index) => `, count_if(d${index})`).join('')} FROM ${differing}`,
  )
  const same = removed + added + changed === 0n
  const order = options.ordered && same ? await firstOutOfPlace(tables, before, after, common, options) : undefined
  const columns: Column[] = common.map(({ name, type }) => ({ name, type }))
  return {
    summary: {
      schema,
      columns,
      keys: [...(keys ?? [])],
      suggested: keys !== undefined && options.keys === undefined,
      rows: { before: String(before.rows), after: String(after.rows) },
      counts: {
        removed: String(removed),
        added: String(added),
        changed: String(changed),
        unchanged: String(before.rows - removed - changed),
      },
      changedColumns: columns.flatMap(({ name }, index) => {
        const rows = changes[index] ?? 0n
        return rows > 0n ? [{ column: name, rows: String(rows) }] : []
      }),
      ...(order === undefined ? {} : { order: { row: String(order) } }),
    },
    page: (limit, offset) => readPage(tables, differing, common, keys ?? [], limit, offset),
  }
}

/** A page of a comparison with its summary, as everybody sees it. */
export async function differenceOf(comparison: Comparison, limit: number, offset = 0): Promise<Difference> {
  const rows = await comparison.page(limit + 1, offset)
  return { ...comparison.summary, differing: rows.slice(0, limit), offset, more: rows.length > limit }
}

function known(name: string, before: WholeTable, after: WholeTable): void {
  const all = [...before.columns, ...after.columns]
  if (all.some((column) => column.name === name)) return
  throw userError('compare.column', `There is no column “${name}” to compare.`, {
    hint: `The columns: ${after.columns.map((column) => column.name).join(', ')}.`,
  })
}

function givenKeys(keys: readonly string[], common: readonly CommonColumn[]): readonly string[] {
  for (const key of keys)
    if (!common.some(({ name }) => name === key))
      throw userError('compare.key', `“${key}” cannot be a key: it is not a column of both.`, {
        hint: `Columns of both: ${common.map(({ name }) => name).join(', ') || 'none'}.`,
      })
  return keys
}

const perColumn = (tolerance: CompareOptions['tolerance']): Readonly<Record<string, string>> =>
  typeof tolerance === 'object' ? tolerance : {}

function toleranceOf(column: CommonColumn, tolerance: CompareOptions['tolerance']): string | undefined {
  if (typeof tolerance === 'object') return Object.hasOwn(tolerance, column.name) ? tolerance[column.name] : undefined
  return isFloat(columnType(column.type)) ? tolerance : undefined
}

function differs(column: CommonColumn, index: number, tolerance: CompareOptions['tolerance']): string {
  const apart = `b.v${index} IS DISTINCT FROM a.v${index}`
  const most = toleranceOf(column, tolerance)
  // Missing values, NaN and infinities are near nothing but themselves.
  return most === undefined || !sameType(column.before.type, column.after.type)
    ? apart
    : `(${apart} AND coalesce(abs(b.v${index} - a.v${index}) <= ${most}, FALSE) IS NOT TRUE)`
}

/** The values of one side as `v0`, `v1`, …; those whose types differ as text. */
function valuesOf(side: 'before' | 'after', common: readonly CommonColumn[]): string[] {
  return common.map((column, index) => {
    const { index: at, type } = column[side]
    const value = sameType(column.before.type, column.after.type) ? raw(`c${at}`) : cellText(raw(`c${at}`), type)
    return `${value.text} AS v${index}`
  })
}

interface Pairing {
  readonly before: string
  readonly after: string
  readonly on: string
}

/** Which row of one side belongs to which of the other. Rows that are told apart by nothing are numbered. */
async function pairOf(
  tables: Tables,
  before: WholeTable,
  after: WholeTable,
  common: readonly CommonColumn[],
  keys: readonly string[] | undefined,
  tolerance: CompareOptions['tolerance'],
): Promise<Pairing> {
  const isKey = (column: CommonColumn): boolean =>
    keys ? keys.includes(column.name) : toleranceOf(column, tolerance) === undefined
  const indices = common.map((_, index) => index)
  const by = indices.filter((index) => isKey(common[index] as CommonColumn))
  const rest = indices.filter((index) => !by.includes(index))
  const unique = keys !== undefined && (await isUnique(tables, before, after, common, keys))
  const list = (of: readonly number[]): string => of.map((index) => `v${index}`).join(', ')
  const partition = by.length > 0 ? `PARTITION BY ${list(by)}` : ''
  const order = rest.length > 0 ? ` ORDER BY ${list(rest)}` : ''
  const number = unique ? '' : `, row_number() OVER (${partition}${order}) AS n`
  const side = (which: 'before' | 'after', table: WholeTable): string => {
    const values = [...valuesOf(which, common), 'TRUE AS p'].join(', ')
    return unique
      ? `SELECT ${values} FROM ${table.name}`
      : `SELECT *${number} FROM (SELECT ${values} FROM ${table.name})`
  }
  const conditions = by.map((index) => `b.v${index} IS NOT DISTINCT FROM a.v${index}`)
  if (!unique) conditions.push('b.n = a.n')
  return { before: side('before', before), after: side('after', after), on: conditions.join(' AND ') }
}

/** The first row, from 1, that is another one on the other side. */
async function firstOutOfPlace(
  tables: Tables,
  before: WholeTable,
  after: WholeTable,
  common: readonly CommonColumn[],
  { tolerance }: CompareOptions,
): Promise<bigint | undefined> {
  const tests = common.map((column, index) => differs(column, index, tolerance))
  if (tests.length === 0) return undefined
  const side = (which: 'before' | 'after', table: WholeTable) =>
    `(SELECT ${valuesOf(which, common).join(', ')}, rowid AS r FROM ${table.name})`
  const query = `SELECT min(b.r) + 1 FROM ${side('before', before)} AS b JOIN ${side('after', after)} AS a ON b.r = a.r WHERE ${tests.join(' OR ')}`
  const { rows } = await tables.session.lease(tables.signal, (lease) => lease.query(raw(query)))
  const first = rows[0]?.[0]
  return first == null ? undefined : BigInt(first)
}

async function readPage(
  tables: Tables,
  differing: string,
  common: readonly CommonColumn[],
  keys: readonly string[],
  limit: number,
  offset: number,
): Promise<RowDifference[]> {
  const first = common.flatMap(({ name }, index) => (keys.includes(name) ? [index] : []))
  const others = common.flatMap((_, index) => (first.includes(index) ? [] : [index]))
  const order = [...first, ...others].map((index) => `coalesce(b${index}, a${index})`)
  const types = (side: 'before' | 'after') =>
    common.map((column, index) => ({
      name: `${side}${index}`,
      type: sameType(column.before.type, column.after.type) ? column[side].type : 'VARCHAR',
    }))
  const flags = common.map((_, index) => ({ name: `d${index}`, type: 'BOOLEAN' }))
  const columns: Column[] = [
    ...types('before'),
    ...types('after'),
    ...flags,
    { name: 'bp', type: 'BOOLEAN' },
    { name: 'ap', type: 'BOOLEAN' },
  ]
  const names = ['b', 'a', 'd'].flatMap((side) => common.map((_, index) => `${side}${index}`))
  const select = `SELECT ${[...names, 'bp', 'ap'].join(', ')} FROM ${differing} ORDER BY ${[...order, 'ap'].join(', ')} LIMIT ${limit} OFFSET ${offset}`
  const rows = await tables.session.lease(tables.signal, (lease) => lease.cells(raw(select), columns))
  return rows.map((row) => rowDifference(row, common.length))
}

function rowDifference(row: readonly Cell[], width: number): RowDifference {
  const before = row.slice(0, width)
  const after = row.slice(width, 2 * width)
  if (row.at(-1) === null) return { kind: 'removed', before }
  if (row.at(-2) === null) return { kind: 'added', after }
  const changed = row.slice(2 * width, 3 * width).flatMap((flag, index) => (flag === 'true' ? [index] : []))
  return { kind: 'changed', before, after, changed }
}

async function numbers(tables: Tables, query: string): Promise<bigint[]> {
  const { rows } = await tables.session.lease(tables.signal, (lease) => lease.query(raw(query)))
  return (rows[0] ?? []).map((cell) => BigInt(cell ?? 0))
}
