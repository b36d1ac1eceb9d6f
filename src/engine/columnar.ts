import type { InputRelation } from '../modules/kit/contract.ts'
import { nameKey } from '../modules/kit/inputs.ts'
import { type Token, tokenize } from '../modules/kit/tokens.ts'
import { type Named, type RowStep, rowSteps, type Value } from './row-step.ts'

/** Rows that cost less to compute a second time than to keep: those of a file in columns, or what quick steps leave of them. */
export interface Columnar {
  /** Columns that are slow to compute, by `nameKey`. */
  readonly costly: ReadonlySet<string>
  /** How long the conditions on the way are together, which are tested each time. */
  readonly tests: number
}

/** Of a file that is read as it is. */
export const FILE_IN_COLUMNS: Columnar = { costly: new Set(), tests: 0 }

/** What a step is told of such an input. */
export const rereading = ({ costly, tests }: Columnar): Pick<InputRelation, 'columnar' | 'costly' | 'filtered'> => ({
  columnar: true,
  costly,
  ...(tests > 0 ? { filtered: true } : {}),
})

/** Tokens; beyond that, many quick operations are slow as well. */
const LONGEST = 150

/** What may stand before a bracket in a quick value. Others may search in texts, or go through lists. */
const QUICK = new Set(
  `and or not in is when then else case between like as on values cast try_cast coalesce nullif ifnull if abs sign round floor ceil ceiling trunc greatest least
  isfinite isnan isinf contains starts_with ends_with prefix suffix strlen length len lower upper left right
  year month day hour minute second quarter week dayofweek isodow date_part datepart date_trunc datetrunc date_diff datediff date_add make_date
  decimal numeric varchar parse_filename`.split(/\s+/),
)

/** These make a value depend on other rows, or read tables. */
const BEYOND_ITS_ROW = new Set(['over', 'select', 'with'])

/**
 * What is known of the rows of a step that chooses rows and columns of such an input.
 * @param body the step's SQL @param input the name of its input in it
 * @returns undefined where it does more than that, or tests for long what rows it takes
 */
export function columnarThrough(body: string, input: string, above: Columnar): Columnar | undefined {
  let found: Columnar | undefined = above
  for (const step of rowSteps(body, input) ?? [undefined]) found = found && step && throughStep(step, found)
  return found
}

function throughStep({ where, star, list }: RowStep, { costly, tests }: Columnar): Columnar | undefined {
  const instead = [...(star?.instead.values() ?? [])].flatMap((named) => named ?? [])
  const values = [...instead, ...list]
  if ([...values.map(({ value }) => value), ...(where ? [where] : [])].some(isBeyondItsRow)) return undefined
  if (where && isCostly(where, costly)) return undefined
  const length = tests + (where ? tokensOf(where).length : 0)
  if (length > LONGEST) return undefined
  const kept = star ? [...costly].filter((name) => !star.instead.has(name)) : []
  const made = values.flatMap(({ name, value }: Named) => (isCostly(value, costly) ? [nameKey(name)] : []))
  return { costly: new Set([...kept, ...made]), tests: length }
}

function isCostly(value: Value, costly: ReadonlySet<string>): boolean {
  if (value.unnamed || [...value.names].some((name) => costly.has(name))) return true
  const tokens = tokensOf(value)
  return tokens.length > LONGEST || tokens.some((token, index) => isSlow(token, tokens[index + 1]))
}

function isSlow({ kind, text }: Token, next: Token | undefined): boolean {
  // Patterns of `~` and SIMILAR TO, and what is made of JSON and lists.
  if (kind === 'operator') return text === '~' || text === '@' || text === '^'
  if (kind === 'open') return text !== '('
  if (kind === 'word' && /^(?:similar|glob|ilike|lambda|for)$/i.test(text)) return true
  return next?.text === '(' && (kind === 'quoted' || (kind === 'word' && !QUICK.has(text.toLowerCase())))
}

const isBeyondItsRow = (value: Value): boolean =>
  tokensOf(value).some(({ kind, text }) => kind === 'word' && BEYOND_ITS_ROW.has(text.toLowerCase()))

/** Its tokens; the value was taken out of SQL that could be read. */
const tokensOf = ({ text }: Value): readonly Token[] => tokenize(text)
