import { describe, expect, it } from 'vitest'
import { columnarThrough, FILE_IN_COLUMNS } from './columnar.ts'

const through = (body: string, above = FILE_IN_COLUMNS) => columnarThrough(body, 't', above)

describe('rows that are quick to compute again', () => {
  it.each([
    'SELECT * FROM t WHERE amount >= 10',
    "SELECT * FROM t WHERE city LIKE 'Ly%' AND TRY_CAST(n AS BIGINT) IN (1, 2)",
    'SELECT a, b AS c FROM t',
    'SELECT * RENAME (a AS b) FROM t',
    'SELECT * EXCLUDE (a) FROM (SELECT *, n + 1 AS m FROM t) WHERE m > 2',
  ])('are those of %s, with no slow column', (body) => {
    expect(through(body)?.costly).toEqual(new Set())
  })

  it.each([
    ["SELECT *, regexp_replace(a, 'x', 'y') AS \"B\" FROM t", ['b']],
    ['SELECT * REPLACE (sha256(a) AS a) FROM t', ['a']],
    ['SELECT *, [n, 2] AS l, n AS m FROM t', ['l']],
    ['SELECT sha256(a) AS b, n FROM t', ['b']],
    ["SELECT *, a SIMILAR TO 'x+' AS b, a ~ 'x' AS c FROM t", ['b', 'c']],
    ['SELECT *, "sha256"(a) AS b FROM t', ['b']],
    ["SELECT *, CASE WHEN n > 1 THEN error('no') ELSE n END AS m FROM t", ['m']],
  ])('may have slow columns: %s has %j', (body, costly) => {
    expect(through(body)?.costly).toEqual(new Set(costly))
  })

  it('know which columns are slow through several steps', () => {
    const slow = through('SELECT *, sha256(a) AS b FROM t')
    expect(slow && through('SELECT *, b || n AS c, n AS m FROM t', slow)?.costly).toEqual(new Set(['b', 'c']))
    expect(slow && through('SELECT * RENAME (b AS d) FROM t', slow)?.costly).toEqual(new Set(['d']))
    expect(slow && through('SELECT * EXCLUDE (b) FROM t', slow)?.costly).toEqual(new Set())
    expect(slow && through("SELECT * FROM t WHERE b = 'x'", slow)).toBeUndefined()
  })

  it.each([
    "SELECT * FROM t WHERE regexp_matches(a, 'x')",
    'SELECT * FROM t WHERE a IN (SELECT a FROM t)',
    'SELECT *, row_number() OVER () AS n FROM t',
    'SELECT * FROM t ORDER BY a',
    'SELECT DISTINCT a FROM t',
    'SELECT a, count(*) AS n FROM t GROUP BY a',
    'SELECT t.a AS a FROM t',
    'SELECT * FROM t WHERE COLUMNS(*) = 1',
    `SELECT * FROM t WHERE ${Array.from({ length: 60 }, (_, index) => `n <> ${index}`).join(' AND ')}`,
  ])('are not those of %s', (body) => {
    expect(through(body)).toBeUndefined()
  })
})
