import { bin } from '../../../src/modules/transformers/bin/implementation.ts'
import { cross } from '../../../src/modules/transformers/cross/implementation.ts'
import type { TransformCase } from './case.ts'

/** Quick steps, which cost little to compute twice. */
const QUICK = `SELECT * REPLACE (score * 2 AS score) FROM in_rows WHERE amount >= 5000 AND city LIKE 'city %'`
/** Rows that cost much: what reads them twice keeps them, by hand as well. */
const GROUPS = 'SELECT key, active, day, max(score) AS score FROM in_rows GROUP BY ALL'

const width = { column: 'score', name: 'bin', method: 'equal_width', bins: 10, result: 'number' }
const count = { column: 'score', name: 'bin', method: 'equal_count', bins: 4, result: 'number' }

/** As in `compute.ts`. @param rows read twice */
const widthOf = (rows: string) =>
  `SELECT * EXCLUDE (low, high, step, near), CASE WHEN score IS NULL OR NOT isfinite(score) THEN NULL WHEN step = 0 THEN 1 ELSE
      CAST(least(10, greatest(1, near + CASE WHEN score < low + near * step THEN 0 WHEN score >= low + (near + 1) * step THEN 2 ELSE 1 END)) AS BIGINT) END AS bin
    FROM (SELECT *, floor((score / 2 - low / 2) / (step / 2)) AS near FROM (SELECT t.*, low, high, high / 10 - low / 10 AS step
    FROM ${rows} AS t, (SELECT min(score) AS low, max(score) AS high FROM ${rows} WHERE isfinite(score))))`
const countOf = (rows: string) =>
  `SELECT t.*, CASE WHEN score IS NULL OR NOT isfinite(score) THEN NULL ELSE 1 + CAST(score >= limits[1] AS BIGINT) + CAST(score >= limits[2] AS BIGINT) + CAST(score >= limits[3] AS BIGINT) END AS bin
    FROM ${rows} AS t, (SELECT quantile_disc(score, [0.25, 0.5, 0.75]) AS limits FROM ${rows} WHERE isfinite(score))`
const crossOf = (rows: string, columns: string) =>
  `SELECT ${columns}, half FROM (FROM ${rows} WHERE (SELECT CASE WHEN (SELECT count(*) FROM ${rows})::HUGEINT * (SELECT count(*) FROM in_2_rows) > 1000000000
    THEN error('too many') ELSE TRUE END)) CROSS JOIN in_2_rows`

/** Steps that have to know all of their rows before the first, behind other steps than a file. */
export const cases: readonly TransformCase[] = [
  {
    name: 'bin: same width, behind quick steps',
    module: bin,
    config: width,
    steps: { in: QUICK },
    sql: widthOf(`(${QUICK})`),
  },
  {
    name: 'bin: equal count, behind quick steps',
    module: bin,
    config: count,
    steps: { in: QUICK },
    sql: countOf(`(${QUICK})`),
  },
  {
    name: 'bin: same width, behind an aggregate',
    module: bin,
    config: width,
    steps: { in: GROUPS },
    sql: `WITH groups AS (${GROUPS}) ${widthOf('groups')}`,
  },
  {
    name: 'bin: equal count, behind an aggregate',
    module: bin,
    config: count,
    steps: { in: GROUPS },
    sql: `WITH groups AS (${GROUPS}) ${countOf('groups')}`,
  },
  {
    name: 'cross: behind quick steps',
    module: cross,
    config: { limit: 1_000_000_000 },
    inputs: { in_1: 'FROM sample', in_2: 'SELECT unnest([1, 2]) AS half' },
    steps: { in_1: QUICK.replace('in_rows', 'in_1_rows') },
    sql: crossOf(
      `(${QUICK.replace('in_rows', 'in_1_rows')})`,
      'id, key, city, amount, score, day, moment, note, active',
    ),
  },
  {
    name: 'cross: behind an aggregate',
    module: cross,
    config: { limit: 1_000_000_000 },
    inputs: { in_1: 'FROM sample', in_2: 'SELECT unnest([1, 2]) AS half' },
    steps: { in_1: GROUPS.replace('in_rows', 'in_1_rows') },
    sql: `WITH groups AS (${GROUPS.replace('in_rows', 'in_1_rows')}) ${crossOf('groups', 'key, active, day, score')}`,
  },
]
