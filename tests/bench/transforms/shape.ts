import { aggregate } from '../../../src/modules/transformers/aggregate/implementation.ts'
import { deduplicate } from '../../../src/modules/transformers/deduplicate/implementation.ts'
import { explode } from '../../../src/modules/transformers/explode/implementation.ts'
import { filter } from '../../../src/modules/transformers/filter/implementation.ts'
import { flatten } from '../../../src/modules/transformers/flatten/implementation.ts'
import { groupSimilar } from '../../../src/modules/transformers/group-similar/implementation.ts'
import { limit } from '../../../src/modules/transformers/limit/implementation.ts'
import { nest } from '../../../src/modules/transformers/nest/implementation.ts'
import { pivot } from '../../../src/modules/transformers/pivot/implementation.ts'
import { sample } from '../../../src/modules/transformers/sample/implementation.ts'
import { select } from '../../../src/modules/transformers/select/implementation.ts'
import { sort } from '../../../src/modules/transformers/sort/implementation.ts'
import { splitRows } from '../../../src/modules/transformers/split-rows/implementation.ts'
import { top } from '../../../src/modules/transformers/top/implementation.ts'
import { transpose } from '../../../src/modules/transformers/transpose/implementation.ts'
import { unpivot } from '../../../src/modules/transformers/unpivot/implementation.ts'
import type { TransformCase } from './case.ts'

const REST = 'id, key, city, amount, score, day, moment, note, active'
/** Each row has a number that its content decides, and equal rows are numbered apart. */
const DRAWN = `(SELECT *, hash(content, row_number() OVER (PARTITION BY content), 0) AS draw FROM (SELECT *, hash(${REST}) AS content FROM in_rows))`

