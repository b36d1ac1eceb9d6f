import { isKeyword, isKeywordBeforeParenthesis } from './keywords.ts'

export type TokenKind =
  | 'space'
  | 'comment'
  | 'string'
  | 'number'
  | 'parameter'
  | 'function'
  | 'keyword'
  /** A bare name: a column, or a table or type where one stands. */
  | 'name'
  | 'quotedName'
  | 'operator'
  | 'bracket'

export interface Token {
  readonly kind: TokenKind
  /** UTF-16 offsets. */
  readonly start: number
  readonly end: number
}

/** What a line leaves open for the next one. */
export type LineState = 'code' | 'string' | 'quotedName' | 'comment'

const pieces: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /\s+/y],
  ['comment', /--.*/y],
  ['number', /(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy],
  ['parameter', /\$[A-Za-z_]\w*/y],
  ['name', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['bracket', /[()[\]{}]/y],
  ['operator', /::|->>?|<=|>=|<>|!=|\|\||=>|[^\s\w]/y],
]

const closers: Record<Exclude<LineState, 'code'>, RegExp> = {
  string: /(?:[^']|'')*?'(?!')/y,
  quotedName: /(?:[^"]|"")*?"(?!")/y,
  comment: /[\s\S]*?\*\//y,
}

/** Splits one line, given what the line before left open. Covers every character. */
export function tokenizeLine(line: string, state: LineState): { tokens: Token[]; state: LineState } {
  const tokens: Token[] = []
  let at = 0
  let open = state

  const closeFrom = (start: number, contentStart: number, kind: Exclude<LineState, 'code'>) => {
    const closer = closers[kind]
    closer.lastIndex = contentStart
    const match = closer.exec(line)
    at = match ? contentStart + match[0].length : line.length
    open = match ? 'code' : kind
    if (at > start) tokens.push({ kind, start, end: at })
  }

  if (open !== 'code') closeFrom(0, 0, open)
  while (at < line.length) {
    if (line[at] === "'") closeFrom(at, at + 1, 'string')
    else if (line[at] === '"') closeFrom(at, at + 1, 'quotedName')
    else if (line.startsWith('/*', at)) closeFrom(at, at + 2, 'comment')
    else {
      const token = nextToken(line, at)
      tokens.push(token)
      at = token.end
    }
  }
  return { tokens, state: open }
}

function nextToken(line: string, start: number): Token {
  for (const [kind, pattern] of pieces) {
    pattern.lastIndex = start
    const match = pattern.exec(line)
    if (!match) continue
    const end = start + match[0].length
    return { kind: kind === 'name' ? nameKind(match[0], line, end) : kind, start, end }
  }
  return { kind: 'operator', start, end: start + 1 }
}

function nameKind(word: string, line: string, end: number): TokenKind {
  const called = /^\s*\(/.test(line.slice(end))
  if (called && !isKeywordBeforeParenthesis(word)) return 'function'
  return isKeyword(word) ? 'keyword' : 'name'
}

/** Splits a whole text. Line breaks are `space`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let state: LineState = 'code'
  let offset = 0
  for (const line of text.split('\n')) {
    const result = tokenizeLine(line, state)
    for (const token of result.tokens) {
      tokens.push({ kind: token.kind, start: token.start + offset, end: token.end + offset })
    }
    offset += line.length
    if (offset < text.length) tokens.push({ kind: 'space', start: offset, end: offset + 1 })
    offset += 1
    state = result.state
  }
  return tokens
}

/** The token that a caret at `offset` touches, the one to its left first. */
export function tokenAt(tokens: readonly Token[], offset: number): Token | undefined {
  return (
    tokens.find((token) => token.start < offset && offset <= token.end && token.kind !== 'space') ??
    tokens.find((token) => token.start <= offset && offset < token.end && token.kind !== 'space')
  )
}
