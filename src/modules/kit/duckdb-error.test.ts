import { describe, expect, it } from 'vitest'
import { toErrorInfo } from '../../shared/errors.ts'
import { fromDuckDbError } from './duckdb-error.ts'
import { failure } from './failure.ts'
import { sharedSession } from './harness.ts'
import { raw, sql } from './sql.ts'

const ask = async (query: string) => {
  const session = await sharedSession()
  return session.query(raw(query)).then(() => undefined, toErrorInfo)
}

describe('what DuckDB says becomes', () => {
  it.each([
    ['SELECT nmae FROM (SELECT 1 AS name)', 'column.not-found', 'There is no column “nmae”.', 'Did you mean “name”?'],
    ['SELECT t.nmae FROM (SELECT 1 AS name) t', 'column.not-found', 'There is no column “nmae”.', undefined],
    ['SELECT uper(1)', 'function.not-found', 'There is no function “uper”.', 'Did you mean “upper”?'],
    ['SELECT * FROM nosuch', 'table.not-found', 'There is no table “nosuch”.', /ports/],
    ["SELECT DATE '2020-01-01' + 'a'", 'expression.types', /DATE \+ VARCHAR does not exist/, /Cast/],
    ["SELECT CAST('abc' AS INTEGER)", 'data.invalid', /Could not convert string 'abc' to INT32/, undefined],
    ['SELECT 1 +', 'expression.syntax', /syntax error/, undefined],
    ["SELECT * FROM '/nosuch.parquet'", 'file.unreadable', /./, undefined],
    ['SELECT x, sum(x) FROM (SELECT 1 AS x)', 'query.invalid', /GROUP BY/, undefined],
  ])('%s: %s', async (query, code, message, hint) => {
    const info = await ask(query)
    expect(info).toMatchObject({ code, message: expect.stringMatching(message) })
    if (hint !== undefined) expect(info?.hint).toMatch(hint)
    // The statement that we generated is of no use to anybody.
    expect(info?.message).not.toMatch(/LINE \d/)
  })

  it('an error of our own, with its field and the value', async () => {
    const session = await sharedSession()
    const error = failure(
      'cast.failed',
      ['columns', 0, 'a|"]⟧'],
      ['The value ', raw('x'), ' is wrong.'],
      'Mend it.',
      'node_1',
    )
    const query = sql`SELECT CASE WHEN x = 'b⟧|' THEN ${error} ELSE 1 END FROM (VALUES ('a'), ('b⟧|')) AS t(x)`
    await expect(session.query(query)).rejects.toMatchObject({
      info: {
        code: 'cast.failed',
        kind: 'user',
        nodeId: 'node_1',
        message: 'The value b⟧| is wrong.',
        hint: 'Mend it.',
        field: ['columns', 0, 'a|"]⟧'],
      },
    })
  })

  it('a cancellation, which is no failure', () => {
    expect(toErrorInfo(fromDuckDbError(new Error('INTERRUPT Error: Interrupted!'))).kind).toBe('cancelled')
  })

  it('an operational error when memory or disk runs out', () => {
    const of = (message: string) => toErrorInfo(fromDuckDbError(new Error(message)))
    expect(of('Out of Memory Error: failed to allocate')).toMatchObject({
      code: 'engine.out-of-memory',
      kind: 'operational',
    })
    expect(of('IO Error: Could not write: No space left on device')).toMatchObject({
      code: 'disk.full',
      kind: 'operational',
    })
  })
})
