import { expect, test } from 'vitest'
import { sizeIn } from './size-in.ts'

test('sizes are in the unit that suits them, as people of the language call it', () => {
  const told = (bytes: number, step = 1000, language: 'en' | 'fr' = 'en') => {
    const { value, unit } = sizeIn(language, bytes, step)
    return `${value} ${unit}`
  }
  expect([0, 999, 1_200, 123_456_789, 5e12].map((bytes) => told(bytes))).toEqual([
    ...['0 B', '999 B', '1.2 KB', '123 MB', '5 TB'],
  ])
  expect(told(15.2 * 2 ** 30, 1024)).toBe('15.2 GB')
  expect(told(1_200, 1000, 'fr')).toBe('1.2 Ko')
})
