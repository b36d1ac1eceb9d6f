import { assertStep } from '../../../src/modules/transformers/assert/implementation.ts'
import { contract } from '../../../src/modules/transformers/contract/implementation.ts'
import { sqlStep } from '../../../src/modules/transformers/sql/implementation.ts'
import { switchStep } from '../../../src/modules/transformers/switch/implementation.ts'
import { validate } from '../../../src/modules/transformers/validate/implementation.ts'
import type { TransformCase } from './case.ts'

const rules = [
  { check: 'not_null', columns: ['id', 'note'] },
  { check: 'range', columns: ['amount'], min: '10' },
  { check: 'pattern', columns: ['city'], regex: 'city \\d+' },
  { check: 'expression', expression: 'moment > day' },
]

export const cases: readonly TransformCase[] = [
  {
    name: 'validate: pass',
    module: validate,
    port: 'pass',
    config: { rules },
    sql: `FROM in_rows WHERE id IS NOT NULL AND note IS NOT NULL AND coalesce(amount >= 10, TRUE) AND coalesce(regexp_full_match(city, 'city \\d+'), TRUE) AND (moment > day) IS TRUE`,
    wide: { rules: [{ check: 'not_null', pattern: '.' }] },
  },
  {
    name: 'validate: reject',
    module: validate,
    port: 'reject',
    config: { rules },
    sql: `SELECT *, list_filter([
        CASE WHEN id IS NULL THEN 'id: the value is missing' END, CASE WHEN note IS NULL THEN 'note: the value is missing' END,
        CASE WHEN amount < 10 THEN 'amount: “' || amount || '” is less than 10' END,
        CASE WHEN NOT regexp_full_match(city, 'city \\d+') THEN 'city: “' || city || '” does not match' END,
        CASE WHEN (moment > day) IS NOT TRUE THEN 'not true: moment > day' END], lambda r: r IS NOT NULL) AS _reasons
      FROM in_rows WHERE NOT (id IS NOT NULL AND note IS NOT NULL AND coalesce(amount >= 10, TRUE) AND coalesce(regexp_full_match(city, 'city \\d+'), TRUE) AND (moment > day) IS TRUE)`,
    sameRows: false,
    wide: { rules: [{ check: 'not_null', pattern: '.' }] },
  },
  {
    name: 'validate: unique, reference',
    module: validate,
    port: 'pass',
    config: {
      rules: [
        { check: 'unique', columns: ['id'] },
        { check: 'reference', columns: ['city'], input: 'cities' },
      ],
    },
    inputs: { in: 'FROM sample', cities: 'SELECT DISTINCT city FROM sample WHERE key % 4 = 0' },
    sql: `SELECT in_rows.* FROM in_rows WHERE (city IS NULL OR city IN (SELECT city FROM cities_rows)) QUALIFY id IS NULL OR count(*) OVER (PARTITION BY id) = 1`,
    part: 0.5,
  },
  {
    name: 'assert: rows',
    module: assertStep,
    config: {
      checks: [
        { check: 'not_null', columns: ['id', 'city'] },
        { check: 'row', expression: 'amount >= 0' },
      ],
    },
    sql: `FROM in_rows WHERE CASE WHEN id IS NULL OR city IS NULL THEN error('missing')::BOOLEAN WHEN (amount >= 0) IS NOT TRUE THEN error('negative')::BOOLEAN ELSE TRUE END`,
    wide: { checks: [{ check: 'row', expression: 'amount >= 0' }] },
  },
  {
    name: 'assert: unique, number of rows',
    module: assertStep,
    config: {
      checks: [
        { check: 'unique', columns: ['id'] },
        { check: 'rows', min: 1 },
      ],
    },
    sql: `FROM in_rows WHERE (SELECT CASE WHEN count(id) > count(DISTINCT id) THEN error('repeated')::BOOLEAN WHEN count(*) < 1 THEN error('empty')::BOOLEAN ELSE TRUE END FROM in_rows)`,
    part: 0.5,
  },
  {
    name: 'contract: the types agreed',
    module: contract,
    config: {
      columns: [
        { name: 'id', type: 'BIGINT', required: true },
        { name: 'amount', type: 'DECIMAL(12,2)' },
        { name: 'city', type: 'VARCHAR', required: true },
      ],
      extra: 'drop',
    },
    sql: `SELECT CASE WHEN id IS NULL THEN error('missing') ELSE id END AS id, amount, CASE WHEN city IS NULL THEN error('missing') ELSE city END AS city FROM in_rows`,
  },
  {
    name: 'contract: converted, rejects',
    module: contract,
    config: {
      columns: [
        { name: 'id', type: 'INTEGER', required: true },
        { name: 'amount', type: 'DECIMAL(18,3)' },
        { name: 'city', type: 'VARCHAR' },
      ],
      types: 'convert',
      extra: 'drop',
      on_error: 'reject',
    },
    sql: `SELECT TRY_CAST(id AS INTEGER) AS id, CAST(amount AS DECIMAL(18, 3)) AS amount, city FROM in_rows WHERE NOT (id IS NULL OR TRY_CAST(id AS INTEGER) IS NULL)`,
  },
  {
    name: 'switch: second',
    module: switchStep,
    port: 'small',
    config: {
      cases: [
        { port: 'large', condition: 'amount >= 50000' },
        { port: 'small', condition: "city LIKE 'city 1%'" },
      ],
    },
    sql: `FROM in_rows WHERE (amount >= 50000) IS NOT TRUE AND city LIKE 'city 1%'`,
  },
  {
    name: 'switch: otherwise',
    module: switchStep,
    port: 'otherwise',
    config: {
      cases: [
        { port: 'large', condition: 'amount >= 50000' },
        { port: 'small', condition: "city LIKE 'city 1%'" },
      ],
    },
    sql: `FROM in_rows WHERE (amount >= 50000) IS NOT TRUE AND (city LIKE 'city 1%') IS NOT TRUE`,
  },
  {
    name: 'sql',
    module: sqlStep,
    config: { sql: 'SELECT city, count(*) AS n FROM "in" GROUP BY ALL' },
    sql: 'SELECT city, count(*) AS n FROM in_rows GROUP BY ALL',
  },
]
