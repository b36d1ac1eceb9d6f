import { expect, test } from 'vitest'
import type { Problem } from '../../shared/engine/types.ts'
import type { FormField } from '../../shared/modules/descriptor.ts'
import { hintWords, problemWords } from './problem-words.ts'

const text = (en: string, fr: string) => ({ en, fr })
const fields: FormField[] = [
  { name: 'path', control: 'inputPath', title: text('File', 'Fichier'), required: true },
  {
    name: 'measures',
    control: 'list',
    title: text('Measures', 'Mesures'),
    required: false,
    fields: [{ name: 'column', control: 'column', title: text('Column', 'Colonne'), required: true }],
  },
]
const problem = (field: (string | number)[], message: string): Problem => ({
  severity: 'error',
  kind: 'user',
  code: 'config.invalid',
  message,
  field,
})

test('a message names its field as the form does, in the language of the window', () => {
  expect(problemWords(problem(['path'], '“path”: name a file'), fields, 'fr')).toEqual({
    place: 'Fichier',
    message: 'Name a file.',
  })
  const inList = problem(['measures', 1, 'column'], '“measures.1.column”: a value is needed here.')
  expect(problemWords(inList, fields, 'en')).toEqual({
    place: 'Measures 2 · Column',
    message: 'A value is needed here.',
  })
})

test('a message without a key stays as it is, and a key that no field has is shown', () => {
  expect(problemWords(problem(['path'], 'The file is gone.'), fields, 'en').message).toBe('The file is gone.')
  expect(problemWords(problem(['odd'], 'There is no setting “odd” here.'), fields, 'en').place).toBe('odd')
})

test('a hint names fields by their titles, and leaves what is no field', () => {
  expect(hintWords('Set "path", or drop the column "total".', fields, 'fr')).toBe(
    'Set “Fichier”, or drop the column "total".',
  )
})
