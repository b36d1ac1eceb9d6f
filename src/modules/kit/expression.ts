import { userError } from '../../shared/errors.ts'
import type { ParameterValue } from './contract.ts'
import { didYouMean } from './did-you-mean.ts'
import { literal, raw, type Sql } from './sql.ts'
import { syntaxError, type Token, tokenize } from './tokens.ts'

export type Parameters = ReadonlyMap<string, ParameterValue>
const NO_PARAMETERS: Parameters = new Map()

// Reserved in DuckDB, so that outside brackets they can only start another clause or another statement.
const CLAUSES = new Set(
  'as asc desc from group having intersect except into limit offset on order qualify returning select union using where window with'.split(
    ' ',
  ),
)
const STATEMENTS = new Set(
  `select with from values insert update delete merge create drop alter truncate copy export import attach detach install load set reset
  pragma call explain describe summarize show use begin commit rollback checkpoint vacuum analyze prepare execute deallocate pivot unpivot table`.split(
    /\s+/,
  ),
)
const QUERY_STARTS = new Set(['select', 'with', 'from', 'values'])
const WRITES = new Set(['insert', 'update', 'delete', 'merge', 'copy', 'create', 'drop', 'alter', 'attach'])
/** `IS DISTINCT FROM`, `WITHIN GROUP`, `TIMESTAMP WITH TIME ZONE`. */
const ALLOWED_AFTER: Readonly<Record<string, readonly string[]>> = {
  from: ['distinct'],
  group: ['within'],
  with: ['timestamp', 'time'],
}

/**
 * Accepts exactly one SQL expression, and gives it in parentheses with its parameters filled in and its comments gone.
 * Columns and functions are checked later, by binding.
 * @throws LogiDataError `expression.syntax` or `parameter.unknown`, with a range in UTF-16 units of `text`
 */
export function expression(text: string, parameters: Parameters = NO_PARAMETERS): Sql {
  const tokens = tokenize(text)
  const [first] = tokens
  if (!first) throw syntaxError('The expression is empty.', 0, text.length, 'Write one such as amount > 100.')
  if (
    first.kind === 'word' &&
    STATEMENTS.has(first.text.toLowerCase()) &&
    tokens[1]?.kind !== 'open' &&
    tokens.length > 1
  )
    throw syntaxError(
      `An expression is needed here, not a ${first.text.toUpperCase()} statement.`,
      first.start,
      first.end,
      'Put a query that gives one value in parentheses: (SELECT …).',
    )
  checkExpression(tokens)
  return raw(`(${render(tokens, parameters)})`)
}

function checkExpression(tokens: readonly Token[]): void {
  let depth = 0
  tokens.forEach((token, index) => {
    const before = tokens[index - 1]
    if (token.kind === 'open') depth++
    else if (token.kind === 'close') depth--
    else if (token.kind === 'semicolon')
      throw syntaxError('One expression is needed, without “;”.', token.start, token.end)
    else if (token.kind === 'comma' && depth === 0)
      throw syntaxError(
        'One expression is needed, not a list.',
        token.start,
        token.end,
        'Take away what follows the comma.',
      )
    else if (token.kind === 'word') checkWord(token, before, tokens[index + 1], depth)
    else if (token.text === '*') checkStar(token, before, tokens[index - 2])
  })
  const last = tokens.at(-1)
  if (last?.kind === 'operator') throw syntaxError(`Something is missing after “${last.text}”.`, last.start, last.end)
}

function checkWord(token: Token, before: Token | undefined, after: Token | undefined, depth: number): void {
  if (before?.text === '.') return
  const word = token.text.toLowerCase()
  if (word === 'columns' && after?.text === '(')
    throw syntaxError('COLUMNS() stands for several columns; one value is needed.', token.start, token.end)
  if (depth > 0 || !CLAUSES.has(word)) return
  if (before && ALLOWED_AFTER[word]?.includes(before.text.toLowerCase())) return
  throw syntaxError(
    `“${token.text}” cannot stand in an expression.`,
    token.start,
    token.end,
    `A column of that name is written "${token.text}", in double quotes.`,
  )
}

