import { cast } from '../../../src/modules/transformers/cast/implementation.ts'
import { clean } from '../../../src/modules/transformers/clean/implementation.ts'
import { extract } from '../../../src/modules/transformers/extract/implementation.ts'
import { fill } from '../../../src/modules/transformers/fill/implementation.ts'
import { mapValues } from '../../../src/modules/transformers/map-values/implementation.ts'
import { mask } from '../../../src/modules/transformers/mask/implementation.ts'
import { merge } from '../../../src/modules/transformers/merge/implementation.ts'
import { rename } from '../../../src/modules/transformers/rename/implementation.ts'
import { replace } from '../../../src/modules/transformers/replace/implementation.ts'
import { split } from '../../../src/modules/transformers/split/implementation.ts'
import type { TransformCase } from './case.ts'

export const cases: readonly TransformCase[] = [
  {
    name: 'clean: one blank, capitals, no empty texts',
    part: 0.5,
    wide: {
      steps: [
        { operation: 'trim', kinds: ['text'] },
        { operation: 'case', kinds: ['text'], case: 'upper' },
      ],
    },
    module: clean,
    config: {
      steps: [
        { operation: 'collapse', columns: ['note'] },
        { operation: 'case', columns: ['city'], case: 'upper' },
        { operation: 'empty_to_null', columns: ['note'], blank: false },
      ],
    },
    sql: String.raw`SELECT * REPLACE (
        nullif(regexp_replace(note, '[\s\x0b\x{85}\x{180e}\x{200b}\x{2060}\x{feff}\p{Z}]+', ' ', 'g'), '') AS note, upper(city) AS city
      ) FROM in_rows`,
  },
  {
    name: 'fill: mean of the group',
    wide: { fills: [{ kinds: ['number'], method: 'mean' }], group_by: ['city'] },
    module: fill,
    config: { fills: [{ columns: ['score'], method: 'mean' }], group_by: ['city'], nan_is_missing: false },
    inputs: { in: 'SELECT * REPLACE (CASE WHEN active THEN score END AS score) FROM sample' },
    sql: 'SELECT * REPLACE (coalesce(score, avg(score ORDER BY score) OVER (PARTITION BY city)) AS score) FROM in_rows',
  },
  {
    name: 'cast',
    wide: {
      casts: [
        { kinds: ['text'], type: 'DATE' },
        { kinds: ['number'], type: 'DECIMAL(18,3)' },
      ],
      on_error: 'reject',
    },
    module: cast,
    config: {
      casts: [
        { columns: ['amount'], type: 'DECIMAL(18,3)' },
        { columns: ['key'], type: 'VARCHAR' },
      ],
    },
    sql: 'SELECT * REPLACE (CAST(amount AS DECIMAL(18, 3)) AS amount, CAST(key AS VARCHAR) AS key) FROM in_rows',
  },
  {
    name: 'map_values',
    wide: { kinds: ['text'], mapping: [{ from: 'city 1', to: 'Lyon' }] },
    module: mapValues,
    config: {
      columns: ['city'],
      mapping: [
        { from: 'city 1', to: 'Lyon' },
        { from: 'city 2', to: 'Bern' },
      ],
    },
    sql: `SELECT * REPLACE (CASE WHEN city = 'city 1' THEN 'Lyon' WHEN city = 'city 2' THEN 'Bern' ELSE city END AS city) FROM in_rows`,
  },
  {
    name: 'replace',
    wide: { rules: [{ kinds: ['text'], find: 'Name', replace: 'N.' }] },
    module: replace,
    config: { rules: [{ columns: ['note'], find: 'Name', replace: 'N.' }] },
    sql: `SELECT * REPLACE (replace(note, 'Name', 'N.') AS note) FROM in_rows`,
  },
  {
    name: 'split: into columns',
    module: split,
    config: { column: 'city', delimiters: [' '], count: 2, rest: 'drop', trim: false, empty_is_null: false },
    sql: `SELECT * EXCLUDE (city, parts), parts[1] AS city_1, parts[2] AS city_2 FROM (SELECT *, string_split(city, ' ') AS parts FROM in_rows)`,
  },
  {
    name: 'merge',
    wide: { pattern: '.', separator: '/' },
    module: merge,
    config: { columns: ['city', 'day', 'key'], separator: '/', skip_empty: false },
    sql: `SELECT *, CASE WHEN NOT (city IS NULL AND day IS NULL AND key IS NULL) THEN concat_ws('/', city, day, key) END AS merged FROM in_rows`,
  },
  {
    name: 'extract: first match',
    module: extract,
    config: { column: 'note', pattern: '\\d+' },
    sql: String.raw`SELECT *, CASE WHEN regexp_matches(note, '\d+') THEN regexp_extract(note, '\d+') END AS note_1 FROM in_rows`,
  },
  {
    name: 'mask: pseudonym',
    part: 0.4,
    wide: { masks: [{ kinds: ['text'], method: 'hash' }], key: '0123456789abcdef' },
    module: mask,
    config: { masks: [{ columns: ['city'], method: 'hash' }], key: '0123456789abcdef' },
    sql: `SELECT * REPLACE (sha256(
        from_hex('6c6d6e6f68696a6b64653d3e3f38393a${'5c'.repeat(48)}') || from_hex(sha256(
          from_hex('06070405020300010e0f575455525350${'36'.repeat(48)}') || encode(city)))) AS city) FROM in_rows`,
  },
  {
    name: 'rename',
    module: rename,
    config: { rules: [{ operation: 'suffix', text: '_x' }] },
    sql: `SELECT id AS id_x, key AS key_x, city AS city_x, amount AS amount_x, score AS score_x, day AS day_x, moment AS moment_x, note AS note_x, active AS active_x FROM in_rows`,
  },
]
