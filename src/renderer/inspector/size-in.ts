import type { Language } from '../i18n/first-spoken.ts'

const UNITS = {
  en: ['B', 'KB', 'MB', 'GB', 'TB'],
  fr: ['o', 'Ko', 'Mo', 'Go', 'To'],
} as const

/** A number of bytes in the unit that suits it, to three digits. @param step to the next unit */
export function sizeIn(
  language: Language,
  bytes: number,
  step: number,
): { readonly value: number; readonly unit: string } {
  const units = UNITS[language]
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= step
    unit += 1
  }
  return { value: unit === 0 || size >= 100 ? Math.round(size) : Math.round(size * 10) / 10, unit: units[unit] ?? '' }
}