export const cases: readonly TransformCase[] = [
  {
    name: 'filter',
    module: filter,
    config: { condition: "city LIKE 'city 1%' AND amount >= 10" },
    sql: `FROM in_rows WHERE city LIKE 'city 1%' AND amount >= 10`,
  },
  {
    name: 'filter: the rest',
    module: filter,
    port: 'rest',
    config: { condition: "note LIKE '%1%' AND amount >= 10" },
    sql: `FROM in_rows WHERE (note LIKE '%1%' AND amount >= 10) IS NOT TRUE`,
  },
  {
    name: 'select: names',
    module: select,
    config: { columns: [{ column: 'day', name: 'the_day' }, { column: 'id' }, { column: 'city', name: 'town' }] },
    sql: 'SELECT day AS the_day, id, city AS town FROM in_rows',
    wide: { columns: [{ column: 'day', name: 'the_day' }], others: 'keep' },
  },
  {
    name: 'select: types, rejects',
    module: select,
    config: {
      columns: [
        { column: 'city', name: 'number', type: 'INTEGER' },
        { column: 'amount', type: 'DECIMAL(18,2)' },
        { column: 'key', type: 'SMALLINT' },
      ],
      on_error: 'reject',
    },
    inputs: {
      in: `SELECT id, CASE WHEN id % 100 = 0 THEN city ELSE city[6:] END AS city, CAST(amount AS VARCHAR) AS amount, key FROM sample`,
    },
    // Only what is exactly such a number: DuckDB's cast reads '1.5' as 2, and cuts decimals.
    sql: `SELECT TRY_CAST(city AS INTEGER) AS number, TRY_CAST(amount AS DECIMAL(18, 2)) AS amount, TRY_CAST(key AS SMALLINT) AS key FROM in_rows
      WHERE NOT ((city IS NOT NULL AND NOT coalesce(regexp_full_match(city, '\\s*[+-]?\\d+\\s*') AND TRY_CAST(city AS INTEGER) IS NOT NULL, FALSE))
        OR (amount IS NOT NULL AND NOT coalesce(regexp_full_match(amount, '\\s*[+-]?\\d+(\\.\\d{0,2})?\\s*') AND TRY_CAST(amount AS DECIMAL(18, 2)) IS NOT NULL, FALSE))
        OR (key IS NOT NULL AND TRY_CAST(key AS SMALLINT) IS NULL))`,
    plain:
      'SELECT TRY_CAST(city AS INTEGER) AS number, TRY_CAST(amount AS DECIMAL(18, 2)) AS amount, TRY_CAST(key AS SMALLINT) AS key FROM in_rows WHERE number IS NOT NULL AND TRY_CAST(amount AS DECIMAL(18, 2)) IS NOT NULL AND TRY_CAST(key AS SMALLINT) IS NOT NULL',
  },
  {
    name: 'aggregate',
    module: aggregate,
    config: {
      group_by: ['city', { name: 'month', expression: "date_trunc('month', day)" }],
      measures: [
        { name: 'revenue', function: 'sum', column: 'amount' },
        { name: 'keys', function: 'sum', column: 'key' },
        { name: 'rows' },
      ],
    },
    sql: `SELECT city, date_trunc('month', day) AS month, sum(amount) AS revenue, CAST(sum(key) AS BIGINT) AS keys, count(*) AS rows FROM in_rows GROUP BY ALL`,
  },
  {
    name: 'aggregate: distinct, median, average',
    module: aggregate,
    config: {
      group_by: ['city'],
      measures: [
        { name: 'keys', function: 'count_distinct', column: 'key' },
        { name: 'middle', function: 'median', column: 'amount' },
        { name: 'mean', function: 'avg', column: 'amount' },
      ],
    },
    sql: 'SELECT city, count(DISTINCT key) AS keys, median(amount) AS middle, avg(amount) AS mean FROM in_rows GROUP BY ALL',
    sameRows: false,
  },
  {
    name: 'aggregate: rollup',
    module: aggregate,
    config: {
      group_by: ['city', 'active'],
      totals: 'rollup',
      measures: [{ name: 'revenue', function: 'sum', column: 'amount' }],
    },
    sql: 'SELECT city, active, sum(amount) AS revenue FROM in_rows GROUP BY ROLLUP (city, active)',
  },
  {
    name: 'pivot',
    module: pivot,
    config: {
      column: 'city',
      group_by: ['key'],
      unseen: 'ignore',
      measures: [{ name: 'revenue', function: 'sum', column: 'amount' }],
      values: [{ value: 'city 1' }, { value: 'city 2' }, { value: 'city 3' }],
    },
    sql: `SELECT key, sum(amount) FILTER (WHERE city = 'city 1') AS "city 1", sum(amount) FILTER (WHERE city = 'city 2') AS "city 2", sum(amount) FILTER (WHERE city = 'city 3') AS "city 3" FROM in_rows GROUP BY key`,
  },
  {
    name: 'unpivot',
    module: unpivot,
    config: { columns: ['amount', 'net', 'gross'] },
    inputs: {
      in: 'SELECT id, city, amount, CAST(amount * 0.5 AS DECIMAL(12, 2)) AS net, CAST(amount * 2 AS DECIMAL(12, 2)) AS gross FROM sample',
    },
    sql: 'SELECT id, city, name, value FROM in_rows UNPIVOT INCLUDE NULLS (value FOR name IN (amount, net, gross))',
    wide: { pattern: '^column', types: 'text' },
  },
  {
    name: 'transpose',
    module: transpose,
    config: {
      header: 'city',
      columns: ['amount', 'net', 'gross'],
      unseen: 'ignore',
      values: [{ value: 'city 1' }, { value: 'city 2' }],
    },
    inputs: {
      in: 'SELECT city, min(amount) AS amount, CAST(min(amount) * 0.5 AS DECIMAL(12, 2)) AS net, CAST(min(amount) * 2 AS DECIMAL(12, 2)) AS gross FROM sample GROUP BY city',
    },
    // Two rows with one header are an error.
    sql: `SELECT name AS "column", CASE WHEN count(*) FILTER (WHERE city = 'city 1') > 1 THEN error('two') ELSE any_value(value) FILTER (WHERE city = 'city 1') END AS "city 1",
        CASE WHEN count(*) FILTER (WHERE city = 'city 2') > 1 THEN error('two') ELSE any_value(value) FILTER (WHERE city = 'city 2') END AS "city 2"
      FROM (SELECT city, name, value FROM in_rows UNPIVOT INCLUDE NULLS (value FOR name IN (amount, net, gross))) GROUP BY name`,
    ordered: true,
    wide: { header: 'city', types: 'text', unseen: 'ignore', values: [{ value: 'city 1' }, { value: 'city 2' }] },
  },
  {
    name: 'explode',
    module: explode,
    config: { columns: ['tags'] },
    inputs: { in: `SELECT id, city, CASE WHEN id % 7 > 0 THEN string_split(note, ' ') END AS tags FROM sample` },
    sql: `SELECT id, city, unnest(CASE WHEN coalesce(len(tags), 0) = 0 THEN [NULL] ELSE tags END) AS tags FROM in_rows`,
  },
  {
    name: 'explode: JSON arrays',
    module: explode,
    config: { columns: ['tags'], on_error: 'null' },
    inputs: { in: `SELECT id, city, '["' || city || '", ' || key || ']' AS tags FROM sample` },
    sql: `SELECT id, city, unnest(CASE WHEN coalesce(len(tags), 0) = 0 THEN [NULL] ELSE tags END) AS tags FROM (
      SELECT id, city, CASE WHEN CASE WHEN json_valid(tags) THEN json_type(tags) END = 'ARRAY' THEN json_extract_string(tags, '$[*]') END AS tags FROM in_rows)`,
    part: 0.5,
  },
  {
    name: 'flatten: struct',
    module: flatten,
    config: { columns: ['place'] },
    inputs: { in: `SELECT id, {'city': city, 'at': {'day': day, 'key': key}} AS place FROM sample` },
    sql: `SELECT id, place.city AS place_city, place.at.day AS place_at_day, place.at.key AS place_at_key FROM in_rows`,
  },
  {
    name: 'flatten: JSON',
    module: flatten,
    config: {
      json: [
        { column: 'payload', path: '$.user.age', type: 'INTEGER', name: 'age' },
        { column: 'payload', path: '$.city', name: 'town' },
      ],
      on_error: 'null',
    },
    inputs: { in: `SELECT id, '{"user": {"age": ' || key || '}, "city": "' || city || '"}' AS payload FROM sample` },
    sql: `SELECT id, TRY_CAST(json_extract_string(json, '$.user.age') AS INTEGER) AS age, json_extract_string(json, '$.city') AS town FROM (SELECT *, CASE WHEN json_valid(payload) THEN payload END AS json FROM in_rows)`,
    sameRows: false,
    part: 0.5,
  },
  {
    name: 'nest: columns',
    module: nest,
    config: { columns: ['city', 'day'], name: 'place' },
    sql: `SELECT id, key, struct_pack(city := city, day := day) AS place, amount, score, moment, note, active FROM in_rows`,
    wide: { pattern: '^column', name: 'place' },
  },
  {
    name: 'nest: rows of a key',
    module: nest,
    config: {
      mode: 'rows',
      group_by: ['key'],
      columns: ['city', 'amount'],
      name: 'lines',
      order: [{ column: 'amount' }],
    },
    // Equal amounts have one order.
    sql: `SELECT key, list(struct_pack(city := city, amount := amount) ORDER BY amount, city) AS lines FROM in_rows GROUP BY key`,
    part: 0.5,
  },
  {
    name: 'deduplicate: the last by time',
    module: deduplicate,
    config: { keys: ['key'], keep: 'last', order: [{ column: 'moment' }] },
    sql: `FROM in_rows QUALIFY row_number() OVER (PARTITION BY key ORDER BY moment DESC NULLS FIRST, id DESC NULLS FIRST, key DESC NULLS FIRST, city DESC NULLS FIRST, amount DESC NULLS FIRST, score DESC NULLS FIRST, day DESC NULLS FIRST, note DESC NULLS FIRST, active DESC NULLS FIRST) = 1`,
    plain: `SELECT * FROM in_rows QUALIFY row_number() OVER (PARTITION BY key ORDER BY moment DESC) = 1`,
    part: 0.5,
  },
  {
    name: 'deduplicate: the first that comes',
    module: deduplicate,
    config: { keys: ['key'] },
    sql: `SELECT * EXCLUDE (n) FROM (SELECT *, row_number() OVER () AS n FROM in_rows) QUALIFY row_number() OVER (PARTITION BY key ORDER BY n) = 1`,
    plain: `SELECT DISTINCT ON (key) * FROM in_rows`,
  },
  {
    name: 'deduplicate: whole rows',
    module: deduplicate,
    config: {},
    inputs: { in: 'SELECT key, city, day, active FROM sample' },
    sql: 'SELECT DISTINCT * FROM in_rows',
  },
  {
    name: 'deduplicate: no letter case',
    module: deduplicate,
    config: { keys: ['city'], ignore: ['case', 'spaces'] },
    sql: `SELECT * EXCLUDE (n) FROM (SELECT *, row_number() OVER () AS n FROM in_rows)
      QUALIFY row_number() OVER (PARTITION BY trim(regexp_replace(lower(city), '[\\s\\p{Z}]+', ' ', 'g')) ORDER BY n) = 1`,
    part: 0.5,
  },
  {
    name: 'group_similar: fingerprint',
    module: groupSimilar,
    config: { column: 'note' },
    // The words in lower case without punctuation, sorted; the most frequent text stands for all of one fingerprint.
    sql: `WITH texts AS MATERIALIZED (SELECT note, count(*) AS n, array_to_string(list_sort(list_distinct(string_split_regex(trim(regexp_replace(strip_accents(lower(note)), '[^\\p{L}\\p{N}\\s]+', '', 'g')), '\\s+'))), ' ') AS print FROM in_rows WHERE note IS NOT NULL GROUP BY note),
      best AS (SELECT note, first_value(note) OVER (PARTITION BY print ORDER BY n DESC, note) AS "group" FROM texts)
      SELECT in_rows.*, "group" FROM in_rows LEFT JOIN best USING (note)`,
    sameRows: false,
    part: 0.5,
  },
  {
    name: 'sort',
    module: sort,
    config: { keys: [{ column: 'amount', direction: 'desc' }, { column: 'city' }] },
    sql: 'FROM in_rows ORDER BY amount DESC NULLS LAST, city',
    ordered: true,
    part: 0.5,
  },
  {
    name: 'top: of all',
    module: top,
    config: { by: 'amount', count: 100 },
    sql: `FROM in_rows ORDER BY amount DESC NULLS LAST, ${REST} LIMIT 100`,
    part: 0.5,
  },
  {
    name: 'top: of each city',
    module: top,
    config: { by: 'amount', count: 3, per: ['city'] },
    sql: `FROM in_rows QUALIFY row_number() OVER (PARTITION BY city ORDER BY amount DESC NULLS LAST, ${REST}) <= 3 ORDER BY city, amount DESC NULLS LAST, ${REST}`,
    plain: `FROM in_rows QUALIFY row_number() OVER (PARTITION BY city ORDER BY amount DESC) <= 3 ORDER BY city, amount DESC`,
    ordered: true,
    part: 0.5,
  },
  {
    name: 'sample: a tenth',
    module: sample,
    config: { mode: 'fraction', fraction: 0.1 },
    // The same rows whatever the order of arrival and the threads; DuckDB's own sample promises that for one thread only.
    sql: `SELECT * EXCLUDE (content, draw) FROM ${DRAWN} WHERE draw / 18446744073709551616.0 < 0.1`,
    plain: 'FROM in_rows TABLESAMPLE bernoulli(10%) REPEATABLE (0)',
    sameRows: false,
    part: 0.5,
  },
  {
    name: 'sample: 1,000 at random',
    module: sample,
    config: { mode: 'random', rows: 1000 },
    sql: `SELECT * EXCLUDE (content, draw) FROM ${DRAWN} ORDER BY draw, content LIMIT 1000`,
    plain: 'FROM in_rows USING SAMPLE reservoir(1000 ROWS) REPEATABLE (0)',
    sameRows: false,
    part: 0.5,
  },
  {
    name: 'sample: every tenth',
    module: sample,
    config: { mode: 'every', rows: 10 },
    sql: `SELECT * EXCLUDE (n) FROM (SELECT *, row_number() OVER () AS n FROM in_rows) WHERE n % 10 = 1`,
  },
  {
    name: 'split_rows',
    module: splitRows,
    config: {},
    port: 'train',
    sql: `SELECT * EXCLUDE (content, draw, place, total) FROM (SELECT *, row_number() OVER (ORDER BY draw, content) AS place, count(*) OVER () AS total FROM ${DRAWN}) WHERE place <= round(0.7 * total)`,
    sameRows: false,
    part: 0.5,
  },
  { name: 'limit', module: limit, config: { rows: 100000 }, sql: 'FROM in_rows LIMIT 100000' },
]
