import { describe, expect, test } from 'vitest'
import type { FormField } from '../../shared/modules/descriptor.ts'
import {
  countSet,
  elideDefaults,
  isVisible,
  moveItem,
  newItem,
  problemsAt,
  problemsWithin,
  seenFolded,
  splitFields,
  valueAt,
  withValueAt,
} from './form-model.ts'

const title = { en: 'T', fr: 'T' }
const field = (name: string, more: Partial<FormField> = {}): FormField => ({
  name,
  control: 'text',
  title,
  required: false,
  ...more,
})

const fields: readonly FormField[] = [
  field('path', { required: true }),
  field('mode', { control: 'select', default: 'overwrite' }),
  field('header', { control: 'switch', default: true, advanced: true }),
  field('delimiter', { advanced: true, visibleWhen: { field: 'mode', in: ['append'] } }),
  field('dialect', { control: 'group', fields: [field('quote', { default: '"' })] }),
  field('measures', {
    control: 'list',
    required: true,
    fields: [
      field('name', { required: true }),
      field('function', { control: 'select', required: true, options: [{ value: 'sum', title }] }),
      field('distinct', { control: 'switch', default: false }),
    ],
  }),
]

describe('a config as the file keeps it', () => {
  test('leaves out what equals its default or is optional and empty', () => {
    const config = {
      path: 'a.csv',
      mode: 'overwrite',
      header: false,
      delimiter: '',
      dialect: { quote: '"' },
      measures: [{ name: 'a', function: 'sum', distinct: false }],
    }
    expect(elideDefaults(config, fields)).toEqual({
      path: 'a.csv',
      header: false,
      measures: [{ name: 'a', function: 'sum' }],
    })
  })

  test('keeps required fields even when empty, and keys that no field speaks of', () => {
    expect(elideDefaults({ path: '', measures: [], other: 1 }, fields)).toEqual({ path: '', measures: [], other: 1 })
  })
})

describe('values', () => {
  test('change along a path and share the rest', () => {
    const root = { measures: [{ name: 'a' }, { name: 'b' }], other: { x: 1 } }
    const changed = withValueAt(root, ['measures', 1, 'name'], 'c')
    expect(changed).toEqual({ measures: [{ name: 'a' }, { name: 'c' }], other: { x: 1 } })
    expect(valueAt(changed, ['other'])).toBe(root.other)
    expect(valueAt(changed, ['measures', 7, 'name'])).toBeUndefined()
  })

  test('are removed by undefined, and groups on the way are made', () => {
    expect(withValueAt({ a: 1, b: 2 }, ['a'], undefined)).toEqual({ b: 2 })
    expect(withValueAt({}, ['dialect', 'quote'], "'")).toEqual({ dialect: { quote: "'" } })
  })

  test('of a list move', () => {
    expect(moveItem(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(moveItem(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
  })
})

describe('fields', () => {
  test('depend on the shown value of another, its default included', () => {
    const [, , , delimiter] = fields
    if (!delimiter) throw new Error('no field')
    expect(isVisible(delimiter, fields, {})).toBe(false)
    expect(isVisible(delimiter, fields, { mode: 'append' })).toBe(true)
    const always = { ...delimiter, visibleWhen: { field: 'mode', in: ['overwrite'] } }
    expect(isVisible(always, fields, {})).toBe(true)
  })

  test('that are advanced are folded away, and counted when set', () => {
    const { plain, advanced } = splitFields(fields, { mode: 'append' })
    expect(plain.map((each) => each.name)).toEqual(['path', 'mode', 'dialect', 'measures'])
    expect(advanced.map((each) => each.name)).toEqual(['header', 'delimiter'])
    expect(countSet(advanced, { header: true })).toBe(0)
    expect(countSet(advanced, { header: false })).toBe(1)
  })

  test('give a new row only what it must have', () => {
    const measures = fields.find((each) => each.name === 'measures')
    expect(measures && newItem(measures)).toEqual({ name: '', function: 'sum' })
    expect(newItem(field('names', { control: 'list' }))).toBe('')
  })
})

describe('problems', () => {
  const problem = (path: (string | number)[]) => ({
    code: 'x',
    kind: 'user' as const,
    message: 'm',
    severity: 'error' as const,
    field: path,
  })

  test('are shown at the field they name', () => {
    const problems = [problem(['measures', 0, 'column']), problem(['measures'])]
    expect(problemsAt(problems, ['measures'])).toHaveLength(1)
    expect(problemsAt(problems, ['measures', 0, 'column'])).toHaveLength(1)
    expect(problemsWithin(problems, ['measures'])).toHaveLength(2)
    expect(problemsWithin(problems, ['measures', 1])).toHaveLength(0)
  })
})

test('of folded fields, what is set and what is wrong is shown all the same', () => {
  const folded = ['set', 'wrong', 'unset'].map(
    (name): FormField => ({ name, control: 'text', title: { en: name, fr: name }, required: false }),
  )
  const problem = { severity: 'error', kind: 'user', code: 'x', message: 'x', field: ['rules', 0, 'wrong'] } as const
  const seen = seenFolded(folded, { set: 'a' }, [{ ...problem, field: [...problem.field] }], ['rules', 0])
  expect(seen.map(({ name }) => name)).toEqual(['set', 'wrong'])
})
