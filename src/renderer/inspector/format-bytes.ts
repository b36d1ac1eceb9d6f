import { formatNumber } from '../i18n/index.ts'
import { useSettings } from '../store/settings.ts'
import { sizeIn } from './size-in.ts'

/** A size for people: `1.2 MB`, `1,2 Mo`. @param step to the next unit: 1000 as of files, 1024 as of memory */
export function formatBytes(bytes: number, step: 1000 | 1024 = 1000): string {
  const { value, unit } = sizeIn(useSettings.getState().language, bytes, step)
  return `${formatNumber(value)} ${unit}`
}
