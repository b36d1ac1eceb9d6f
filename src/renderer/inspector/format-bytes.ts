import { formatNumber } from '../i18n/index.ts'
import { useSettings } from '../store/settings.ts'

const UNITS = {
  en: ['B', 'KB', 'MB', 'GB', 'TB'],
  fr: ['o', 'Ko', 'Mo', 'Go', 'To'],
} as const

/** A size for people: `1.2 MB`, `1,2 Mo`. @param step to the next unit: 1000 as of files, 1024 as of memory */
export function formatBytes(bytes: number, step: 1000 | 1024 = 1000): string {
  const units = UNITS[useSettings.getState().language]
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= step
    unit += 1
  }
  return `${formatNumber(unit === 0 || size >= 100 ? Math.round(size) : Math.round(size * 10) / 10)} ${units[unit]}`
}
