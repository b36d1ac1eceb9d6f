import { type LogiDataError, userError } from '../../shared/errors.ts'

export type TokenKind =
  | 'word'
  | 'quoted'
  | 'string'
  | 'number'
  | 'parameter'
  | 'open'
  | 'close'
  | 'comma'
  | 'semicolon'
  | 'operator'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** UTF-16 offsets in the source. */
  readonly start: number
  readonly end: number
  /** White space or a comment stands before it; `line` when that holds a line break. */
  readonly space: '' | 'space' | 'line'
}

export function syntaxError(message: string, start: number, end: number, hint?: string): LogiDataError {
  return userError('expression.syntax', message, { range: { start, end }, ...(hint === undefined ? {} : { hint }) })
}

// DuckDB takes these for blanks (`Parser::StripUnicodeSpaces`); every other character beyond ASCII belongs to a name.
const SPACE = /[ \t\n\r\f\v\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]+/y
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y
const NUMBER = /0[xX][0-9a-fA-F_]+|0[bB][01_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?/y
const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y
const PARAMETER = /\$[A-Za-z_][A-Za-z0-9_]*/y
const SPACE_IN_WORD = /[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]/

/**
 * Splits DuckDB SQL as DuckDB's own lexer does: where a quote, a comment or a name ends decides what is code. What DuckDB could
 * read in another way than we do is refused.
 * @throws LogiDataError `expression.syntax` with a range
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  let space: Token['space'] = ''

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  const push = (kind: TokenKind, end: number) => {
    tokens.push({ kind, text: source.slice(at, end), start: at, end, space })
    at = end
    space = ''
  }

  const nul = source.indexOf('\0')
  if (nul >= 0) throw syntaxError('SQL cannot hold a NUL character.', nul, nul + 1)

  while (at < source.length) {
    const character = source[at] ?? ''
    const blank = match(SPACE)
    if (blank) {
      space = /[\n\r]/.test(blank) ? 'line' : space || 'space'
      at += blank.length
    } else if (source.startsWith('--', at)) {
      const end = source.slice(at).search(/[\n\r]/)
      at = end < 0 ? source.length : at + end
      space = space || 'space'
    } else if (source.startsWith('/*', at)) {
      at = endOfComment(source, at)
      space = space || 'space'
    } else if (character === "'") {
      push('string', endOfQuote(source, at, at + 1, "'", 'text'))
    } else if ((character === 'e' || character === 'E') && source[at + 1] === "'") {
      push('string', endOfEscapeString(source, at))
    } else if (character === '"') {
      push('quoted', endOfQuote(source, at, at + 1, '"', 'name'))
    } else if (character === '$') {
      const quote = match(DOLLAR_QUOTE)
      if (quote) {
        const end = source.indexOf(quote, at + quote.length)
        if (end < 0) throw syntaxError(`The text that starts with ${quote} has no end.`, at, source.length)
        push('string', end + quote.length)
        continue
      }
      const parameter = match(PARAMETER)
      if (!parameter)
        throw syntaxError(
          'Write a parameter as $name.',
          at,
          Math.min(at + 2, source.length),
          'Numbered ones are unknown.',
        )
      push('parameter', at + parameter.length)
    } else if (/[0-9]/.test(character) || (character === '.' && /[0-9]/.test(source[at + 1] ?? ''))) {
      const number = match(NUMBER) ?? character
      const end = at + number.length
      if (/[A-Za-z0-9_$'"\u0080-\uffff]/.test(source[end] ?? '') && !SPACE_IN_WORD.test(source[end] ?? ''))
        throw syntaxError(
          `“${source.slice(at, end + 1)}” is not a number.`,
          at,
          end + 1,
          'Quote a name that starts with a digit: "1st".',
        )
      push('number', end)
    } else if (match(WORD)) {
      const word = match(WORD) ?? ''
      const blankAt = word.search(SPACE_IN_WORD)
      push('word', at + (blankAt > 0 ? blankAt : word.length))
    } else if ('([{'.includes(character)) push('open', at + 1)
    else if (')]}'.includes(character)) push('close', at + 1)
    else if (character === ',') push('comma', at + 1)
    else if (character === ';') push('semicolon', at + 1)
    else if (character === '?')
      throw syntaxError('“?” is not a parameter here.', at, at + 1, 'Write a parameter as $name.')
    else if ('.:=<>+-*/%^&|~!@#`\\'.includes(character)) push('operator', at + 1)
    else throw syntaxError(`“${character}” is not SQL.`, at, at + 1)
  }
  checkBrackets(tokens)
  return tokens
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

function checkBrackets(tokens: readonly Token[]): void {
  const open: Token[] = []
  for (const token of tokens) {
    if (token.kind === 'open') open.push(token)
    if (token.kind !== 'close') continue
    const opener = open.pop()
    if (!opener) throw syntaxError(`“${token.text}” closes nothing.`, token.start, token.end)
    const expected = closing[opener.text]
    if (expected !== token.text)
      throw syntaxError(`“${token.text}” stands where “${expected}” is needed.`, token.start, token.end)
  }
  const last = open.pop()
  if (last) throw syntaxError(`“${last.text}” is never closed.`, last.start, last.end)
}

function endOfQuote(source: string, start: number, from: number, quote: string, what: string): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] !== quote) continue
    if (source[at + 1] === quote) at++
    else {
      if (what === 'name' && at === from) throw syntaxError('A name cannot be empty.', start, at + 1)
      return at + 1
    }
  }
  throw syntaxError(`The ${what} that starts with ${quote} has no end.`, start, source.length)
}

function endOfEscapeString(source: string, start: number): number {
  for (let at = start + 2; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source[at] === "'") {
      if (source[at + 1] === "'") at++
      else return at + 1
    }
  }
  throw syntaxError("The text that starts with E' has no end.", start, source.length)
}

/** Block comments nest, as in Postgres. */
function endOfComment(source: string, start: number): number {
  let depth = 0
  for (let at = start; at < source.length; at++) {
    if (source.startsWith('/*', at)) {
      depth++
      at++
    } else if (source.startsWith('*/', at)) {
      depth--
      at++
      if (depth === 0) return at + 1
    }
  }
  throw syntaxError('The comment that starts with /* has no end.', start, start + 2)
}
