import { expect, test } from 'vitest'
import { firstSpoken } from './first-spoken.ts'

test('the window speaks the first of the system’s languages that it knows', () => {
  expect(firstSpoken(['fr-CA', 'en'])).toBe('fr')
  expect(firstSpoken(['de-DE', 'FR', 'en-US'])).toBe('fr')
  expect(firstSpoken(['en-US', 'fr'])).toBe('en')
  expect(firstSpoken(['de', 'frp'])).toBe('en')
  expect(firstSpoken([])).toBe('en')
})
