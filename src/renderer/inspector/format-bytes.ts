import { formatNumber } from '../i18n/index.ts'

/** A size for people: `1.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${formatNumber(unit === 0 || size >= 100 ? Math.round(size) : Math.round(size * 10) / 10)} ${units[unit]}`
}
