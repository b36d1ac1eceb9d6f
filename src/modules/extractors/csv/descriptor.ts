import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnTypeSchema } from '../../kit/files/column-type.ts'
import { dateFormat } from '../../kit/files/date-format.ts'
import { driftField } from '../../kit/files/drift.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { onBadRowField } from '../../kit/files/records/config.ts'
import { sourceFields, sourcePath, withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

const character = z.string().length(1, 'one character')
const optionalCharacter = z.string().max(1, 'one character, or nothing')
const format = z
  .string()
  .refine((given) => dateFormat(given) !== undefined, 'write a format such as dd/MM/yyyy or %d/%m/%Y')

const columnSchema = z.strictObject({
  type: columnTypeSchema.optional().meta(formMeta('Type', 'Type', { control: 'type' })),
  name: z
    .string()
    .min(1)
    .optional()
    .meta(formMeta('New name', 'Nouveau nom', { control: 'text' })),
  format: format.optional().meta(formMeta('Date format', 'Format de date', { placeholder: 'dd/MM/yyyy' })),
  decimal_separator: character.optional().meta(formMeta('Decimal separator', 'Séparateur décimal')),
  thousands_separator: optionalCharacter.optional().meta(formMeta('Thousands separator', 'Séparateur des milliers')),
  leading_zeros: z
    .boolean()
    .optional()
    .meta(
      formMeta('Read 00123 as 123', 'Lire 00123 comme 123', {
        control: 'switch',
        help: text(
          'Otherwise it is a bad value: the zeros would be lost.',
          'Sinon la valeur est refusée : les zéros seraient perdus.',
        ),
      }),
    ),
})
export type CsvColumn = z.output<typeof columnSchema>

const config = z.strictObject({
  path: sourcePath('data/orders.csv'),
  delimiter: character
    .optional()
    .meta(formMeta('Delimiter', 'Séparateur', { help: text('Empty: detected.', 'Vide : détecté.') })),
  header: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .meta(
      formMeta('Header line', 'Ligne d’en-tête', {
        control: 'select',
        options: [option('auto', 'Detected', 'Détectée'), option('yes', 'Yes', 'Oui'), option('no', 'No', 'Non')],
      }),
    ),
  on_bad_row: onBadRowField,
  columns: z
    .record(z.string(), columnSchema)
    .optional()
    .meta(
      formMeta('Columns', 'Colonnes', {
        control: 'columnMap',
        help: text(
          'By their name in the file. What is left out is detected.',
          'Par leur nom dans le fichier. Le reste est détecté.',
        ),
      }),
    ),
  encoding: z
    .string()
    .regex(/^[a-z0-9_:-]+$/i, 'name an encoding such as utf-8, windows-1252 or utf-16le')
    .default('auto')
    .meta(formMeta('Encoding', 'Encodage', { control: 'text', placeholder: 'auto', advanced: true })),
  on_invalid_bytes: z
    .enum(['fail', 'replace'])
    .default('fail')
    .meta(
      formMeta('Bytes that are no text', 'Octets invalides', {
        control: 'select',
        options: [option('fail', 'Fail', 'Échouer'), option('replace', 'Become �', 'Deviennent �')],
        advanced: true,
      }),
    ),
  decimal_separator: character.optional().meta(formMeta('Decimal separator', 'Séparateur décimal', { advanced: true })),
  thousands_separator: optionalCharacter
    .optional()
    .meta(formMeta('Thousands separator', 'Séparateur des milliers', { advanced: true })),
  date_format: format
    .optional()
    .meta(formMeta('Date format', 'Format de date', { placeholder: 'dd/MM/yyyy', advanced: true })),
  timestamp_format: format
    .optional()
    .meta(formMeta('Timestamp format', 'Format d’horodatage', { placeholder: 'dd/MM/yyyy HH:mm:ss', advanced: true })),
  null_values: z
    .array(z.string())
    .default([''])
    .meta(
      formMeta('Texts that mean NULL', 'Textes qui valent NULL', {
        control: 'list',
        help: text(
          'Unquoted ones only: "" stays an empty text.',
          'Sans guillemets seulement : "" reste un texte vide.',
        ),
        advanced: true,
      }),
    ),
  trim: z
    .boolean()
    .default(false)
    .meta(formMeta('Trim texts', 'Rogner les textes', { control: 'switch', advanced: true })),
  skip: z
    .number()
    .int()
    .min(0)
    .optional()
    .meta(formMeta('Lines to skip', 'Lignes à sauter', { control: 'number', advanced: true })),
  comment: optionalCharacter.optional().meta(
    formMeta('Comment character', 'Caractère de commentaire', {
      help: text('Lines that start with it are left out.', 'Les lignes qui commencent ainsi sont ignorées.'),
      advanced: true,
    }),
  ),
  quote: optionalCharacter.optional().meta(formMeta('Quote', 'Guillemet', { placeholder: '"', advanced: true })),
  escape: optionalCharacter.optional().meta(formMeta('Escape', 'Échappement', { placeholder: '"', advanced: true })),
  compression: z
    .enum(['auto', 'none', 'gzip', 'zstd'])
    .default('auto')
    .meta(formMeta('Compression', 'Compression', { control: 'select', advanced: true })),
  sample_rows: z
    .union([z.number().int().min(1), z.literal('all')])
    .default(20_000)
    .meta(
      formMeta('Rows to detect from', 'Lignes pour la détection', {
        control: 'text',
        help: text('A number, or "all".', 'Un nombre, ou « all ».'),
        advanced: true,
      }),
    ),
  when_columns_differ: driftField,
  ...sourceFields,
})
export type CsvConfig = z.output<typeof config>

export const csvExtractDescriptor = defineModule({
  type: 'extract.csv',
  version: 1,
  family: 'extract',
  title: text('CSV', 'CSV'),
  summary: text('Reads delimited text files.', 'Lit des fichiers texte délimités.'),
  documentation: withSource(
    text(
      `Reads one CSV file or a glob. Delimiter, header and the type of every column are detected from a sample (\`sample_rows\`) and can each be
set. Several files are put together by the names of their columns.

Nothing is read wrongly in silence. A value that is not exactly of its column's type is a bad row: \`1.7\` is no BIGINT, \`00123\` is a
code, \`05/06/2024\` alone does not say day or month and stays text until a format is given. \`on_bad_row: fail\` ends the run with the
file, line, column and value; \`reject\` sends the row to the port \`reject\` with the same, and rows in = rows out + rejected.

Formats are written \`dd/MM/yyyy\` or \`%d/%m/%Y\`. An unquoted empty value is NULL, a quoted one (\`""\`) is an empty text; in
columns of other types both are NULL.`,
      `Lit un fichier CSV ou un motif. Séparateur, en-tête et type de chaque colonne sont détectés sur un échantillon (\`sample_rows\`) et
peuvent tous être fixés. Plusieurs fichiers sont réunis par les noms de leurs colonnes.

Rien n’est mal lu en silence. Une valeur qui n’est pas exactement du type de sa colonne est une ligne refusée : \`1.7\` n’est pas un
BIGINT, \`00123\` est un code, \`05/06/2024\` seul ne dit ni jour ni mois et reste du texte sans format. \`on_bad_row: fail\` arrête
l’exécution avec le fichier, la ligne, la colonne et la valeur ; \`reject\` envoie la ligne au port \`reject\` avec les mêmes
informations, et lignes lues = lignes sorties + rejets.

Les formats s’écrivent \`dd/MM/yyyy\` ou \`%d/%m/%Y\`. Une valeur vide sans guillemets vaut NULL, avec guillemets (\`""\`) c’est un
texte vide ; dans les colonnes d’autres types, les deux valent NULL.`,
    ),
  ),
  icon: 'csv',
  keywords: ['text', 'delimited', 'tsv', 'semicolon', 'gzip', 'texte', 'tableur', 'fichier'],
  inputs: [],
  outputs: [
    { name: 'out', title: text('Rows', 'Lignes') },
    { name: 'reject', title: text('Rejected', 'Rejets'), reject: true },
  ],
  config,
  defaultConfig: { path: '' },
  example: {
    path: 'data/orders-*.csv',
    delimiter: ';',
    on_bad_row: 'reject',
    columns: { amount: { type: 'DECIMAL(12,2)', decimal_separator: ',' }, day: { type: 'DATE', format: 'dd/MM/yyyy' } },
  },
  describe: (given) => {
    const parts = [shortName(given.path)]
    if (given.delimiter) parts.push(given.delimiter === '\t' ? 'tab' : `“${given.delimiter}”`)
    const columns = Object.keys(given.columns ?? {}).length
    if (columns > 0) parts.push(`${columns} ${columns === 1 ? 'column' : 'columns'}`)
    return parts.join(' · ')
  },
})
