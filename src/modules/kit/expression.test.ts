import { describe, expect, it } from 'vitest'
import { LogiDataError } from '../../shared/errors.ts'
import { expression, parametersOf, query } from './expression.ts'

const parameters = new Map([
  ['since', { type: 'date', value: '2021-01-01' }],
  ['name', { type: 'text', value: "O'Hara" }],
  ['rate', { type: 'decimal', value: '-0.125' }],
] as const)

function failure(work: () => unknown) {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof LogiDataError) return thrown.info
    throw thrown
  }
  throw new Error('nothing was thrown')
}

describe('an expression', () => {
  it('takes a decimal of 38 digits exactly, and refuses one of 39', () => {
    const given = (value: string) => new Map([['n', { type: 'decimal', value }]] as const)
    expect(expression('$n', given(`-${'9'.repeat(36)}.25`)).text).toContain('AS DECIMAL(38,2)')
    expect(failure(() => expression('$n', given(`${'9'.repeat(36)}.255`)))).toMatchObject({
      code: 'parameter.too-long',
      kind: 'user',
    })
  })

  it.each([
    'a > 1',
    "name = 'a, b; c' AND x IN (1, 2)",
    '"select" + "a ""b"""',
    "E'it\\'s; -- no comment' || $tag$ , ; ' $tag$",
    'CASE WHEN a IS DISTINCT FROM b THEN 1 ELSE 2 END',
    "{'a': 1, 'b': [1, 2]}",
    'count(*) FILTER (WHERE x > 0) OVER (PARTITION BY a ORDER BY b)',
    'percentile_cont(0.5) WITHIN GROUP (ORDER BY x)',
    'list_transform(xs, lambda x: x * 2)',
    "TIMESTAMP WITH TIME ZONE '2021-01-01 00:00:00+00'",
    'price * quantity',
    't."from".year',
    '(SELECT max(x) FROM other)',
    'values',
    '📦 + été',
  ])('accepts %s as it is', (text) => {
    expect(expression(text).text).toBe(`(${text})`)
  })

  it('loses its comments without joining what they part', () => {
    expect(expression('1 -/* a /* nested */ comment */-2 -- end').text).toBe('(1 - -2)')
    expect(expression('a -- it’s ; a ) comment\n + 1').text).toBe('(a\n+ 1)')
  })

  it('takes every blank that DuckDB takes', () => {
    expect(expression('a\u00a0+\u30001').text).toBe('(a + 1)')
  })

  it('fills parameters in as literals of their type', () => {
    expect(expression("d >= $since AND n = $name AND r < $rate AND x = '$since'", parameters).text).toBe(
      "(d >= CAST('2021-01-01' AS DATE) AND n = CAST('O''Hara' AS VARCHAR) AND r < CAST('-0.125' AS DECIMAL(3,3)) AND x = '$since')",
    )
  })

  it('suggests the parameter that was probably meant', () => {
    expect(failure(() => expression('é > $sinec', parameters))).toMatchObject({
      code: 'parameter.unknown',
      hint: 'Did you mean “since”?',
      range: { start: 4, end: 10 },
    })
  })

  it.each([
    ['', 0, 0],
    ['  -- nothing', 0, 12],
    ['a, b', 1, 2],
    ['a; DROP TABLE x', 1, 2],
    ["x) FROM y WHERE ('a' = 'a'", 1, 2],
    ['(a', 0, 1],
    ['[1)', 2, 3],
    ["'abc", 0, 4],
    ['"abc', 0, 4],
    ["E'abc\\'", 0, 7],
    ['$q$ abc', 0, 7],
    ['/* abc', 0, 2],
    ['a AS b', 2, 4],
    ['a FROM t', 2, 6],
    ['SELECT 1', 0, 6],
    ['delete from x', 0, 6],
    ['a = ?', 4, 5],
    ['$1', 0, 2],
    ['1st', 0, 2],
    ['*', 0, 1],
    ['t.*', 2, 3],
    ['COLUMNS(*) > 1', 0, 7],
    ['a +', 2, 3],
    ['"" = 1', 0, 2],
    ['a\0', 1, 2],
    ['📦 = ?', 5, 6],
  ])('refuses %j and says where', (text, start, end) => {
    expect(failure(() => expression(text))).toMatchObject({
      code: 'expression.syntax',
      kind: 'user',
      range: { start, end },
    })
  })
})

describe('a query', () => {
  it.each([
    'SELECT 1',
    '(SELECT 1) UNION ALL (SELECT 2)',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'FROM x',
    'VALUES (1, 2)',
  ])('accepts %s', (text) => {
    expect(query(text).text).toBe(text)
  })
  it('drops a last semicolon and comments, and fills parameters in', () => {
    expect(query('SELECT $since; -- done', parameters).text).toBe("SELECT CAST('2021-01-01' AS DATE)")
  })
  it.each([
    '',
    'DELETE FROM x',
    'SELECT 1; SELECT 2',
    "COPY x TO 'y'",
    'WITH a AS (SELECT 1) INSERT INTO x FROM a',
    ') SELECT (',
  ])('refuses %j', (text) => {
    expect(failure(() => query(text)).code).toBe('expression.syntax')
  })
})

it('tells which parameters are used', () => {
  expect(parametersOf("$a + $b || '$c' -- $d")).toEqual(new Set(['a', 'b']))
})
