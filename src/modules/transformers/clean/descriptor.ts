import { z } from 'zod'
import { defineModule, type FormMeta } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { dateFields } from '../../kit/date-text.ts'
import { form, option, showWhen, text } from '../../kit/form.ts'
import { numberFields } from '../../kit/number-text.ts'
import { onErrorField } from '../../kit/unfit.ts'
import { cleanDocumentation } from './documentation.ts'

export const operationSchema = z.enum([
  'trim',
  'collapse',
  'case',
  'remove',
  'keep',
  'normalize',
  'empty_to_null',
  'null_to_value',
  'boolean',
  'number',
  'date',
  'phone',
  'email',
  'url',
])
export type Operation = z.output<typeof operationSchema>

const only = (...operations: Operation[]): Pick<FormMeta, 'visibleWhen'> => ({
  visibleWhen: { field: 'operation', in: operations },
})
const words = (values: readonly string[], en: string, fr: string) =>
  z
    .array(z.string())
    .default([...values])
    .meta(form(en, fr, { control: 'list', advanced: true, ...only('boolean') }))

const characterKinds = z.enum(['letters', 'digits', 'punctuation', 'spaces', 'control', 'accents'])

const stepSchema = z.strictObject({
  ...columnSelectionFields,
  operation: operationSchema.meta(
    form('Operation', 'Opération', {
      options: [
        option('trim', 'Trim', 'Retirer les blancs aux bords'),
        option('collapse', 'One blank at most', 'Un seul blanc à la fois'),
        option('case', 'Letter case', 'Casse'),
        option('remove', 'Remove characters', 'Retirer des caractères'),
        option('keep', 'Keep only some characters', 'Ne garder que certains caractères'),
        option('normalize', 'Unicode form', 'Forme Unicode'),
        option('empty_to_null', 'Empty to NULL', 'Vide → NULL'),
        option('null_to_value', 'NULL to a value', 'NULL → une valeur'),
        option('boolean', 'Yes and no', 'Oui et non'),
        option('number', 'Numbers', 'Nombres'),
        option('date', 'Dates', 'Dates'),
        option('phone', 'Phone numbers', 'Numéros de téléphone'),
        option('email', 'E-mail addresses', 'Adresses e-mail'),
        option('url', 'Web addresses', 'Adresses web'),
      ],
    }),
  ),
  side: z
    .enum(['both', 'start', 'end'])
    .default('both')
    .meta(
      form('Where', 'Où', {
        ...only('trim'),
        options: [
          option('both', 'Both ends', 'Aux deux bouts'),
          option('start', 'Start', 'Au début'),
          option('end', 'End', 'À la fin'),
        ],
      }),
    ),
  case: z
    .enum(['upper', 'lower', 'title', 'sentence'])
    .default('lower')
    .meta(
      form('Letters', 'Lettres', {
        ...only('case'),
        options: [
          option('upper', 'UPPER CASE', 'MAJUSCULES'),
          option('lower', 'lower case', 'minuscules'),
          option('title', 'Each Word', 'Chaque Mot'),
          option('sentence', 'First letter only', 'Première lettre seulement'),
        ],
      }),
    ),
  characters: z
    .array(characterKinds)
    .default([])
    .meta(
      form('Characters', 'Caractères', {
        control: 'choices',
        ...only('remove', 'keep'),
        options: [
          option('letters', 'Letters', 'Lettres'),
          option('digits', 'Digits', 'Chiffres'),
          option('punctuation', 'Punctuation and symbols', 'Ponctuation et symboles'),
          option('spaces', 'White space', 'Blancs'),
          option('control', 'Invisible characters', 'Caractères invisibles'),
          option('accents', 'Accents (é becomes e)', 'Accents (é devient e)'),
        ],
      }),
    ),
  set: z
    .string()
    .min(1)
    .optional()
    .meta(form('And these', 'Et ceux-ci', { ...only('remove', 'keep'), placeholder: '*_#' })),
  unicode_form: z
    .enum(['nfc', 'nfkc'])
    .default('nfc')
    .meta(
      form('Form', 'Forme', {
        ...only('normalize'),
        options: [
          option('nfc', 'NFC: one way to write é', 'NFC : une seule écriture de é'),
          option(
            'nfkc',
            'NFKC: ﬁ becomes fi, Ａ becomes A, ² becomes 2',
            'NFKC : ﬁ devient fi, Ａ devient A, ² devient 2',
          ),
        ],
      }),
    ),
  blank: z
    .boolean()
    .default(true)
    .meta(
      form('White space alone is empty too', 'Des blancs seuls sont vides aussi', {
        ...only('empty_to_null'),
        advanced: true,
      }),
    ),
  words: z
    .array(z.string())
    .default([])
    .meta(
      form('Words that mean nothing', 'Mots qui ne veulent rien dire', {
        control: 'list',
        ...only('empty_to_null'),
        help: text(
          'Such as N/A, - or null; the letter case does not matter.',
          'Comme N/A, - ou null ; la casse ne compte pas.',
        ),
      }),
    ),
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .meta(form('Value', 'Valeur', { control: 'text', ...only('null_to_value') })),
  true_words: words(['true', 't', 'yes', 'y', 'on', '1', 'oui', 'o', 'vrai', 'v'], 'Words for true', 'Mots pour vrai'),
  false_words: words(['false', 'f', 'no', 'n', 'off', '0', 'non', 'faux'], 'Words for false', 'Mots pour faux'),
  type: z
    .string()
    .min(1)
    .default('DECIMAL(18,2)')
    .meta(form('Type', 'Type', { control: 'type', ...only('number') })),
  decimal: showWhen(numberFields.decimal, 'operation', ['number']),
  thousands: showWhen(numberFields.thousands, 'operation', ['number']),
  currency: z
    .boolean()
    .default(false)
    .meta(form('Drop currencies (€, USD)', 'Retirer les devises (€, USD)', { ...only('number') })),
  percent: z
    .boolean()
    .default(false)
    .meta(form('5 % is 0.05', '5 % vaut 0,05', { ...only('number'), advanced: true })),
  accounting: z
    .boolean()
    .default(false)
    .meta(form('(5) and 5- are negative', '(5) et 5- sont négatifs', { ...only('number'), advanced: true })),
  order: showWhen(dateFields.order, 'operation', ['date']),
  two_digit_years: showWhen(dateFields.two_digit_years, 'operation', ['date']),
  formats: showWhen(dateFields.formats, 'operation', ['date']),
  incomplete: showWhen(dateFields.incomplete, 'operation', ['date']),
  excel_serial: showWhen(dateFields.excel_serial, 'operation', ['date']),
  time: z
    .enum(['none', 'keep', 'drop'])
    .default('none')
    .meta(
      form('Time of day', 'Heure', {
        ...only('date'),
        options: [
          option('none', 'None: DATE, a time does not fit', 'Aucune : DATE, une heure est refusée'),
          option('keep', 'Keep it: TIMESTAMP', 'La garder : TIMESTAMP'),
          option('drop', 'Drop it: DATE', 'La retirer : DATE'),
        ],
      }),
    ),
  country: z
    .string()
    .optional()
    .meta(
      form('Country of national numbers', 'Pays des numéros nationaux', {
        ...only('phone'),
        placeholder: 'FR',
        help: text(
          'Two letters. Without it, only numbers with + or 00 are read.',
          'Deux lettres. Sans pays, seuls les numéros avec + ou 00 se lisent.',
        ),
      }),
    ),
  lower_all: z
    .boolean()
    .default(false)
    .meta(form('Small letters before the @ too', 'Minuscules avant le @ aussi', { ...only('email'), advanced: true })),
  scheme: z
    .enum(['https', 'http'])
    .optional()
    .meta(
      form('Put before addresses without one', 'Mettre devant les adresses qui n’en ont pas', {
        ...only('url'),
        options: [option('https', 'https://', 'https://'), option('http', 'http://', 'http://')],
      }),
    ),
  tracking: z
    .enum(['keep', 'remove'])
    .default('keep')
    .meta(
      form('Tracking parameters (utm_source …)', 'Paramètres de suivi (utm_source…)', {
        ...only('url'),
        options: [option('keep', 'Keep', 'Garder'), option('remove', 'Remove', 'Retirer')],
      }),
    ),
  fragment: z
    .enum(['keep', 'remove'])
    .default('keep')
    .meta(
      form('What follows #', 'Ce qui suit #', {
        ...only('url'),
        advanced: true,
        options: [option('keep', 'Keep', 'Garder'), option('remove', 'Remove', 'Retirer')],
      }),
    ),
})
export type CleanStep = z.output<typeof stepSchema>