/** `*` as “all columns”: fine in `count(*)`, but never one value. */
function checkStar(token: Token, before: Token | undefined, beforeThat: Token | undefined): void {
  const isArgument = before?.text === '(' && (beforeThat?.kind === 'word' || beforeThat?.kind === 'quoted')
  const isOperand =
    before && (before.kind !== 'operator' || before.text === '*') && before.kind !== 'open' && before.kind !== 'comma'
  if (isArgument || isOperand) return
  throw syntaxError('“*” stands for several columns; one value is needed.', token.start, token.end)
}

/**
 * Accepts one whole query (`SELECT`, `WITH`, `FROM` or `VALUES`; a last `;` is dropped), to stand in parentheses.
 * @throws LogiDataError `expression.syntax` or `parameter.unknown`, with a range in UTF-16 units of `text`
 */
export function query(text: string, parameters: Parameters = NO_PARAMETERS): Sql {
  const all = tokenize(text)
  const tokens = all.at(-1)?.kind === 'semicolon' ? all.slice(0, -1) : all
  const first = tokens.find((token) => token.text !== '(')
  if (!first) throw syntaxError('The query is empty.', 0, text.length, 'Write one such as SELECT * FROM input.')
  if (first.kind !== 'word' || !QUERY_STARTS.has(first.text.toLowerCase()))
    throw syntaxError('A query starts with SELECT, WITH, FROM or VALUES.', first.start, first.end)
  let depth = 0
  tokens.forEach((token, index) => {
    if (token.kind === 'open') depth++
    if (token.kind === 'close') depth--
    if (token.kind === 'semicolon') throw syntaxError('Only one query is allowed.', token.start, token.end)
    const startsClause = index > 0 && tokens[index - 1]?.kind === 'close'
    if (depth === 0 && startsClause && token.kind === 'word' && WRITES.has(token.text.toLowerCase()))
      throw syntaxError(`A query reads; it cannot ${token.text.toUpperCase()}.`, token.start, token.end)
  })
  return raw(render(tokens, parameters))
}

/** Names of the parameters that an expression or query uses. @throws LogiDataError `expression.syntax` */
export function parametersOf(text: string): Set<string> {
  return new Set(tokenize(text).flatMap((token) => (token.kind === 'parameter' ? [token.text.slice(1)] : [])))
}

// Pieces keep the distance they had; a comment leaves a blank, so that what stood on its two sides never grows together.
function render(tokens: readonly Token[], parameters: Parameters): string {
  let text = ''
  for (const [index, token] of tokens.entries()) {
    if (index > 0 && token.space) text += token.space === 'line' ? '\n' : ' '
    text += token.kind === 'parameter' ? parameterLiteral(token, parameters).text : token.text
  }
  return text
}

const SQL_TYPES = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
} as const

function parameterLiteral(token: Token, parameters: Parameters): Sql {
  const name = token.text.slice(1)
  const parameter = parameters.get(name)
  if (!parameter) {
    throw userError('parameter.unknown', `The pipeline has no parameter “${name}”.`, {
      range: { start: token.start, end: token.end },
      ...didYouMean(name, parameters.keys()),
    })
  }
  return typedLiteral(parameter)
}

/** A parameter's value as SQL of its own type: `CAST('2021-01-01' AS DATE)`. */
export function typedLiteral({ type, value }: ParameterValue): Sql {
  const sqlType = type === 'decimal' ? decimalType(value) : SQL_TYPES[type]
  return raw(`CAST(${literal(value).text} AS ${sqlType})`)
}

/** The narrowest DECIMAL that holds the digits as written. @throws LogiDataError `parameter.too-long` beyond the 38 digits of a DECIMAL */
function decimalType(value: string): string {
  const digits = /^[+-]?(\d*)(?:\.(\d*))?$/.exec(value.trim())
  // Written with an exponent, it is no exact decimal.
  if (!digits) return 'DOUBLE'
  const scale = digits[2]?.length ?? 0
  const width = Math.max(1, (digits[1]?.replace(/^0+/, '').length ?? 0) + scale)
  if (width > 38)
    throw userError('parameter.too-long', `The decimal ${value} has ${width} digits; 38 is the most there can be.`, {
      hint: 'Give the parameter fewer digits, or make it a text and cast it to DOUBLE.',
    })
  return `DECIMAL(${width},${scale})`
}
