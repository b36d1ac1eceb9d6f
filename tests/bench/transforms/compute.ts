import { bin } from '../../../src/modules/transformers/bin/implementation.ts'
import { conditionStep } from '../../../src/modules/transformers/condition/implementation.ts'
import { formula } from '../../../src/modules/transformers/formula/implementation.ts'
import { rank } from '../../../src/modules/transformers/rank/implementation.ts'
import { rowId } from '../../../src/modules/transformers/row-id/implementation.ts'
import { windowStep } from '../../../src/modules/transformers/window/implementation.ts'
import type { TransformCase } from './case.ts'

/** What decides between rows whose keys are equal: all other columns, so that the result does not depend on the order of arrival. */
const REST = 'id, key, amount, score, day, note, active'

export const cases: readonly TransformCase[] = [
  {
    name: 'formula',
    module: formula,
    config: {
      formulas: [
        { name: 'net', expression: 'amount * 0.8' },
        { name: 'gross', expression: 'round(net * 1.2, 2)' },
      ],
    },
    sql: 'SELECT *, round(net * 1.2, 2) AS gross FROM (SELECT *, amount * 0.8 AS net FROM in_rows)',
  },
  {
    name: 'condition',
    module: conditionStep,
    config: {
      name: 'segment',
      rules: [
        {
          when: [
            { column: 'amount', operator: 'greater_or_equal', value: 50000 },
            { column: 'city', operator: 'in', values: ['city 1', 'city 2', 'city 3'] },
          ],
          value: 'key account',
        },
        { when: [{ column: 'note', operator: 'is_empty' }], value: 'prospect' },
      ],
      otherwise: { result: 'value', value: 'standard' },
    },
    sql: `SELECT *, CASE WHEN amount >= 50000 AND city IN ('city 1', 'city 2', 'city 3') THEN 'key account' WHEN note IS NULL THEN 'prospect' ELSE 'standard' END AS segment FROM in_rows`,
  },
  {
    name: 'bin: given limits',
    module: bin,
    config: {
      column: 'amount',
      name: 'bin',
      method: 'edges',
      edges: [0, 1000, 20000, 100001],
      labels: ['a', 'b', 'c'],
      outside: 'empty',
    },
    sql: `SELECT *, CASE WHEN amount < 0 THEN NULL WHEN amount < 1000 THEN 'a' WHEN amount < 20000 THEN 'b' WHEN amount <= 100001 THEN 'c' END AS bin FROM in_rows`,
  },
  {
    name: 'bin: one width',
    module: bin,
    config: { column: 'amount', name: 'bin', method: 'size', width: 250, result: 'lower' },
    // `//` would cut the decimals, and negative values towards zero.
    sql: 'SELECT *, CAST(amount - amount % 250 - CASE WHEN amount % 250 < 0 THEN 250 ELSE 0 END AS DECIMAL(38, 2)) AS bin FROM in_rows',
  },
  {
    name: 'bin: same width, of the data',
    module: bin,
    config: { column: 'score', name: 'bin', method: 'equal_width', bins: 10, result: 'number' },
    // A value on a limit is looked at again, since dividing and multiplying round differently.
    sql: `SELECT * EXCLUDE (low, high, step, near), CASE WHEN score IS NULL OR NOT isfinite(score) THEN NULL WHEN step = 0 THEN 1 ELSE
        CAST(least(10, greatest(1, near + CASE WHEN score < low + near * step THEN 0 WHEN score >= low + (near + 1) * step THEN 2 ELSE 1 END)) AS BIGINT) END AS bin
      FROM (SELECT *, floor((score / 2 - low / 2) / (step / 2)) AS near FROM (SELECT in_rows.*, low, high, high / 10 - low / 10 AS step
      FROM in_rows, (SELECT min(score) AS low, max(score) AS high FROM in_rows WHERE isfinite(score))))`,
    plain: `SELECT in_rows.*, least(10, 1 + floor((score - low) / (high - low) * 10)) AS bin
      FROM in_rows, (SELECT min(score) AS low, max(score) AS high FROM in_rows)`,
  },
  {
    name: 'bin: equal count',
    module: bin,
    config: { column: 'score', name: 'bin', method: 'equal_count', bins: 4, result: 'number' },
    sql: `SELECT in_rows.*, CASE WHEN score IS NULL OR NOT isfinite(score) THEN NULL ELSE 1 + CAST(score >= limits[1] AS BIGINT) + CAST(score >= limits[2] AS BIGINT) + CAST(score >= limits[3] AS BIGINT) END AS bin
      FROM in_rows, (SELECT quantile_disc(score, [0.25, 0.5, 0.75]) AS limits FROM in_rows WHERE isfinite(score))`,
  },
  {
    name: 'bin: tile',
    module: bin,
    config: { column: 'score', name: 'tile', method: 'tile', bins: 10, result: 'number' },
    sql: 'SELECT *, CASE WHEN score IS NOT NULL THEN ntile(10) OVER (PARTITION BY score IS NULL ORDER BY score, id, key, city, amount, day, moment, note, active) END AS tile FROM in_rows',
    plain: 'SELECT *, ntile(10) OVER (ORDER BY score, id) AS tile FROM in_rows',
    part: 0.3,
  },
  {
    name: 'rank: in groups',
    module: rank,
    config: { order: [{ column: 'score', direction: 'desc' }], group_by: ['city'], method: 'dense', name: 'place' },
    sql: 'SELECT *, dense_rank() OVER (PARTITION BY city ORDER BY score DESC NULLS LAST) AS place FROM in_rows',
  },
  {
    name: 'rank: the first three of a group',
    module: rank,
    config: { order: [{ column: 'score', direction: 'desc' }], group_by: ['city'], name: 'place', top: 3 },
    sql: 'SELECT *, rank() OVER (PARTITION BY city ORDER BY score DESC NULLS LAST) AS place FROM in_rows QUALIFY place <= 3',
  },
  {
    name: 'rank: unique',
    module: rank,
    config: { order: [{ column: 'moment' }], group_by: ['city'], method: 'unique', name: 'place' },
    sql: `SELECT *, row_number() OVER (PARTITION BY city ORDER BY moment, ${REST}) AS place FROM in_rows`,
    plain: 'SELECT *, row_number() OVER (PARTITION BY city ORDER BY moment, id) AS place FROM in_rows',
    part: 0.5,
  },
  {
    name: 'window: running total, previous',
    module: windowStep,
    config: {
      group_by: ['city'],
      order: [{ column: 'moment' }],
      measures: [
        { name: 'so_far', function: 'running_total', column: 'amount' },
        { name: 'before', function: 'previous', column: 'amount' },
      ],
    },
    sql: `SELECT *, sum(amount) OVER (w ROWS UNBOUNDED PRECEDING) AS so_far, lag(amount) OVER w AS before FROM in_rows
      WINDOW w AS (PARTITION BY city ORDER BY moment, ${REST})`,
    plain: `SELECT *, sum(amount) OVER (w ROWS UNBOUNDED PRECEDING) AS so_far, lag(amount) OVER w AS before FROM in_rows
      WINDOW w AS (PARTITION BY city ORDER BY moment, id)`,
    part: 0.5,
  },
  {
    name: 'window: running total of whole numbers',
    module: windowStep,
    config: { order: [{ column: 'id' }], measures: [{ name: 'so_far', function: 'running_total', column: 'key' }] },
    // A sum that no BIGINT holds is an error, as a cast makes it.
    sql: `SELECT *, CAST(sum(key) OVER (ORDER BY id, city, key, amount, score, day, moment, note, active ROWS UNBOUNDED PRECEDING) AS BIGINT) AS so_far FROM in_rows`,
    part: 0.5,
  },
  {
    name: 'window: share of the group',
    module: windowStep,
    config: { group_by: ['city'], measures: [{ name: 'share', function: 'share', column: 'score' }] },
    sql: 'SELECT *, score / nullif(sum(score) OVER (PARTITION BY city), 0) AS share FROM in_rows',
    sameRows: false,
  },
  {
    name: 'window: moving average',
    module: windowStep,
    config: {
      group_by: ['city'],
      order: [{ column: 'moment' }],
      measures: [{ name: 'recent', function: 'moving_average', column: 'amount', before: 5 }],
    },
    sql: `SELECT *, avg(amount) OVER (PARTITION BY city ORDER BY moment, ${REST} ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) AS recent FROM in_rows`,
    part: 0.5,
  },
  {
    name: 'row_id: as they come',
    module: rowId,
    config: { name: 'row' },
    sql: 'SELECT *, row_number() OVER () AS row FROM in_rows',
  },
  {
    name: 'row_id: in groups as they come',
    module: rowId,
    config: { name: 'row', group_by: ['city'] },
    sql: 'SELECT * EXCLUDE (n), row_number() OVER (PARTITION BY city ORDER BY n) AS row FROM (SELECT *, row_number() OVER () AS n FROM in_rows)',
  },
  {
    name: 'row_id: uuid',
    module: rowId,
    config: { name: 'row', kind: 'uuid', uuid: 'time' },
    sql: 'SELECT *, uuidv7() AS row FROM in_rows',
    sameRows: false,
  },
  {
    name: 'row_id: hash of three columns',
    module: rowId,
    config: { name: 'row', kind: 'hash', columns: ['id', 'city', 'note'] },
    // A hash of cells that are told apart: a missing one from an empty text, and 'a', 'bc' from 'ab', 'c'.
    sql: `SELECT *, sha256(concat_ws(',', id, len(city) || ':' || city, coalesce(len(note) || ':' || note, '-'))) AS row FROM in_rows`,
    sameRows: false,
    part: 0.5,
  },
]
