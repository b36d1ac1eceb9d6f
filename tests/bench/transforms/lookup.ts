import { fuzzyJoin } from '../../../src/modules/transformers/fuzzy-join/implementation.ts'
import { join } from '../../../src/modules/transformers/join/implementation.ts'
import { lookup } from '../../../src/modules/transformers/lookup/implementation.ts'
import { union } from '../../../src/modules/transformers/union/implementation.ts'
import type { TransformCase } from './case.ts'

const table = {
  in: 'FROM sample',
  table: 'SELECT id AS code, city AS town, score AS weight FROM sample WHERE id < (SELECT max(key) FROM sample) // 2',
}
const sides = {
  left: 'FROM sample',
  right: 'SELECT id AS key, city, score * 2 AS weight FROM sample WHERE id < (SELECT max(key) FROM sample) // 2',
}

export const cases: readonly TransformCase[] = [
  {
    name: 'lookup',
    module: lookup,
    config: {
      keys: [{ column: 'key', equals: 'code' }],
      add: [{ column: 'town', default: 'nowhere' }, { column: 'weight' }],
    },
    inputs: table,
    // A code that the table has twice is an error.
    sql: `SELECT in_rows.*, CASE WHEN found THEN town ELSE 'nowhere' END AS town, weight FROM in_rows LEFT JOIN (
        SELECT code, any_value(town) AS town, any_value(weight) AS weight, TRUE AS found, count(*) AS n FROM table_rows GROUP BY code
      ) AS t ON key = code WHERE CASE WHEN n > 1 THEN error('several')::BOOLEAN ELSE TRUE END`,
    plain: `SELECT in_rows.*, CASE WHEN code IS NOT NULL THEN town ELSE 'nowhere' END AS town, weight FROM in_rows LEFT JOIN table_rows ON key = code`,
  },
  {
    name: 'lookup: the first, or reject',
    module: lookup,
    config: {
      keys: [{ column: 'key', equals: 'code' }],
      several: 'first',
      no_match: 'reject',
      order: [{ column: 'weight' }],
    },
    inputs: table,
    sql: `SELECT in_rows.*, town, weight FROM in_rows JOIN (FROM table_rows QUALIFY row_number() OVER (PARTITION BY code ORDER BY weight, town) = 1) ON key = code`,
  },
  {
    name: 'join: anti',
    module: join,
    config: { kind: 'anti', keys: [{ left: 'key', right: 'key' }] },
    inputs: sides,
    sql: 'SELECT l.* FROM left_rows l ANTI JOIN right_rows r ON l.key = r.key',
  },
  {
    name: 'union: without repetitions',
    module: union,
    config: { duplicates: 'remove' },
    inputs: { in_1: 'SELECT key, city FROM sample', in_2: 'SELECT city, key FROM sample WHERE active' },
    sql: 'SELECT key, city FROM in_1_rows UNION SELECT key, city FROM in_2_rows',
  },
  {
    name: 'fuzzy_join',
    module: fuzzyJoin,
    config: { keys: [{ left: 'note', right: 'name', method: 'levenshtein' }], threshold: 0.9, matches: 'best' },
    inputs: {
      left: 'SELECT id, note FROM sample WHERE id % 50 = 0',
      right: 'SELECT id AS code, note AS name FROM sample WHERE id % 100 = 1',
    },
    // Every pair that has a word in common: what it takes to scale, and to find the same, is in the workload "fuzzy".
    sql: `WITH l AS (SELECT *, lower(replace(note, ' ', '')) AS text FROM left_rows), r AS (SELECT *, lower(replace(name, ' ', '')) AS text FROM right_rows)
      SELECT l.id, l.note, r.code, r.name, 1 - levenshtein(l.text, r.text) / greatest(len(l.text), len(r.text)) AS score FROM l JOIN r
        ON abs(len(l.text) - len(r.text)) <= 1 AND 1 - levenshtein(l.text, r.text) / greatest(len(l.text), len(r.text)) >= 0.9
      QUALIFY row_number() OVER (PARTITION BY l.id ORDER BY score DESC, code) = 1`,
    sameRows: false,
    part: 0.2,
    most: 1_000_000,
  },
]
