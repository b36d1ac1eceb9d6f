import { withoutProbe } from '../modules/kit/condition.ts'
import { nameKey } from '../modules/kit/inputs.ts'
import { type Token, tokenize } from '../modules/kit/tokens.ts'
import { remembered } from './remembered.ts'

/** A piece of a step's SQL, and what has to be known of it to move it into another SELECT. */
export interface Value {
  readonly text: string
  /** Every name in it, by `nameKey`: some are columns. */
  readonly names: ReadonlySet<string>
  /** It may depend on columns that it does not name: `*`, `COLUMNS(…)`, `#1`. */
  readonly unnamed: boolean
  /**
   * What it gives depends on which other rows there are, or on how often it is computed: a window, a subquery, `random()`, or an
   * `error()` for rows that a later filter drops. No filter may move below it.
   */
  readonly delicate: boolean
}

export interface Named {
  readonly name: string
  readonly value: Value
}

/** `SELECT … FROM input WHERE …`, taken apart: each row of the input gives one row or none. */
export interface RowStep {
  readonly where: Value | undefined
  /** Undefined: nothing but the columns of `list`. */
  readonly star: Star | undefined
  /** After the star. */
  readonly list: readonly Named[]
}

export interface Star {
  /** Column -> what stands in its place, by `nameKey`; undefined: nothing does. */
  readonly instead: ReadonlyMap<string, Named | undefined>
}

const OTHER_CLAUSES = new Set(
  'group having order limit qualify union intersect except window using offset tablesample sample distinct all into join pivot unpivot'.split(
    ' ',
  ),
)
const DELICATE = new Set(
  'over select from with random uuid uuidv4 uuidv7 gen_random_uuid nextval currval setseed error stats write_log sleep_ms'.split(
    ' ',
  ),
)

/**
 * Reads the SELECT of a module that says that it keeps or splits its rows (so that nothing in it can be an aggregate).
 * @returns innermost first; undefined where the SELECT is more than a choice of rows and columns
 */
export const rowSteps = remembered((body, input): readonly RowStep[] | undefined => {
  let tokens: Token[]
  try {
    tokens = tokenize(body)
  } catch {
    return undefined
  }
  const steps = read(body, tokens, input)
  // Named elsewhere too: `input.column`, a subquery over the input.
  return steps && tokens.filter((token) => token.text === input).length === 1 ? steps : undefined
})

function read(body: string, tokens: readonly Token[], input: string): RowStep[] | undefined {
  if (!isWord(tokens[0], 'select')) return undefined
  const from = atDepthZero(tokens, 1, (token, index) => isWord(token, 'from') && !isWord(tokens[index - 1], 'distinct'))
  if (from < 0) return undefined
  const source = tokens[from + 1]
  let after = from + 2
  let inner: RowStep[] | undefined = []
  if (source?.text === '(') {
    const end = closing(tokens, from + 1)
    inner = read(body, tokens.slice(from + 2, end), input)
    after = end + 1
  } else if (source?.text !== input) return undefined
  if (!inner) return undefined
  let where: Value | undefined
  if (after < tokens.length) {
    const condition = tokens.slice(after + 1)
    if (!isWord(tokens[after], 'where') || condition.length === 0 || hasClause(condition)) return undefined
    where = valueIn(body, condition)
  }
  const columns = readList(body, tokens.slice(1, from))
  return columns && [...inner, { where, ...columns }]
}

function readList(body: string, tokens: readonly Token[]): Pick<RowStep, 'star' | 'list'> | undefined {
  if (hasClause(tokens)) return undefined
  const items = splitAtCommas(tokens)
  const first = items[0]
  if (!first) return undefined
  const star = first[0]?.text === '*' ? readStar(body, first) : undefined
  if (first[0]?.text === '*' && !star) return undefined
  const list: Named[] = []
  for (const item of star ? items.slice(1) : items) {
    const named = readNamed(body, item)
    if (!named) return undefined
    list.push(named)
  }
  return { star, list }
}

