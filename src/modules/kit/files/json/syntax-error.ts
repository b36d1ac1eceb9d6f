/** What of a text is no JSON, and where; V8's own message often has no place. */
export interface JsonSyntaxError {
  /** 1-based. */
  readonly line: number
  /** After “this is no JSON: ”. */
  readonly reason: string
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const WORD = /true|false|null/y
const STRING = /"(?:[ !#-[\]-\u{10ffff}]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy
const SPACE = /[ \t\n\r]*/y

/** @returns undefined when the text is JSON */
export function jsonSyntaxError(text: string): JsonSyntaxError | undefined {
  const found = firstMistake(text)
  if (!found) return undefined
  return { line: text.slice(0, found.at).split('\n').length, reason: found.reason }
}

/** What may stand here: a value, a value or the end of an empty array, a key likewise, a colon, or what follows a value. */
type Expected = 'value' | 'first' | 'key' | 'firstKey' | 'colon' | 'next'

const isKey = (expected: Expected): boolean => expected === 'key' || expected === 'firstKey'

function firstMistake(text: string): { at: number; reason: string } | undefined {
  const open: ('[' | '{')[] = []
  let expected: Expected = 'value'
  let at = 0
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  for (;;) {
    skip(SPACE)
    const character = text.charAt(at)
    if (character === '')
      return expected === 'next' && open.length === 0 ? undefined : { at, reason: 'the file ends too early' }
    const mistake = { at, reason: `${JSON.stringify(character)} is not expected here` }
    const inside = open.at(-1)
    const closes = character === (inside === '[' ? ']' : '}') && inside !== undefined
    if (closes && (expected === 'next' || expected === 'first' || expected === 'firstKey')) {
      open.pop()
      expected = 'next'
      at++
    } else if (expected === 'next') {
      if (character !== ',' || inside === undefined) return mistake
      expected = inside === '[' ? 'value' : 'key'
      at++
    } else if (expected === 'colon') {
      if (character !== ':') return mistake
      expected = 'value'
      at++
    } else if (character === '"') {
      skip(STRING)
      if (text.charAt(at) === '') return { at: mistake.at, reason: 'a text is opened and never closed' }
      if (text.charAt(at) === '\n') return { at, reason: 'a text is not closed on its line' }
      if (text.charAt(at) !== '"') return { at, reason: `${JSON.stringify(text.charAt(at))} cannot stand in a text` }
      at++
      expected = isKey(expected) ? 'colon' : 'next'
    } else if (isKey(expected)) {
      return mistake
    } else if (character === '[' || character === '{') {
      open.push(character)
      expected = character === '[' ? 'first' : 'firstKey'
      at++
    } else if (skip(NUMBER) || skip(WORD)) expected = 'next'
    else return mistake
  }
}
