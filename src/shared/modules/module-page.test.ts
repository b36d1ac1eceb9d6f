import { expect, test } from 'vitest'
import { type ModuleInfo, moduleInfoSchema } from './descriptor.ts'
import { modulePages, settingRows } from './module-page.ts'

const text = (word: string) => ({ en: word, fr: `${word} (fr)` })

const info: ModuleInfo = moduleInfoSchema.parse({
  type: 'transform.tidy',
  version: 1,
  family: 'clean',
  title: text('Tidy'),
  summary: text('Tidies a | b.'),
  documentation: text('Long words.'),
  icon: 'tidy',
  keywords: [],
  inputs: [{ name: 'in', title: text('Rows'), many: true }],
  outputs: [{ name: 'reject', title: text('Rejects'), reject: true }],
  fields: [
    {
      name: 'rules',
      control: 'list',
      title: text('Rules'),
      required: true,
      fields: [{ name: 'column', control: 'column', title: text('Column'), required: true }],
    },
    {
      name: 'own',
      control: 'group',
      title: text('Own'),
      required: false,
      fields: [
        {
          name: 'way',
          control: 'select',
          title: text('Way'),
          required: false,
          default: 'a_b',
          options: [
            { value: 'a_b', title: text('A b') },
            { value: 'c', title: text('Other') },
          ],
        },
        {
          name: 'size',
          control: 'number',
          title: text('Size?'),
          required: false,
          help: text('In\nlines'),
          visibleWhen: { field: 'way', in: ['c'] },
        },
      ],
    },
    { name: 'late', control: 'switch', title: text('Late'), required: false, default: false, advanced: true },
  ],
  configSchema: {},
  defaultConfig: {},
  example: { rules: [{ column: 'name' }] },
})

test('there is a page for each step and an index by family, in both languages', () => {
  expect([...modulePages([info]).keys()]).toEqual([
    'README.md',
    'transform.tidy.md',
    'fr/README.md',
    'fr/transform.tidy.md',
  ])
  expect(modulePages([info]).get('fr/README.md')).toContain('## Nettoyer\n')
  expect(modulePages([info]).get('README.md')).toContain(
    '| [Tidy](transform.tidy.md) | `transform.tidy` | Tidies a \\| b. |',
  )
})

test('a page has the documentation, the example as its file would say it, settings and ports', () => {
  const page = modulePages([info]).get('transform.tidy.md') ?? ''
  expect(page).toContain('Long words.')
  expect(page).toContain('```yaml\ntype: transform.tidy\nconfig:\n  rules: [{ column: name }]\n```')
  expect(page).toContain('| `rules[].column` | _needed_ | **Column**.')
  expect(page).toContain('| `own.way` | `"a_b"` | **Way**. One of: `a_b`, `c` (Other). |')
  expect(page).toContain('| `own.size` |  | **Size?** In lines. Only where “Way” is `c`. |')
  expect(page).toMatch(/### Rarely needed\n\n.*\n.*\n\| `late` \| `false` \|/)
  expect(page).toContain('| `in` | Rows | input, any number |')
  expect(page).toContain('| `reject` | Rejects | output, rejected rows |')
})

test('fields in lists, groups and maps are named by their path', () => {
  expect(settingRows(info.fields).map(({ path }) => path)).toEqual([
    'rules',
    'rules[].column',
    'own',
    'own.way',
    'own.size',
    'late',
  ])
})
