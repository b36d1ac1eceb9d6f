import { join } from '../../../src/modules/transformers/join/implementation.ts'
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
]
