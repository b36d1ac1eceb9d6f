import { describe, expect, test } from 'vitest'
import { completeAt, hoverAt, type Vocabulary } from './completion.ts'
import { quoteName, unquoteName } from './names.ts'
import { type TokenKind, tokenize, tokenizeLine } from './tokens.ts'

const kinds = (text: string): [TokenKind, string][] =>
  tokenize(text)
    .filter((token) => token.kind !== 'space')
    .map((token) => [token.kind, text.slice(token.start, token.end)])

describe('tokens', () => {
  test('tell functions, columns, parameters, strings and numbers apart', () => {
    expect(kinds("sum(line_total) / 1.5e3 > $min and name = 'it''s'")).toEqual([
      ['function', 'sum'],
      ['bracket', '('],
      ['name', 'line_total'],
      ['bracket', ')'],
      ['operator', '/'],
      ['number', '1.5e3'],
      ['operator', '>'],
      ['parameter', '$min'],
      ['keyword', 'and'],
      ['name', 'name'],
      ['operator', '='],
      ['string', "'it''s'"],
    ])
  })

  test('cover every character, so that nothing vanishes from a highlighted text', () => {
    const text = 'case when "a ""b" = \'x\n y\' then é::INT /* one\ntwo */ else -1 -- end\nend'
    expect(
      tokenize(text)
        .map((token) => text.slice(token.start, token.end))
        .join(''),
    ).toBe(text)
  })

  test('a keyword before a parenthesis is no function', () => {
    expect(kinds('a in (1) and not (b)').filter(([kind]) => kind === 'function')).toEqual([])
  })

  test('a string or a comment goes on in the next line', () => {
    expect(tokenizeLine("'abc", 'code').state).toBe('string')
    expect(tokenizeLine("def' + 1", 'string').tokens[0]).toEqual({ kind: 'string', start: 0, end: 4 })
    expect(tokenizeLine('x */ y', 'comment').state).toBe('code')
  })
})

describe('names', () => {
  test('are quoted only where they must be', () => {
    expect(['total', 'Total', 'a b', 'order', '1st', 'say "x"', 'été'].map(quoteName)).toEqual([
      'total',
      'Total',
      '"a b"',
      '"order"',
      '"1st"',
      '"say ""x"""',
      '"été"',
    ])
  })

  test('come back as they were', () => {
    expect(unquoteName(quoteName('say "x"'))).toBe('say "x"')
  })
})

const vocabulary: Vocabulary = {
  columns: [
    { name: 'total', type: 'DOUBLE' },
    { name: 'due date', type: 'DATE' },
  ],
  parameters: { since: { type: 'date', default: '2021-01-01', description: 'First day' } },
  functions: [
    { name: 'sum', kind: 'aggregate', signatures: ['sum(arg)'], description: 'Adds up.' },
    { name: 'now', kind: 'scalar', signatures: ['now()'], description: '' },
    { name: '+', kind: 'scalar', signatures: ['+(a, b)'], description: '' },
  ],
}

describe('completion', () => {
  test('offers columns first, quoted where needed, and replaces the word being typed', () => {
    const completion = completeAt('sum(tot', 7, vocabulary)
    expect(completion).toMatchObject({ start: 4, end: 7 })
    expect(completion?.items.slice(0, 2).map((item) => item.insert)).toEqual(['total', '"due date"'])
  })

  test('offers parameters alone after a dollar sign', () => {
    expect(completeAt('total > $', 9, vocabulary)).toMatchObject({ start: 8, end: 9, items: [{ label: '$since' }] })
    expect(completeAt('total > $si', 11, vocabulary)).toMatchObject({ start: 8, end: 11, items: [{ label: '$since' }] })
  })

  test('puts the caret between the parentheses of a function that takes something', () => {
    const items = completeAt('', 0, vocabulary)?.items ?? []
    expect(items.find((item) => item.label === 'sum')?.insert).toBe('sum($0)')
    expect(items.find((item) => item.label === 'now')?.insert).toBe('now()')
    expect(items.find((item) => item.label === '+')).toBeUndefined()
  })

  test('stays quiet inside strings, comments and numbers', () => {
    expect(completeAt("'abc'", 3, vocabulary)).toBeUndefined()
    expect(completeAt("'abc", 4, vocabulary)).toBeUndefined()
    expect(completeAt('-- abc', 5, vocabulary)).toBeUndefined()
    expect(completeAt('12', 2, vocabulary)).toBeUndefined()
  })

  test('offers the columns of the table before the dot', () => {
    const tables = [
      { name: 'left', columns: [{ name: 'a', type: 'INTEGER' }] },
      { name: 'b', columns: [{ name: 'c', type: 'INTEGER' }] },
    ]
    const items = completeAt('select b.', 9, { ...vocabulary, tables })?.items ?? []
    expect(items.map((item) => item.label)).toEqual(['c'])
  })
})

describe('hover', () => {
  test('says what a column, a parameter and a function are', () => {
    expect(hoverAt('total > $since', 1, vocabulary)?.title).toBe('total: DOUBLE')
    expect(hoverAt('"due date"', 3, vocabulary)?.title).toBe('due date: DATE')
    expect(hoverAt('total > $since', 10, vocabulary)).toMatchObject({
      title: '$since: date = 2021-01-01',
      markdown: 'First day',
    })
    expect(hoverAt('sum(total)', 1, vocabulary)?.markdown).toContain('Adds up.')
  })
})
