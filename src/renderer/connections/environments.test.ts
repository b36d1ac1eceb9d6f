import { expect, test } from 'vitest'
import type { FormField } from '../../shared/modules/descriptor.ts'
import { differences, differing, savedOverrides, settingsThere } from './environments.ts'

const field = (name: string, more: Partial<FormField> = {}): FormField => ({
  name,
  control: 'text',
  title: { en: name, fr: name },
  required: false,
  ...more,
})
const fields = [field('host', { required: true }), field('port', { default: 5432 }), field('schema')]
const base = { host: 'a.example', port: 5433 }

test('what is changed in an environment differs there, and nowhere else', () => {
  const shown = settingsThere(base, { host: 'b.example' })
  expect(shown).toEqual({ host: 'b.example', port: 5433 })
  expect(differing(base, { ...shown, schema: 'x' })).toEqual({ host: 'b.example', schema: 'x' })
  expect(differing(base, { ...shown, host: 'a.example' })).toEqual({})
})

test('a field that is emptied stays empty in the form, and is as everywhere in the file', () => {
  const own = differing(base, { port: 5433 })
  expect(settingsThere(base, own)).toEqual({ host: '', port: 5433 })
  expect(differences(own)).toEqual([])
  expect(savedOverrides(base, { production: own }, fields)).toEqual({})
})

test('a default is kept only where everywhere else has another value', () => {
  expect(savedOverrides(base, { production: { port: 5432 } }, fields)).toEqual({ production: { port: 5432 } })
  expect(savedOverrides({ host: 'a' }, { production: { port: 5432, host: 'b' } }, fields)).toEqual({
    production: { host: 'b' },
  })
})

test('what everywhere came to be is no difference any more', () => {
  expect(savedOverrides({ host: 'b.example' }, { production: { host: 'b.example' } }, fields)).toEqual({})
})
