import { dateDifference } from '../../../src/modules/transformers/date-difference/implementation.ts'
import { dateParts } from '../../../src/modules/transformers/date-parts/implementation.ts'
import { dateTruncate } from '../../../src/modules/transformers/date-truncate/implementation.ts'
import { distance } from '../../../src/modules/transformers/distance/implementation.ts'
import { fillGaps } from '../../../src/modules/transformers/fill-gaps/implementation.ts'
import { resample } from '../../../src/modules/transformers/resample/implementation.ts'
import { timeZone } from '../../../src/modules/transformers/time-zone/implementation.ts'
import type { TransformCase } from './case.ts'

const places = {
  in: 'SELECT id, score % 80 AS y1, score % 170 AS x1, (score * 7) % 80 AS y2, (score * 3) % 170 AS x2 FROM sample',
}

export const cases: readonly TransformCase[] = [
  {
    name: 'date_parts',
    module: dateParts,
    config: {
      column: 'moment',
      parts: ['year', 'month', 'day', 'iso_week', 'month_name', 'is_weekend', 'hour'],
      prefix: 'the_',
    },
    sql: `SELECT *, year(moment) AS the_year, month(moment) AS the_month, day(moment) AS the_day, week(moment) AS the_iso_week, monthname(moment) AS the_month_name,
      isodow(moment) >= 6 AS the_is_weekend, hour(moment) AS the_hour FROM in_rows`,
  },
  {
    name: 'date_parts: texts',
    module: dateParts,
    config: { column: 'day', parts: ['year_month', 'year_week'], prefix: '' },
    sql: `SELECT *, strftime(day, '%Y-%m') AS year_month, strftime(day, '%G-W%V') AS year_week FROM in_rows`,
  },
  {
    name: 'date_difference: days',
    module: dateDifference,
    config: { from: 'day', to: 'moment', unit: 'day', name: 'days' },
    // Complete days, of two moments in either order; infinity is none.
    sql: `SELECT *, CASE WHEN isfinite(day) AND isfinite(moment) THEN date_diff('microsecond', CAST(day AS TIMESTAMP), moment) // 86400000000 END AS days FROM in_rows`,
    sameRows: false,
  },
  {
    name: 'date_difference: months',
    module: dateDifference,
    config: { from: 'day', to: 'moment', unit: 'month', name: 'months' },
    // In either order, and the last day of a shorter month completes it: datesub() does not count that one.
    sql: `SELECT *, CASE WHEN isfinite(day) AND isfinite(moment) THEN CASE WHEN moment >= day
        THEN date_diff('month', day, moment) - CASE WHEN day + to_months(CAST(date_diff('month', day, moment) AS INTEGER)) > moment THEN 1 ELSE 0 END
        ELSE CASE WHEN moment + to_months(CAST(date_diff('month', moment, day) AS INTEGER)) > day THEN 1 ELSE 0 END - date_diff('month', moment, day) END END AS months FROM in_rows`,
    plain: `SELECT *, datesub('month', CAST(day AS TIMESTAMP), moment) AS months FROM in_rows`,
  },
  {
    name: 'date_difference: working days',
    module: dateDifference,
    config: {
      from: 'day',
      to_day: '2026-01-01',
      unit: 'business_day',
      name: 'days',
      holidays: ['2024-12-25', '2025-01-01'],
    },
    // Whole weeks, the days of the rest, less the holidays between.
    sql: `SELECT *, (n // 7) * 5 + list_count(list_filter(range(1, n % 7 + 1), lambda d: isodow(day + CAST(d AS INTEGER)) < 6))
      - CAST(day < DATE '2024-12-25' AS BIGINT) - CAST(day < DATE '2025-01-01' AS BIGINT) AS days FROM (SELECT *, DATE '2026-01-01' - day AS n FROM in_rows)`,
    sameRows: false,
  },
  {
    name: 'date_truncate: month',
    module: dateTruncate,
    config: { column: 'moment', unit: 'month', name: 'month' },
    sql: `SELECT *, CAST(date_trunc('month', moment) AS TIMESTAMP) AS month FROM in_rows`,
  },
  {
    name: 'date_truncate: 15 minutes, nearest',
    module: dateTruncate,
    config: { column: 'moment', operation: 'nearest', amount: 15, unit: 'minute' },
    sql: `SELECT * REPLACE (time_bucket(INTERVAL 15 MINUTE, moment + INTERVAL 450 SECOND) AS moment) FROM in_rows`,
  },
  {
    name: 'date_truncate: end of the quarter',
    module: dateTruncate,
    config: { column: 'day', operation: 'end', unit: 'quarter' },
    sql: `SELECT * REPLACE (CASE WHEN isfinite(day) THEN CAST(date_trunc('quarter', day) + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE) ELSE day END AS day) FROM in_rows`,
  },
  {
    name: 'time_zone: to an instant',
    module: timeZone,
    config: { column: 'moment', operation: 'to_instant', from: 'Europe/Paris' },
    // Times that come twice or not at all must be found: DuckDB takes one of them without a word.
    sql: `SELECT * EXCLUDE (before, after) REPLACE (CASE WHEN before = after OR timezone('Europe/Paris', before) = moment OR timezone('Europe/Paris', after) <> moment THEN before ELSE after END AS moment)
      FROM (SELECT *, timezone('UTC', moment - (timezone('Europe/Paris', timezone('UTC', moment - INTERVAL 1 DAY)) - (moment - INTERVAL 1 DAY))) AS before,
        timezone('UTC', moment - (timezone('Europe/Paris', timezone('UTC', moment + INTERVAL 1 DAY)) - (moment + INTERVAL 1 DAY))) AS after FROM in_rows)`,
    plain: `SELECT * REPLACE (timezone('Europe/Paris', moment) AS moment) FROM in_rows`,
    part: 0.3,
  },
  {
    name: 'time_zone: to local',
    module: timeZone,
    config: { column: 'moment', operation: 'to_local', to: 'Europe/Paris' },
    inputs: { in: `SELECT id, city, timezone('UTC', moment) AS moment FROM sample` },
    sql: `SELECT * REPLACE (timezone('Europe/Paris', moment) AS moment) FROM in_rows`,
  },
  {
    name: 'fill_gaps: days of each city',
    module: fillGaps,
    config: { column: 'day', unit: 'day', group_by: ['city'], fill: [{ column: 'amount', with: 'previous' }] },
    inputs: { in: "SELECT city, day, amount FROM sample WHERE city < 'city 15'" },
    ordered: true,
    sql: `WITH days AS (SELECT city, CAST(unnest(generate_series(min(day), max(day), INTERVAL 1 DAY)) AS DATE) AS day FROM in_rows GROUP BY city),
      every AS (SELECT *, FALSE AS made FROM in_rows UNION ALL SELECT city, day, NULL, TRUE FROM days ANTI JOIN in_rows USING (city, day))
      SELECT * EXCLUDE (made) REPLACE (CASE WHEN made THEN last_value(amount IGNORE NULLS) OVER (PARTITION BY city ORDER BY day, made, amount ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) ELSE amount END AS amount)
      FROM every ORDER BY city, day, made, amount`,
    part: 0.4,
  },
  {
    name: 'resample: days of each city',
    module: resample,
    config: {
      column: 'moment',
      unit: 'day',
      group_by: ['city'],
      measures: [{ name: 'amount', function: 'sum', column: 'amount' }, { name: 'rows' }],
    },
    ordered: true,
    sql: `SELECT city, date_trunc('day', moment) AS moment, sum(amount) AS amount, count(*) AS rows FROM in_rows WHERE isfinite(moment) GROUP BY ALL ORDER BY city, 2`,
    part: 0.5,
  },
  {
    name: 'resample: every day of each city, the one before',
    module: resample,
    config: {
      column: 'moment',
      unit: 'day',
      group_by: ['city'],
      empty: 'previous',
      measures: [{ name: 'amount', function: 'max', column: 'amount' }],
    },
    inputs: { in: "SELECT city, moment, amount FROM sample WHERE city < 'city 15'" },
    ordered: true,
    sql: `WITH made AS MATERIALIZED (SELECT city, CAST(date_trunc('day', moment) AS TIMESTAMP) AS moment, max(amount) AS amount FROM in_rows WHERE isfinite(moment) GROUP BY ALL),
      days AS (SELECT city, unnest(generate_series(min(moment), max(moment), INTERVAL 1 DAY)) AS moment FROM made GROUP BY city)
      SELECT days.city, days.moment, last_value(made.amount IGNORE NULLS) OVER (PARTITION BY days.city ORDER BY days.moment) AS amount
      FROM days LEFT JOIN made ON made.city = days.city AND made.moment = days.moment ORDER BY days.city, days.moment`,
    part: 0.5,
  },
  {
    name: 'distance: ellipsoid',
    module: distance,
    config: { from_y: 'y1', from_x: 'x1', to_y: 'y2', to_x: 'x2', name: 'km' },
    inputs: places,
    // The same formula in steps, each worked out once; a latitude or longitude out of range is an error.
    sql: `SELECT id, y1, x1, y2, x2, CASE WHEN NOT y1 BETWEEN -90 AND 90 OR NOT y2 BETWEEN -90 AND 90 OR NOT x1 BETWEEN -180 AND 360 OR NOT x2 BETWEEN -180 AND 360 THEN error('bad')
        WHEN h IS NULL THEN NULL WHEN h = 0 THEN 0 WHEN h >= 1 THEN 6378137.0 * pi() * (1 - f / 2) ELSE 6378137.0 * (a - f / 2 * (
          (a - sin(a)) * power(sin(p) * cos(q), 2) / (1 - h) + (a + sin(a)) * power(cos(p) * sin(q), 2) / h)) END / 1000 AS km
      FROM (SELECT *, 2 * asin(sqrt(h)) AS a, (b1 + b2) / 2 AS p, (b2 - b1) / 2 AS q, CAST(1 / 298.257223563 AS DOUBLE) AS f FROM (
        SELECT *, least(1e0, power(sin((b2 - b1) / 2), 2) + cos(b1) * cos(b2) * power(sin(radians(x2 - x1) / 2), 2)) AS h FROM (
          SELECT *, atan2((1 - 1 / 298.257223563e0) * sin(radians(y1)), cos(radians(y1))) AS b1, atan2((1 - 1 / 298.257223563e0) * sin(radians(y2)), cos(radians(y2))) AS b2 FROM in_rows)))`,
    sameRows: false,
    part: 0.5,
  },
  {
    name: 'distance: sphere',
    module: distance,
    config: { method: 'sphere', from_y: 'y1', from_x: 'x1', to_y: 'y2', to_x: 'x2', name: 'km' },
    inputs: places,
    sql: `SELECT *, CASE WHEN NOT y1 BETWEEN -90 AND 90 OR NOT y2 BETWEEN -90 AND 90 OR NOT x1 BETWEEN -180 AND 360 OR NOT x2 BETWEEN -180 AND 360 THEN error('bad') ELSE
      2 * 6371008.8e0 * asin(sqrt(least(1e0, power(sin((radians(y2) - radians(y1)) / 2), 2) + cos(radians(y1)) * cos(radians(y2)) * power(sin(radians(x2 - x1) / 2), 2)))) / 1000 END AS km FROM in_rows`,
    sameRows: false,
  },
]
