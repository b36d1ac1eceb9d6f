import { asofJoin } from '../../../src/modules/transformers/asof-join/implementation.ts'
import { cross } from '../../../src/modules/transformers/cross/implementation.ts'
import { except } from '../../../src/modules/transformers/except/implementation.ts'
import { intersect } from '../../../src/modules/transformers/intersect/implementation.ts'
import { join } from '../../../src/modules/transformers/join/implementation.ts'
import { lookup } from '../../../src/modules/transformers/lookup/implementation.ts'
import { rangeJoin } from '../../../src/modules/transformers/range-join/implementation.ts'
import { union } from '../../../src/modules/transformers/union/implementation.ts'
import type { TransformCase } from './case.ts'

const sides = {
  left: 'FROM sample',
  right: 'SELECT id AS key, city, score * 2 AS weight FROM sample WHERE id < (SELECT max(key) FROM sample) // 2',
}

export const cases: readonly TransformCase[] = [
  {
    name: 'join: inner',
    module: join,
    config: { kind: 'inner', keys: [{ left: 'key', right: 'key' }] },
    inputs: sides,
    sql: `SELECT l.*, r.city AS city_right, r.weight FROM left_rows l JOIN right_rows r ON l.key = r.key`,
  },
  {
    name: 'join: left',
    module: join,
    config: { kind: 'left', keys: [{ left: 'key', right: 'key' }], relationship: 'any' },
    inputs: sides,
    sql: `SELECT l.*, r.city AS city_right, r.weight FROM left_rows l LEFT JOIN right_rows r ON l.key = r.key`,
  },
  {
    name: 'union',
    module: union,
    config: { source_column: 'source' },
    inputs: {
      in_1: 'SELECT id, city, amount, day FROM sample',
      in_2: 'SELECT day, CAST(amount AS DECIMAL(14, 3)) AS amount, note, CAST(key AS SMALLINT) AS id FROM sample WHERE key < 30000',
    },
    sql: `SELECT id, city, CAST(amount AS DECIMAL(14, 3)) AS amount, day, NULL AS note, 'in_1' AS source FROM in_1_rows
      UNION ALL SELECT id, NULL, amount, day, note, 'in_2' FROM in_2_rows`,
  },
  {
    name: 'asof_join: earlier',
    part: 0.5,
    module: asofJoin,
    config: { on: { left: 'moment', right: 'since' }, keys: [{ left: 'city', right: 'city' }] },
    inputs: {
      left: 'SELECT id, city, moment FROM sample',
      right: 'SELECT city, moment AS since, amount AS price FROM sample WHERE active',
    },
    sql: `SELECT l.*, r.since, r.price FROM left_rows l ASOF LEFT JOIN (
        FROM right_rows QUALIFY row_number() OVER (PARTITION BY city, since ORDER BY price) = 1
      ) r ON l.city = r.city AND l.moment >= r.since`,
  },
  {
    name: 'asof_join: nearest',
    part: 0.2,
    module: asofJoin,
    config: { on: { left: 'moment', right: 'since' }, keys: [{ left: 'city', right: 'city' }], direction: 'nearest' },
    inputs: {
      left: 'SELECT id, city, moment FROM sample',
      right: 'SELECT city, moment AS since, amount AS price FROM sample WHERE active',
    },
    sql: `WITH r AS MATERIALIZED (
        FROM right_rows QUALIFY row_number() OVER (PARTITION BY city, since ORDER BY price) = 1
      ), pairs AS (
        SELECT l.*, b.since s1, b.price p1, a.since s2, a.price p2,
          b.since IS NOT NULL AND (a.since IS NULL OR l.moment - b.since <= a.since - l.moment) AS before
        FROM left_rows l ASOF LEFT JOIN r b ON l.city = b.city AND l.moment >= b.since
        ASOF LEFT JOIN r a ON l.city = a.city AND l.moment <= a.since
      )
      SELECT id, city, moment, if(before, s1, s2) AS since, if(before, p1, p2) AS price FROM pairs`,
  },
  {
    name: 'range_join',
    part: 0.2,
    module: rangeJoin,
    config: { left_value: 'moment', right_start: 'since', right_end: 'until', bounds: 'start', keep: 'all' },
    inputs: {
      left: 'SELECT id, city, moment FROM sample WHERE id % 5 = 0',
      right: 'SELECT id AS span, moment AS since, moment + INTERVAL 1 HOUR AS until FROM sample WHERE key % 1000 = 0',
    },
    sql: `SELECT l.*, r.* FROM left_rows l LEFT JOIN right_rows r ON l.moment >= r.since AND l.moment < r.until`,
  },
  {
    name: 'lookup',
    module: lookup,
    config: { keys: [{ column: 'key', equals: 'code' }], add: [{ column: 'label' }], several: 'first' },
    inputs: {
      in: 'FROM sample',
      table: 'SELECT key AS code, city AS label FROM sample WHERE id % 10 = 0',
    },
    sql: `SELECT i.*, t.label FROM in_rows i LEFT JOIN (
        FROM table_rows QUALIFY row_number() OVER (PARTITION BY code ORDER BY label) = 1
      ) t ON i.key = t.code`,
  },
  {
    name: 'intersect',
    module: intersect,
    config: { columns: ['key'] },
    inputs: { left: 'FROM sample', right: 'SELECT key FROM sample WHERE active' },
    sql: 'SELECT l.* FROM left_rows l SEMI JOIN right_rows r ON l.key IS NOT DISTINCT FROM r.key',
  },
  {
    name: 'except',
    module: except,
    config: { columns: ['key'] },
    inputs: { left: 'FROM sample', right: 'SELECT key FROM sample WHERE id % 20 = 0' },
    sql: 'SELECT l.* FROM left_rows l ANTI JOIN right_rows r ON l.key IS NOT DISTINCT FROM r.key',
  },
  {
    name: 'cross',
    module: cross,
    config: { limit: 1_000_000_000 },
    inputs: { in_1: 'SELECT id, city, amount FROM sample', in_2: 'SELECT unnest([1, 2]) AS half' },
    // More combinations than the limit are an error before the first of them is made.
    sql: `SELECT id, city, amount, half FROM (FROM in_1_rows WHERE (SELECT CASE WHEN (SELECT count(*) FROM in_1_rows)::HUGEINT * (SELECT count(*) FROM in_2_rows) > 1000000000
      THEN error('too many') ELSE TRUE END)) CROSS JOIN in_2_rows`,
    plain: 'SELECT id, city, amount, half FROM in_1_rows CROSS JOIN in_2_rows',
  },
]
