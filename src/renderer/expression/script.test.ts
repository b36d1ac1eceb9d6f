import { describe, expect, test } from 'vitest'
import type { Vocabulary } from './completion.ts'
import { completeScript } from './script-completion.ts'
import { tokenizeScript, tokenizeScriptLine } from './script-tokens.ts'

const kinds = (text: string) =>
  tokenizeScript(text)
    .filter(({ kind }) => kind !== 'space')
    .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)

describe('tokens of a script', () => {
  test('tell words, names, calls, texts and patterns apart', () => {
    expect(kinds("return row.a.trim(/x\\//g) ?? 'it' // done")).toEqual([
      ...['keyword return', 'parameter row', 'operator .', 'name a', 'operator .', 'function trim', 'bracket ('],
      ...['string /x\\//g', 'bracket )', 'operator ??', "string 'it'", 'comment // done'],
    ])
    expect(kinds('a / b / 2')).toEqual(['name a', 'operator /', 'name b', 'operator /', 'number 2'])
  })

  test('cover every character, also of what is never closed', () => {
    const text = 'const s = `a\n${b}\nc` + "x\n/* open\né 1_000n 0xff'
    expect(
      tokenizeScript(text)
        .map(({ start, end }) => text.slice(start, end))
        .join(''),
    ).toBe(text)
    expect(tokenizeScriptLine('`a', 'code').state).toBe('template')
    expect(tokenizeScriptLine('b` + 1', 'template').state).toBe('code')
    expect(tokenizeScriptLine('x */ y', 'comment').tokens[0]).toEqual({ kind: 'comment', start: 0, end: 4 })
  })
})

const vocabulary = (...names: string[]): Vocabulary => ({
  columns: names.map((name) => ({ name, type: 'VARCHAR' })),
  parameters: {},
  functions: [],
})
const inserts = (text: string, ...names: string[]) => completeScript(text, text.length, vocabulary(...names))

describe('completion of a script', () => {
  test('offers the columns of the row after its dot', () => {
    expect(inserts('return row.to', 'total', 'day')).toMatchObject({ start: 11, end: 13 })
    expect(inserts('return row.to', 'total', 'day')?.items.map(({ insert }) => insert)).toEqual(['total', 'day'])
  })

  test('writes a name that is none of JavaScript in brackets, in the place of the dot', () => {
    const found = inserts('row.', 'a "b"', 'total')
    expect(found).toMatchObject({ start: 3, end: 4 })
    expect(found?.items.map(({ insert }) => insert)).toEqual(['["a \\"b\\""]', '.total'])
  })

  test('offers them inside brackets too', () => {
    expect(inserts('row["a', "a'b")).toMatchObject({ start: 5, end: 6, items: [{ insert: "a'b" }] })
  })

  test('stays quiet inside texts, comments, numbers, and after other dots', () => {
    for (const text of ["'row.", '// row.', '12', 'Math.']) expect(inserts(text, 'a'), text).toBeUndefined()
  })

  test('offers what a script knows at the start of a word', () => {
    const labels = inserts('re', 'a')?.items.map(({ label }) => label)
    expect(labels).toEqual(expect.arrayContaining(['row', 'return']))
  })
})
