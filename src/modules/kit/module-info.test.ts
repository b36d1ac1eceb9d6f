import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineModule } from '../../shared/modules/descriptor.ts'
import { columnSelectionWhen } from './column-selection.ts'
import { form, option } from './form.ts'
import { formFields, toModuleInfo } from './module-info.ts'

const both = (text: string) => ({ en: text, fr: text })

const descriptor = defineModule({
  type: 'transform.test',
  version: 1,
  family: 'shape',
  title: both('t'),
  summary: both('s'),
  documentation: both('d'),
  icon: 'filter',
  inputs: [{ name: 'in', title: both('in') }],
  outputs: [{ name: 'out', title: both('out') }],
  config: z.strictObject({
    needed: z.string().meta(form('Needed', 'Requis', { control: 'column', port: 'in' })),
    plain: z.string().optional(),
    flag: z.boolean().default(true),
    size: z.number().int().min(1).optional(),
    mode: z
      .enum(['a', 'b_c'])
      .default('a')
      .meta(form('Mode', 'Mode', { options: [option('a', 'A', 'A'), option('b_c', 'B', 'B')] })),
    bare: z.enum(['x_y']).optional(),
    names: z.array(z.string()).default([]),
    items: z.array(z.strictObject({ name: z.string(), on: z.boolean().default(false) })),
    nested: z.strictObject({ deep: z.string().optional() }).optional(),
    mixed: z
      .array(z.union([z.string(), z.strictObject({ name: z.string() })]))
      .meta(form('M', 'M', { control: 'columns' })),
    map: z.record(z.string(), z.string()).optional(),
  }),
  defaultConfig: {},
  example: { needed: 'x', items: [], mixed: [] },
  describe: () => '',
})

it('derives the form from the config', () => {
  const fields = toModuleInfo(descriptor).fields
  expect(fields.map(({ name, control, required }) => [name, control, required])).toEqual([
    ['needed', 'column', true],
    ['plain', 'text', false],
    ['flag', 'switch', false],
    ['size', 'number', false],
    ['mode', 'select', false],
    ['bare', 'select', false],
    ['names', 'columns', false],
    ['items', 'list', true],
    ['nested', 'group', false],
    ['mixed', 'columns', true],
    ['map', 'columnMap', false],
  ])
  const field = (name: string) => fields.find((each) => each.name === name)
  expect(field('needed')).toMatchObject({ title: { en: 'Needed', fr: 'Requis' }, port: 'in' })
  expect(field('flag')).toMatchObject({ default: true, title: { en: 'Flag' } })
  expect(field('mode')?.options).toEqual([option('a', 'A', 'A'), option('b_c', 'B', 'B')])
  expect(field('bare')?.options).toEqual([option('x_y', 'X y', 'X y')])
  expect(field('items')?.fields?.map(({ name, control }) => [name, control])).toEqual([
    ['name', 'text'],
    ['on', 'switch'],
  ])
  expect(field('nested')?.fields).toMatchObject([{ name: 'deep' }])
  expect(field('mixed')?.fields).toMatchObject([{ name: 'name', required: true }])
})

it('gives the JSON Schema of what a person writes, with titles instead of forms', () => {
  const { configSchema } = toModuleInfo(descriptor)
  expect(configSchema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    required: ['needed', 'items', 'mixed'],
    properties: {
      needed: { type: 'string', title: 'Needed' },
      mode: { enum: ['a', 'b_c'], default: 'a', title: 'Mode' },
    },
  })
})

it('knows what the items of a list of plain values are', () => {
  const list = { control: 'list' } as const
  const fields = formFields(
    z.object({
      numbers: z.array(z.number()).meta(form('Numbers', 'Nombres', list)),
      texts: z.array(z.string()).meta(form('Texts', 'Textes', list)),
      rows: z.array(z.object({ name: z.string() })).meta(form('Rows', 'Lignes', list)),
    }),
  )
  expect(fields.map(({ item }) => item)).toEqual(['number', 'text', undefined])
})

it('shows a selection of columns only while its rule is about columns', () => {
  const fields = formFields(z.object({ check: z.string(), ...columnSelectionWhen('check', ['unique']) }))
  expect(fields.slice(1).map(({ name, visibleWhen }) => [name, visibleWhen])).toEqual(
    ['columns', 'pattern', 'kinds'].map((name) => [name, { field: 'check', in: ['unique'] }]),
  )
})
