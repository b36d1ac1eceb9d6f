import { expect, test } from 'vitest'
import { keyCaps, keyLabel } from './key-names.ts'

test('keys are named as the keyboard has them printed', () => {
  expect(keyLabel('run', { language: 'en', isMac: false })).toBe('Ctrl Enter')
  expect(keyLabel('run', { language: 'fr', isMac: false })).toBe('Ctrl Entrée')
  expect(keyLabel('run', { language: 'fr', isMac: true })).toBe('⌘↩')
  expect(keyCaps('redo', { language: 'fr', isMac: false })).toEqual(['Ctrl', 'Maj', 'Z'])
  expect(keyLabel('delete', { language: 'en', isMac: true })).toBe('⌫')
})

test('letters, arrows and function keys are called the same everywhere', () => {
  for (const language of ['en', 'fr'] as const)
    for (const isMac of [true, false]) {
      expect(keyLabel('rename', { language, isMac })).toBe('F2')
      expect(keyCaps('go', { language, isMac })).toEqual(['←', '→', '↑', '↓'])
    }
})
