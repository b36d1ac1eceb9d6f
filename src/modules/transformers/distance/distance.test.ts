import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { distance } from './implementation.ts'

runFixtures(distance, new URL('./fixtures/', import.meta.url))
const isNumber = (type: string) => /INT|DECIMAL|DOUBLE/.test(type) && !/[[(]a? ?INT|\[|STRUCT/.test(type)
runHostile(distance, {
  config: ({ value, other, type }) =>
    isNumber(type)
      ? { from_y: value, from_x: other, to_y: other, to_x: value, name: 'made', on_error: 'reject' }
      : undefined,
  accountsFor: ['out', 'reject'],
})

const COLUMNS = ['y1', 'x1', 'y2', 'x2'].map((name) => ({ name, type: 'DOUBLE' }))
const CONFIG = { from_y: 'y1', from_x: 'x1', to_y: 'y2', to_x: 'x2', unit: 'm', name: 'far', bearing_name: 'to' }
const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Vincenty's inverse, to a millimetre, on WGS 84; undefined where it does not converge (nearly opposite points). */
function vincenty(y1: number, x1: number, y2: number, x2: number): number | undefined {
  const [a, f] = [6_378_137, 1 / 298.257223563]
  const b = a * (1 - f)
  const [u1, u2] = [Math.atan((1 - f) * Math.tan(radians(y1))), Math.atan((1 - f) * Math.tan(radians(y2)))]
  const turn = radians(x2 - x1)
  let lambda = turn
  for (let round = 0; round < 200; round++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)]
    const sinS = Math.hypot(Math.cos(u2) * sinL, Math.cos(u1) * Math.sin(u2) - Math.sin(u1) * Math.cos(u2) * cosL)
    if (sinS === 0) return 0
    const cosS = Math.sin(u1) * Math.sin(u2) + Math.cos(u1) * Math.cos(u2) * cosL
    const sigma = Math.atan2(sinS, cosS)
    const sinA = (Math.cos(u1) * Math.cos(u2) * sinL) / sinS
    const cos2A = 1 - sinA * sinA
    const cosM = cos2A === 0 ? 0 : cosS - (2 * Math.sin(u1) * Math.sin(u2)) / cos2A
    const c = (f / 16) * cos2A * (4 + f * (4 - 3 * cos2A))
    const next = turn + (1 - c) * f * sinA * (sigma + c * sinS * (cosM + c * cosS * (2 * cosM * cosM - 1)))
    if (Math.abs(next - lambda) < 1e-12) {
      const square = (cos2A * (a * a - b * b)) / (b * b)
      const big = 1 + (square / 16384) * (4096 + square * (-768 + square * (320 - 175 * square)))
      const small = (square / 1024) * (256 + square * (-128 + square * (74 - 47 * square)))
      const delta =
        small *
        sinS *
        (cosM +
          (small / 4) *
            (cosS * (2 * cosM * cosM - 1) - (small / 6) * cosM * (4 * sinS * sinS - 3) * (4 * cosM * cosM - 3)))
      return b * big * (sigma - delta)
    }
    lambda = next
  }
  return undefined
}

it('is near the exact distance everywhere but for nearly opposite points', async () => {
  const latitude = fc.double({ min: -90, max: 90, noNaN: true })
  const longitude = fc.double({ min: -180, max: 180, noNaN: true })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(latitude, longitude, latitude, longitude), { minLength: 20, maxLength: 100 }),
      async (rows) => {
        const { out } = await evaluate(distance, CONFIG, { in: { columns: COLUMNS, rows } })
        const ball = await evaluate(distance, { ...CONFIG, method: 'sphere' }, { in: { columns: COLUMNS, rows } })
        rows.forEach(([y1, x1, y2, x2], index) => {
          const exact = vincenty(y1, x1, y2, x2)
          if (exact === undefined || exact > 19_000_000) return
          const allowed = exact < 1e6 ? 2 : exact < 1e7 ? 20 : exact < 1.5e7 ? 80 : 600
          expect(Math.abs(Number(out?.rows[index]?.[4]) - exact)).toBeLessThan(allowed)
          expect(Math.abs(Number(ball.out?.rows[index]?.[4]) - exact)).toBeLessThan(0.0057 * exact + 0.001)
          const to = Number(out?.rows[index]?.[5] ?? 0)
          expect(to >= 0 && to < 360).toBe(true)
        })
      },
    ),
    { numRuns: 40 },
  )
})

it('knows the way from Paris to New York, and over the date line', async () => {
  const rows = [
    [48.8566, 2.3522, 40.7128, -74.006],
    [0, 179.5, 0, -179.5],
    [90, 0, -90, 0],
  ]
  const { out } = await evaluate(distance, CONFIG, { in: { columns: COLUMNS, rows } })
  expect(Number(out?.rows[0]?.[4]) / 1000).toBeCloseTo(5852.94, 0)
  expect(Number(out?.rows[0]?.[5])).toBeCloseTo(291.79, 1)
  expect(Number(out?.rows[1]?.[4]) / 1000).toBeCloseTo(111.319, 2)
  expect(Number(out?.rows[1]?.[5])).toBeCloseTo(90, 6)
  expect(Number(out?.rows[2]?.[4]) / 1000).toBeCloseTo(20_003.9, 0)
})
