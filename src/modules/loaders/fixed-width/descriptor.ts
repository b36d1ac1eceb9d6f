import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { dateFormat } from '../../kit/files/date-format.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { lineFields } from '../../kit/files/line-fields.ts'
import { outputPathSchema, shortName } from '../../kit/files/write-options.ts'

const fieldSchema = z.strictObject({
  name: z
    .string()
    .min(1, 'name the column')
    .meta(formMeta('Column', 'Colonne', { control: 'column', port: 'in' })),
  width: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .meta(formMeta('Width', 'Largeur', { control: 'number' })),
  align: z
    .enum(['auto', 'left', 'right'])
    .default('auto')
    .meta(
      formMeta('Alignment', 'Alignement', {
        control: 'select',
        advanced: true,
        options: [
          option('auto', 'Numbers right, others left', 'Nombres à droite, le reste à gauche'),
          option('left', 'Left', 'À gauche'),
          option('right', 'Right', 'À droite'),
        ],
      }),
    ),
  pad: z
    .string()
    .length(1, 'one character')
    .default(' ')
    .meta(formMeta('Fill up with', 'Remplir avec', { control: 'text', advanced: true })),
  format: z
    .string()
    .refine((given) => dateFormat(given) !== undefined, 'write a format such as yyyyMMdd')
    .optional()
    .meta(formMeta('Date format', 'Format de date', { placeholder: 'yyyyMMdd', advanced: true })),
  decimals: z
    .number()
    .int()
    .min(0)
    .max(18)
    .optional()
    .meta(
      formMeta('Implied decimals', 'Décimales implicites', {
        control: 'number',
        advanced: true,
        help: text('2: 123.45 is written 12345.', '2 : 123,45 s’écrit 12345.'),
      }),
    ),
})

const config = z.strictObject({
  path: outputPathSchema('out/payments.txt'),
  fields: z
    .array(fieldSchema)
    .default([])
    .meta(formMeta('Columns', 'Colonnes', { control: 'list' })),
  too_wide: z
    .enum(['fail', 'truncate'])
    .default('fail')
    .meta(
      formMeta('A value that is too wide', 'Une valeur trop large', {
        control: 'select',
        options: [
          option('fail', 'Fails the run', 'Arrête l’exécution'),
          option('truncate', 'Texts are cut', 'Les textes sont coupés'),
        ],
        help: text('Numbers and dates are never cut.', 'Les nombres et les dates ne sont jamais coupés.'),
      }),
    ),
  header: z
    .boolean()
    .default(false)
    .meta(formMeta('Header line', 'Ligne d’en-tête', { control: 'switch' })),
  null_text: z
    .string()
    .default('')
    .meta(formMeta('NULL as', 'NULL écrit', { control: 'text', advanced: true })),
  ...lineFields,
})
export type FixedLoadConfig = z.output<typeof config>
export type FixedLoadField = FixedLoadConfig['fields'][number]

export const fixedWidthLoadDescriptor = defineModule({
  type: 'load.fixed_width',
  version: 1,
  family: 'load',
  title: text('Fixed width', 'Largeur fixe'),
  summary: text(
    'Writes lines whose columns have fixed positions.',
    'Écrit des lignes dont les colonnes ont des positions fixes.',
  ),
  documentation: text(
    `Writes one line per row, in the order of the input; widths count characters, an emoji of one code point is one. Numbers stand right, the rest left. With \`pad: "0"\` a minus sign
stays in front of the zeros. \`decimals: 2\` writes 123.45 as 12345; a value with more decimals ends the run, nothing is rounded. NaN and infinity, line breaks inside a value and values that are
too wide end the run too, with row and column; \`too_wide: truncate\` cuts texts only. NULL is blanks, or \`null_text\`.

The target is replaced in one step once everything is written. \`append\` adds lines, without a second header; it trusts that the layout is the same.`,
    `Écrit une ligne par ligne, dans l’ordre de l’entrée ; les largeurs comptent des caractères, un emoji d’un seul point de code en est un. Les nombres sont à droite, le reste à gauche. Avec
\`pad: "0"\`, le signe moins reste devant les zéros. \`decimals: 2\` écrit 123,45 comme 12345 ; une valeur qui a plus de décimales arrête l’exécution, rien n’est arrondi. NaN et l’infini, un saut de
ligne dans une valeur et une valeur trop large l’arrêtent aussi, avec ligne et colonne ; \`too_wide: truncate\` ne coupe que les textes. NULL s’écrit en blancs, ou \`null_text\`.

La cible est remplacée d’un coup une fois tout écrit. \`append\` ajoute des lignes, sans second en-tête ; la disposition doit être la même.`,
  ),
  icon: 'fixed-width',
  keywords: ['positional', 'mainframe', 'cobol', 'flat file', 'export', 'fichier plat', 'positionnel'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { path: 'out/result.txt' },
  example: {
    path: 'out/payments.txt',
    fields: [
      { name: 'account', width: 10 },
      { name: 'day', width: 8, format: 'yyyyMMdd' },
      { name: 'amount', width: 12, decimals: 2, pad: '0' },
    ],
  },
  describe: (given) => [shortName(given.path), `${given.fields.length} columns`, given.mode].join(' · '),
})