const config = z.strictObject({
  steps: z
    .array(stepSchema)
    .min(1, 'add at least one operation')
    .meta(
      form('Operations', 'Opérations', {
        control: 'list',
        help: text(
          'From top to bottom: each sees what those above it made.',
          'De haut en bas : chacune voit ce que les précédentes ont fait.',
        ),
      }),
    ),
  on_error: onErrorField(text('When a value cannot be read', 'Quand une valeur ne peut pas être lue')),
})

export const cleanDescriptor = defineModule({
  type: 'transform.clean',
  version: 1,
  family: 'clean',
  title: { en: 'Clean', fr: 'Nettoyer' },
  summary: {
    en: 'Tidies texts and reads numbers, dates, phone numbers and addresses out of them.',
    fr: 'Met les textes au propre, et y lit nombres, dates, numéros de téléphone et adresses.',
  },
  documentation: cleanDocumentation,
  icon: 'clean',
  keywords: [
    ...[
      'cleanse',
      'data cleansing',
      'trim',
      'strip',
      'upper',
      'lower',
      'proper',
      'normalize',
      'parse number',
      'parse date',
      'phone',
      'email',
      'url',
    ],
    ...[
      'nettoyer',
      'majuscules',
      'minuscules',
      'espaces',
      'accents',
      'nombres',
      'dates',
      'téléphone',
      'courriel',
      'String Manipulation',
      'SUPPRESPACE',
    ],
    'upper case',
    'lower case',
    'title case',
    'multi-field',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'Clean rows', fr: 'Lignes propres' } },
    { name: 'reject', title: { en: 'Rows with unreadable values', fr: 'Lignes aux valeurs illisibles' }, reject: true },
  ],
  config,
  defaultConfig: { steps: [{ operation: 'trim', kinds: ['text'] }] },
  example: {
    steps: [
      { operation: 'trim', kinds: ['text'] },
      { operation: 'empty_to_null', kinds: ['text'], words: ['N/A', '-'] },
      { operation: 'case', columns: ['city'], case: 'title' },
      { operation: 'number', pattern: '^amount_', decimal: ',', thousands: ' ', type: 'DECIMAL(18,2)' },
      { operation: 'date', columns: ['ordered_on'], order: 'dmy' },
      { operation: 'phone', columns: ['phone'], country: 'FR' },
    ],
    on_error: 'reject',
  },
  describe: ({ steps }) => describeSteps(steps),
})

const NAMES: Readonly<Record<Operation, string>> = {
  trim: 'trim',
  collapse: 'single blanks',
  case: 'case',
  remove: 'remove',
  keep: 'keep only',
  normalize: 'Unicode',
  empty_to_null: 'empty → NULL',
  null_to_value: 'NULL → value',
  boolean: 'yes/no',
  number: 'numbers',
  date: 'dates',
  phone: 'phone',
  email: 'e-mail',
  url: 'URL',
}

/** `trim all texts · numbers of amount · …` */
function describeSteps(steps: readonly CleanStep[]): string {
  const shown = steps.slice(0, 3).map((step) => `${nameOf(step)} ${columnsOf(step)}`.trim())
  return shown.join(' · ') + (steps.length > 3 ? ` · +${steps.length - 3}` : '')
}

const nameOf = (step: CleanStep): string => (step.operation === 'case' ? `${step.case} case` : NAMES[step.operation])

function columnsOf({ columns, pattern, kinds }: CleanStep): string {
  const names = columns.slice(0, 2).join(', ') + (columns.length > 2 ? ', …' : '')
  return [names, pattern ?? '', kinds.join(', ')].filter(Boolean).join(', ').slice(0, 50)
}
