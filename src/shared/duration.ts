import { z } from 'zod'

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const DURATION = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/

/** Milliseconds of a text such as `500ms`, `2s`, `10m`, `1.5h` or `7d`; undefined for any other. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text)
  if (!match) return undefined
  return Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS])
}

/** A length of time as people write it in files. */
export const durationSchema = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'write a length of time such as 500ms, 2s, 10m, 1h or 7d')
  .meta({ pattern: DURATION.source })

/** Of a text that `durationSchema` has accepted. @throws TypeError for any other */
export function milliseconds(duration: string): number {
  const value = parseDuration(duration)
  if (value === undefined) throw new TypeError(`${duration} is no length of time`)
  return value
}
