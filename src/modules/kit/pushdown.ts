import type { Text } from '../../shared/modules/descriptor.ts'

/**
 * Types of a source whose comparisons with a constant mean the same there and in DuckDB. An `instant` is a point in time, and its
 * constants are in UTC, as everywhere here. Not among them: floating point, texts padded with blanks, and whatever the extract changes
 * on the way (NaN or zero dates that become NULL).
 */
export type PushedKind = 'integer' | 'decimal' | 'date' | 'timestamp' | 'instant' | 'boolean' | 'text'

export const COMPARISONS = ['=', '<>', '<', '<=', '>', '>='] as const
export type Comparison = (typeof COMPARISONS)[number]

/** A constant of the kind of its column, checked: digits, an ISO date or timestamp, `true` or `false`, or a text of ASCII characters. */
export interface PushedValue {
  readonly kind: PushedKind
  readonly text: string
}

/** A condition on the rows of a source, by SQL's three-valued logic. Columns are positions in `Discovered.columns`. */
export type Predicate =
  | { readonly is: 'and' | 'or'; readonly of: readonly Predicate[] }
  | { readonly is: 'not'; readonly of: Predicate }
  | { readonly is: 'compare'; readonly column: number; readonly by: Comparison; readonly value: PushedValue }
  | { readonly is: 'null'; readonly column: number }

/** A column as it is, in the order of its type. */
export interface PlainKey {
  readonly column: string
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** A column that rows are put in order by: its position in `Discovered.columns`. */
export interface PushedKey {
  readonly column: number
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** The first rows: of those of `where`, in the order of `by`; without one, in the order in which the source gives them. */
export interface PushedFirst {
  readonly rows: number
  /** Rows that are equal to the last of them by these keys come as well. */
  readonly by: readonly PushedKey[]
}

/** What a source is asked to do itself. Steps of the pipeline do it again: a source may give more rows than that, never fewer. */
export interface Pushed {
  readonly where?: Predicate
  readonly first?: PushedFirst
  /** Positions of the columns whose values somebody needs, ascending; the others may come as NULL. Absent: all. */
  readonly columns?: readonly number[]
}

/** What an extract can leave to its source. It can always leave out the values of columns that nobody needs. */
export type Pushable =
  | {
      /** Per column of `Discovered.columns` its kind, undefined where it must not be compared there. */
      readonly columns: readonly (PushedKind | undefined)[]
      /** The source can be asked for the first rows only; `ties`: also of an order, with all that are equal to the last of them. */
      readonly first: 'no' | 'plain' | 'ties'
      /** It lets more rows through than those of a condition, so that it does not know which of them are the first. */
      readonly loose?: boolean
    }
  | { readonly refused: Text }

/** Whether the values of a column are needed. */
export const isNeeded = (pushed: Pushed | undefined, column: number): boolean =>
  pushed?.columns?.includes(column) !== false

export interface PredicateWriter {
  /** A comparison, in the source's own words. */
  readonly compare: (column: number, by: Comparison, value: PushedValue) => string
  /** A column, quoted. */
  readonly column: (column: number) => string
}

/** A predicate as SQL, each part in parentheses. */
export function predicateText(predicate: Predicate, writer: PredicateWriter): string {
  switch (predicate.is) {
    case 'and':
    case 'or':
      return `(${predicate.of.map((part) => predicateText(part, writer)).join(predicate.is === 'and' ? ' AND ' : ' OR ')})`
    case 'not':
      return `(NOT ${predicateText(predicate.of, writer)})`
    case 'null':
      return `(${writer.column(predicate.column)} IS NULL)`
    case 'compare':
      return `(${writer.compare(predicate.column, predicate.by, predicate.value)})`
  }
}

const SHAPES: Readonly<Record<PushedKind, RegExp>> = {
  integer: /^-?\d{1,19}$/,
  decimal: /^-?\d{1,38}(\.\d{1,38})?$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  timestamp: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/,
  instant: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/,
  boolean: /^(true|false)$/,
  text: /^[\x20-\x7e]*$/,
}

/** The text of a value, of which nothing but the shape of its kind can come. @throws TypeError */
export function shapedText({ kind, text }: PushedValue): string {
  if (!SHAPES[kind].test(text)) throw new TypeError(`no ${kind}: ${JSON.stringify(text)}`)
  return text
}