/** `* EXCLUDE (a, b) REPLACE (x AS c) RENAME (d AS e)`. */
function readStar(body: string, tokens: readonly Token[]): Star | undefined {
  const instead = new Map<string, Named | undefined>()
  let at = 1
  while (at < tokens.length) {
    const word = tokens[at]?.text.toLowerCase()
    if (tokens[at + 1]?.text !== '(') return undefined
    const end = closing(tokens, at + 1)
    if (end < 0) return undefined
    for (const item of splitAtCommas(tokens.slice(at + 2, end))) {
      if (word === 'exclude') {
        const name = item.length === 1 ? nameOf(item[0]) : undefined
        if (name === undefined) return undefined
        instead.set(nameKey(name), undefined)
        continue
      }
      const named = readNamed(body, item)
      const old = item.length === 3 ? nameOf(item[0]) : undefined
      if (!named || (word === 'rename' ? old === undefined : word !== 'replace')) return undefined
      instead.set(nameKey(word === 'rename' ? (old ?? '') : named.name), named)
    }
    at = end + 1
  }
  return { instead }
}

/** `value AS name`, or a column as it is. */
function readNamed(body: string, item: readonly Token[]): Named | undefined {
  const name = nameOf(item.at(-1))
  if (name === undefined) return undefined
  if (item.length === 1) return { name, value: valueIn(body, item) }
  if (item.length < 3 || !isWord(item.at(-2), 'as')) return undefined
  return { name, value: valueIn(body, item.slice(0, -2)) }
}

function valueIn(body: string, tokens: readonly Token[]): Value {
  const names = new Set<string>()
  let unnamed = false
  let delicate = false
  tokens.forEach((token, index) => {
    const name = nameOf(token)
    if (name !== undefined) names.add(nameKey(name))
    if (name !== undefined && DELICATE.has(nameKey(name))) delicate = true
    if (token.text === '#' || (isWord(token, 'columns') && tokens[index + 1]?.text === '(')) unnamed = true
    // A factor has something on its left.
    if (token.text === '*' && /^(?:open|comma|operator)$/.test(tokens[index - 1]?.kind ?? 'open')) unnamed = true
  })
  const text = withoutProbe(body.slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0))
  return { text, names, unnamed, delicate }
}

/** The column that a value is, when it is nothing but a column. */
export function columnIn(value: Value): string | undefined {
  const [name, ...others] = value.names
  const isName = /^(?:"(?:[^"]|"")+"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)$/.test(value.text)
  return isName && others.length === 0 ? name : undefined
}

const isWord = (token: Token | undefined, word: string): boolean =>
  token?.kind === 'word' && token.text.toLowerCase() === word

function nameOf(token: Token | undefined): string | undefined {
  if (token?.kind === 'word') return token.text
  return token?.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('""', '"') : undefined
}

function atDepthZero(tokens: readonly Token[], start: number, test: (token: Token, index: number) => boolean): number {
  let depth = 0
  for (let index = start; index < tokens.length; index++) {
    const token = tokens[index]
    if (!token) break
    if (token.kind === 'close') depth--
    if (depth === 0 && test(token, index)) return index
    if (token.kind === 'open') depth++
  }
  return -1
}

const closing = (tokens: readonly Token[], open: number): number =>
  atDepthZero(tokens, open, (token, index) => index > open && token.kind === 'close')

const hasClause = (tokens: readonly Token[]): boolean =>
  atDepthZero(
    tokens,
    0,
    (token, index) =>
      token.kind === 'word' &&
      OTHER_CLAUSES.has(token.text.toLowerCase()) &&
      // `IS DISTINCT FROM`, `= ALL (…)`.
      !(isWord(token, 'distinct') && isWord(tokens[index + 1], 'from')),
  ) >= 0

function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const items: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.kind === 'open') depth++
    if (token.kind === 'close') depth--
    if (depth === 0 && token.kind === 'comma') items.push([])
    else items.at(-1)?.push(token)
  }
  return items.filter((item) => item.length > 0)
}
