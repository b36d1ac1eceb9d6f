const NEGATIVE = 0x4000
const POWERS = [1, 10, 100, 1000, 10_000] as const
/** Digits that a double holds exactly. */
const SAFE = 15

/**
 * A `numeric` of the wire times ten to the power of `scale`: four digits at a time, the most significant first. It has no more digits
 * after the point than that, and 18 in all.
 * @returns undefined: it is no number; a bigint where a double would round
 * @see numeric_send in src/backend/utils/adt/numeric.c of PostgreSQL
 */
export function numericValue(view: DataView, at: number, scale: number): number | bigint | undefined {
  const digits = view.getInt16(at)
  const weight = view.getInt16(at + 2)
  const sign = view.getUint16(at + 4)
  if (sign > NEGATIVE) return undefined
  // Of the last four digits, those that are still before the point of the result.
  const last = 4 * (weight - digits + 1) + scale
  if (4 * (weight + 1) + scale > SAFE) return largeValue(view, at, digits, last)
  let value = 0
  for (let index = 0; index < digits; index++) {
    const group = view.getInt16(at + 8 + 2 * index)
    const kept = index === digits - 1 && last < 0 ? 4 + last : 4
    value = value * (POWERS[kept] ?? 1) + (kept === 4 ? group : Math.trunc(group / (POWERS[4 - kept] ?? 1)))
  }
  if (last > 0) value *= 10 ** last
  return sign === NEGATIVE ? -value : value
}

function largeValue(view: DataView, at: number, digits: number, last: number): bigint {
  let value = 0n
  for (let index = 0; index < digits; index++) value = value * 10_000n + BigInt(view.getInt16(at + 8 + 2 * index))
  value = last < 0 ? value / 10n ** BigInt(-last) : value * 10n ** BigInt(last)
  return view.getUint16(at + 4) === NEGATIVE ? -value : value
}

/** What is no number, in the server's words. */
export function numericText(view: DataView, at: number): string {
  const sign = view.getUint16(at + 4)
  if (sign === 0xc000) return 'NaN'
  return sign === 0xf000 ? '-Infinity' : 'Infinity'
}
