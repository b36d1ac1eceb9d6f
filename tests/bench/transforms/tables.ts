import { compare } from '../../../src/modules/transformers/compare/implementation.ts'
import { header } from '../../../src/modules/transformers/header/implementation.ts'
import type { TransformCase } from './case.ts'

const versions = {
  old: 'SELECT id, city, amount, note FROM sample',
  new: 'SELECT id, CASE WHEN key % 7 = 0 THEN upper(city) ELSE city END AS city, amount, note FROM sample WHERE id % 10 > 0',
}
// A key that comes twice on a side says nothing about which rows belong together.
const BOTH = `(FROM old_rows QUALIFY count(*) OVER (PARTITION BY id) = 1) AS o JOIN (FROM new_rows QUALIFY count(*) OVER (PARTITION BY id) = 1) AS n ON o.id IS NOT DISTINCT FROM n.id`
const DIFFERS = `(o.city IS DISTINCT FROM n.city OR o.amount IS DISTINCT FROM n.amount OR o.note IS DISTINCT FROM n.note)`

export const cases: readonly TransformCase[] = [
  {
    name: 'compare: changed',
    module: compare,
    port: 'changed',
    config: { keys: ['id'] },
    inputs: versions,
    sql: `SELECT n.id, list_filter([CASE WHEN o.city IS DISTINCT FROM n.city THEN 'city' END, CASE WHEN o.amount IS DISTINCT FROM n.amount THEN 'amount' END,
        CASE WHEN o.note IS DISTINCT FROM n.note THEN 'note' END], lambda name: name IS NOT NULL) AS changed_columns,
      o.city AS city_old, n.city AS city_new, o.amount AS amount_old, n.amount AS amount_new, o.note AS note_old, n.note AS note_new FROM ${BOTH} WHERE ${DIFFERS}`,
    plain: `SELECT n.id, [CASE WHEN o.city IS DISTINCT FROM n.city THEN 'city' END] AS changed_columns, o.city AS city_old, n.city AS city_new, o.amount AS amount_old, n.amount AS amount_new,
      o.note AS note_old, n.note AS note_new FROM old_rows AS o JOIN new_rows AS n USING (id) WHERE ${DIFFERS}`,
    part: 0.5,
  },
  {
    name: 'compare: removed',
    module: compare,
    port: 'removed',
    config: { keys: ['id'] },
    inputs: versions,
    sql: `FROM (FROM old_rows QUALIFY count(*) OVER (PARTITION BY id) = 1) AS o ANTI JOIN new_rows AS n ON o.id IS NOT DISTINCT FROM n.id`,
    plain: 'FROM old_rows ANTI JOIN new_rows USING (id)',
    part: 0.5,
  },
  {
    name: 'header: names in the first row',
    module: header,
    config: {
      names: [
        { column: 'a', name: 'number' },
        { column: 'b', name: 'town' },
      ],
    },
    inputs: { in: `SELECT 'number' AS a, 'town' AS b UNION ALL SELECT CAST(id AS VARCHAR), city FROM sample` },
    // A row of other names is an error, and no name for the values below it.
    sql: `SELECT a AS number, b AS town FROM (SELECT *, row_number() OVER () AS n FROM in_rows)
      WHERE CASE WHEN n <> 1 THEN n > 1 WHEN a IS DISTINCT FROM 'number' OR b IS DISTINCT FROM 'town' THEN error('changed')::BOOLEAN ELSE FALSE END`,
    plain: 'SELECT a AS number, b AS town FROM in_rows OFFSET 1',
  },
]
