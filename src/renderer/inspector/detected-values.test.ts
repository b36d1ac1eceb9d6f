import { expect, test } from 'vitest'
import type { FormField } from '../../shared/modules/descriptor.ts'
import { changedSettings, columnWords, detectedValue, visibleValue } from './detected-values.ts'

const field = (name: string, fallback?: string): FormField => ({
  name,
  control: 'text',
  title: { en: name, fr: name },
  required: false,
  default: fallback,
})
const detected = { delimiter: ';', encoding: 'utf-8', columns: { day: { type: 'DATE' } } }

test('what was detected shows where a field is left open, and not over what was set', () => {
  expect(detectedValue(detected, field('delimiter'), ['delimiter'], undefined)).toBe(';')
  expect(detectedValue(detected, field('encoding', 'auto'), ['encoding'], 'auto')).toBe('utf-8')
  expect(detectedValue(detected, field('delimiter'), ['delimiter'], ',')).toBeUndefined()
  expect(detectedValue(detected, field('quote'), ['quote'], undefined)).toBeUndefined()
  expect(detectedValue(undefined, field('delimiter'), ['delimiter'], undefined)).toBeUndefined()
})

test('settings that a detection would change are counted', () => {
  expect(changedSettings(detected, { delimiter: ';', path: 'a' })).toEqual(['encoding', 'columns'])
})

test('blanks are made visible, and a column says its type and format', () => {
  expect([visibleValue('\t'), visibleValue(' '), visibleValue('"'), visibleValue(3)]).toEqual(['⇥', '␣', '\\"', '3'])
  expect(columnWords({ type: 'DATE', format: '%d/%m/%Y' })).toBe('DATE · %d/%m/%Y')
})
