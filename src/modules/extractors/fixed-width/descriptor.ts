import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnTypeSchema } from '../../kit/files/column-type.ts'
import { dateFormat } from '../../kit/files/date-format.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { compressionField, recordFields, recordOutputs } from '../../kit/files/records/config.ts'
import { sourcePath, withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

const fieldSchema = z.strictObject({
  name: z
    .string()
    .min(1, 'name the column')
    .meta(formMeta('Name', 'Nom', { control: 'text' })),
  width: z
    .number()
    .int()
    .min(1)
    .meta(formMeta('Width', 'Largeur', { control: 'number' })),
  start: z
    .number()
    .int()
    .min(1)
    .optional()
    .meta(
      formMeta('Starts at', 'Commence à', {
        control: 'number',
        advanced: true,
        help: text('Counted from 1. Empty: after the one before.', 'Compté depuis 1. Vide : après la précédente.'),
      }),
    ),
  type: columnTypeSchema.optional().meta(formMeta('Type', 'Type', { control: 'type' })),
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
        help: text('2: 00012345 is 123.45.', '2 : 00012345 vaut 123,45.'),
      }),
    ),
  sign: z
    .enum(['plain', 'trailing', 'overpunch'])
    .optional()
    .meta(
      formMeta('Sign', 'Signe', {
        control: 'select',
        advanced: true,
        options: [
          option('plain', 'In front: -12', 'Devant : -12'),
          option('trailing', 'Behind: 12-', 'Derrière : 12-'),
          option('overpunch', 'In the last digit: 1K is -12', 'Dans le dernier chiffre : 1K vaut -12'),
        ],
      }),
    ),
  pad: z
    .string()
    .length(1, 'one character')
    .optional()
    .meta(formMeta('Filled up with', 'Rempli avec', { control: 'text', advanced: true })),
})
export type FixedField = z.output<typeof fieldSchema>

const { columns: _, ...shared } = recordFields
const config = z.strictObject({
  path: sourcePath('data/payments.txt'),
  fields: z
    .array(fieldSchema)
    .default([])
    .meta(
      formMeta('Columns', 'Colonnes', {
        control: 'list',
        help: text(
          'Empty: found from the blanks that all lines have in common.',
          'Vide : trouvées d’après les blancs communs à toutes les lignes.',
        ),
      }),
    ),
  header: z
    .boolean()
    .default(false)
    .meta(formMeta('The first line names the columns', 'La première ligne nomme les colonnes', { control: 'switch' })),
  short_lines: z
    .enum(['bad', 'fill'])
    .default('bad')
    .meta(
      formMeta('Lines that are too short', 'Lignes trop courtes', {
        control: 'select',
        options: [
          option('bad', 'Are bad rows', 'Sont refusées'),
          option('fill', 'Missing columns are NULL', 'Les colonnes absentes valent NULL'),
        ],
        help: text(
          'Blanks at the end of a line may always be missing.',
          'Les blancs de fin de ligne peuvent toujours manquer.',
        ),
      }),
    ),
  long_lines: z
    .enum(['bad', 'cut'])
    .default('bad')
    .meta(
      formMeta('Lines that are too long', 'Lignes trop longues', {
        control: 'select',
        options: [
          option('bad', 'Are bad rows', 'Sont refusées'),
          option('cut', 'Their end is ignored', 'Leur fin est ignorée'),
        ],
      }),
    ),
  ...shared,
  trim: z
    .enum(['both', 'right', 'none'])
    .default('both')
    .meta(
      formMeta('Trim texts', 'Rogner les textes', {
        control: 'select',
        options: [
          option('both', 'On both sides', 'Des deux côtés'),
          option('right', 'At the end', 'À la fin'),
          option('none', 'Not at all', 'Jamais'),
        ],
        advanced: true,
      }),
    ),
  skip: z
    .number()
    .int()
    .min(0)
    .default(0)
    .meta(formMeta('Lines to skip', 'Lignes à sauter', { control: 'number', advanced: true })),
  encoding: z
    .string()
    .regex(/^[a-z0-9_:-]+$/i, 'name an encoding such as utf-8 or cp850')
    .default('auto')
    .meta(formMeta('Encoding', 'Encodage', { control: 'text', placeholder: 'auto', advanced: true })),
  compression: compressionField,
})
export type FixedConfig = z.output<typeof config>

export const fixedWidthExtractDescriptor = defineModule({
  type: 'extract.fixed_width',
  version: 1,
  family: 'extract',
  title: text('Fixed width', 'Largeur fixe'),
  summary: text(
    'Reads lines whose columns have fixed positions.',
    'Lit des lignes dont les colonnes ont des positions fixes.',
  ),
  documentation: withSource(
    text(
      `Each line is a row; a column is what stands at its position, counted in characters. Columns follow one another, or start where \`start\` says; they may overlap and leave gaps. Without
columns, they are found from the positions that are blank in the first 1,000 lines.

Texts are trimmed, an empty one is NULL. \`pad\` is taken away from the side that it fills (the left of numbers, the right of texts). \`decimals: 2\` reads \`00012345\` as 123.45, exactly;
\`overpunch\` reads the sign in the last digit as mainframes write it (\`{\` and A to I are +0 to +9, \`}\` and J to R are -0 to -9). Types not given are found from all texts. A line that is
too short or too long, or a value that is not exactly of its type, ends the run with file and line, or goes to \`reject\`.`,
      `Chaque ligne est une ligne ; une colonne est ce qui se trouve à sa position, comptée en caractères. Les colonnes se suivent, ou commencent où \`start\` le dit ; elles peuvent se chevaucher
et laisser des trous. Sans colonnes, elles sont trouvées d’après les positions blanches des 1 000 premières lignes.

Les textes sont rognés, un texte vide vaut NULL. \`pad\` est retiré du côté qu’il remplit (la gauche des nombres, la droite des textes). \`decimals: 2\` lit \`00012345\` comme 123,45, exactement ;
\`overpunch\` lit le signe dans le dernier chiffre comme l’écrivent les grands systèmes (\`{\` et A à I sont +0 à +9, \`}\` et J à R sont -0 à -9). Les types non donnés sont trouvés sur tous les
textes. Une ligne trop courte ou trop longue, ou une valeur qui n’est pas exactement de son type, arrête l’exécution avec fichier et ligne, ou va dans \`reject\`.`,
    ),
  ),
  icon: 'fixed-width',
  keywords: ['positional', 'mainframe', 'cobol', 'flat file', 'overpunch', 'fichier plat', 'positionnel'],
  inputs: [],
  outputs: recordOutputs,
  config,
  defaultConfig: { path: '' },
  example: {
    path: 'data/payments.txt',
    fields: [
      { name: 'account', width: 10, type: 'VARCHAR' },
      { name: 'day', width: 8, type: 'DATE', format: 'yyyyMMdd' },
      { name: 'amount', width: 12, type: 'DECIMAL(12,2)', decimals: 2, sign: 'overpunch' },
    ],
    on_bad_row: 'reject',
  },
  describe: (given) =>
    [shortName(given.path), ...(given.fields.length > 0 ? [`${given.fields.length} columns`] : [])].join(' · '),
})
