import { raw, type Sql, sql } from '../../kit/sql.ts'

/** Degrees, as DOUBLE. */
export interface Points {
  readonly y1: Sql
  readonly x1: Sql
  readonly y2: Sql
  readonly x2: Sql
}

/** Gives a value a name, since it is needed several times. It is made of what was held for lower layers. */
export type Hold = (value: Sql, layer: number) => Sql

const MEAN_RADIUS = raw('6371008.8e0')
const EQUATOR = raw('6378137.0e0')
const FLATTENING = 1 / 298.257223563

/** Half the chord between two points on a sphere of radius 1, squared: the haversine of their angle, exact for small ones. */
function haversine(lat1: Sql, lat2: Sql, x1: Sql, x2: Sql): Sql {
  const half = (angle: Sql): Sql => sql`power(sin((${angle}) / 2), 2)`
  return sql`least(1e0, ${half(sql`${lat2} - ${lat1}`)} + cos(${lat1}) * cos(${lat2}) * ${half(sql`radians(${x2} - ${x1})`)})`
}

/** Metres on a sphere of the Earth's mean radius. */
export function sphere({ y1, x1, y2, x2 }: Points): Sql {
  return sql`(2 * ${MEAN_RADIUS} * asin(sqrt(${haversine(sql`radians(${y1})`, sql`radians(${y2})`, x1, x2)})))`
}

/**
 * Metres on WGS 84 by the first order of the flattening: Lambert's formula for long lines, on reduced latitudes (Andoyer–Lambert).
 * Source: E. Rapp, Geometric Geodesy; the error was measured against Vincenty in the tests.
 */
export function ellipsoid({ y1, x1, y2, x2 }: Points, hold: Hold): Sql {
  const ratio = raw(`${1 - FLATTENING}e0`)
  const flat = raw(`${FLATTENING}e0`)
  // Reduced by way of sine and cosine, since the tangent of a pole does not exist.
  const reduced = (latitude: Sql): Sql => sql`atan2(${ratio} * sin(radians(${latitude})), cos(radians(${latitude})))`
  const [b1, b2] = [hold(reduced(y1), 0), hold(reduced(y2), 0)]
  const h = hold(haversine(b1, b2, x1, x2), 1)
  const angle = hold(sql`(2 * asin(sqrt(${h})))`, 2)
  const p = sql`((${b1} + ${b2}) / 2)`
  const q = sql`((${b2} - ${b1}) / 2)`
  const x = sql`((${angle} - sin(${angle})) * power(sin(${p}) * cos(${q}), 2) / (1 - ${h}))`
  const y = sql`((${angle} + sin(${angle})) * power(cos(${p}) * sin(${q}), 2) / ${h})`
  // On one point there is no direction, and opposite points have all: there the sphere's half turn is as good as any.
  return sql`CASE WHEN ${h} = 0 THEN 0e0 WHEN ${h} >= 1 THEN ${EQUATOR} * pi() * (1 - ${flat} / 2) ELSE ${EQUATOR} * (${angle} - ${flat} / 2 * (${x} + ${y})) END`
}

/** Degrees from north, clockwise, 0 to below 360. NULL where both points are one. */
export function bearing({ y1, x1, y2, x2 }: Points): Sql {
  const [lat1, lat2, turn] = [sql`radians(${y1})`, sql`radians(${y2})`, sql`radians(${x2} - ${x1})`]
  const east = sql`sin(${turn}) * cos(${lat2})`
  const north = sql`(cos(${lat1}) * sin(${lat2}) - sin(${lat1}) * cos(${lat2}) * cos(${turn}))`
  const degrees = sql`degrees(atan2(${east}, ${north}))`
  return sql`CASE WHEN ${y1} = ${y2} AND (${x2} - ${x1}) % 360 = 0 THEN NULL ELSE (${degrees} + 360) % 360 END`
}
