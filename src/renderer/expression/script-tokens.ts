import type { Token, TokenKind } from './tokens.ts'

/** What a line of JavaScript leaves open for the next one. */
export type ScriptState = 'code' | 'template' | 'comment'

const KEYWORDS = new Set(
  `async await break case catch class const continue default delete do else extends false finally for function if in instanceof let new null
  of return static super switch this throw true try typeof undefined var void while yield`.split(/\s+/),
)
/** After these a slash begins a regular expression, not a division. */
const BEFORE_PATTERN = /(?:^|[([{,;=:?!&|+\-*%<>~^]|\b(?:return|typeof|case|in|of))\s*$/

const pieces: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /\s+/y],
  ['comment', /\/\/.*/y],
  ['string', /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?/y],
  ['number', /0[xob][\da-f_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d+)(?:e[+-]?\d+)?n?/iy],
  ['name', /[\p{L}_$][\p{L}\p{N}_$]*/uy],
  ['bracket', /[()[\]{}]/y],
  ['operator', /=>|===|!==|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\*\*|\+\+|--|\.\.\.|[^\s\w]/y],
]
const PATTERN = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const CLOSERS = { template: /(?:[^`\\]|\\[\s\S])*?`/y, comment: /[\s\S]*?\*\//y } as const

/** Splits one line of JavaScript, given what the line before left open. Covers every character. */
export function tokenizeScriptLine(line: string, state: ScriptState): { tokens: Token[]; state: ScriptState } {
  const tokens: Token[] = []
  let at = 0
  let open = state
  const closeFrom = (start: number, content: number, kind: Exclude<ScriptState, 'code'>) => {
    const closer = CLOSERS[kind]
    closer.lastIndex = content
    const match = closer.exec(line)
    at = match ? content + match[0].length : line.length
    open = match ? 'code' : kind
    if (at > start) tokens.push({ kind: kind === 'template' ? 'string' : 'comment', start, end: at })
  }
  if (open !== 'code') closeFrom(0, 0, open)
  while (at < line.length) {
    if (line[at] === '`') closeFrom(at, at + 1, 'template')
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
  if (line[start] === '/' && line[start + 1] !== '/' && BEFORE_PATTERN.test(line.slice(0, start))) {
    PATTERN.lastIndex = start
    const match = PATTERN.exec(line)
    if (match) return { kind: 'string', start, end: start + match[0].length }
  }
  for (const [kind, pattern] of pieces) {
    pattern.lastIndex = start
    const match = pattern.exec(line)
    if (!match) continue
    const end = start + match[0].length
    return { kind: kind === 'name' ? nameKind(match[0], line, start, end) : kind, start, end }
  }
  return { kind: 'operator', start, end: start + 1 }
}

function nameKind(word: string, line: string, start: number, end: number): TokenKind {
  const isMember = /\.\s*$/.test(line.slice(0, start))
  if (!isMember && KEYWORDS.has(word)) return 'keyword'
  if (!isMember && (word === 'row' || word === 'rows')) return 'parameter'
  return /^\s*\(/.test(line.slice(end)) ? 'function' : 'name'
}

/** Splits a whole program. Line breaks are `space`. */
export function tokenizeScript(text: string): Token[] {
  const tokens: Token[] = []
  let state: ScriptState = 'code'
  let offset = 0
  for (const line of text.split('\n')) {
    const result = tokenizeScriptLine(line, state)
    for (const { kind, start, end } of result.tokens) tokens.push({ kind, start: start + offset, end: end + offset })
    offset += line.length
    if (offset < text.length) tokens.push({ kind: 'space', start: offset, end: offset + 1 })
    offset += 1
    state = result.state
  }
  return tokens
}
