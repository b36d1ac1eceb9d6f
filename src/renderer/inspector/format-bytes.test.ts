import { afterEach, expect, test } from 'vitest'
import { useSettings } from '../store/settings.ts'
import { formatBytes } from './format-bytes.ts'

afterEach(() => useSettings.setState({ language: 'en' }))

test('sizes are said as people of the language do', () => {
  expect([0, 999, 1_200, 123_456_789, 5e12].map((bytes) => formatBytes(bytes))).toEqual([
    ...['0 B', '999 B', '1.2 KB', '123 MB', '5 TB'],
  ])
  expect(formatBytes(15.2 * 2 ** 30, 1024)).toBe('15.2 GB')
  useSettings.setState({ language: 'fr' })
  expect(formatBytes(1_200)).toBe('1,2 Ko')
  expect(formatBytes(15.2 * 2 ** 30, 1024)).toBe('15,2 Go')
})
