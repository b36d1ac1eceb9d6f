import { afterAll, beforeAll, expect, test } from 'vitest'
import { raw } from '../modules/kit/sql.ts'
import { KEYWORDS } from './keywords.ts'
import { never, type TemporaryProject, temporaryProject } from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
})
afterAll(() => own.close())

const read = (text: string) => own.project.session.lease(never, (lease) => lease.query(raw(text)))

test('the words that must be quoted are those that DuckDB lists', async () => {
  const { rows } = await read('SELECT DISTINCT lower(keyword_name) FROM duckdb_keywords()')
  expect([...KEYWORDS].sort()).toEqual(rows.map(([word]) => word).sort())
})

test('types are named as DESCRIBE names them, and DuckDB reads the names again', async () => {
  const names = ['select', 'SELECT', 'type', 'Abc', '_x', 'a b', 'é', 'x$', 'say "hi"', '1']
  const struct = `{${names
    .map((name) => `'${name}': 1`)
    .join(', ')
    .replace(", 'SELECT': 1", '')}}`
  const values = `SELECT ${struct} AS s, [${struct}] AS l, MAP {'k': ${struct}} AS m, union_value("order" := 1) AS u`
  const described = await read(`SELECT column_type FROM (DESCRIBE ${values})`)
  const { columns } = await read(values)
  expect(columns.map(({ type }) => type)).toEqual(described.rows.map(([type]) => type))
  for (const { type } of columns) await read(`SELECT CAST(NULL AS ${type})`)
})
