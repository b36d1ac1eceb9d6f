import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { dateFormat } from '../../kit/files/date-format.ts'
import { formMeta, text } from '../../kit/files/form.ts'
import { partitionDocumentation, partitionedBy, partitionField } from '../../kit/files/partitions.ts'
import { outputPathSchema, shortName, writeCompressionField, writeModeSchema } from '../../kit/files/write-options.ts'

const format = z
  .string()
  .refine((given) => dateFormat(given) !== undefined, 'write a format such as dd/MM/yyyy or %d/%m/%Y')
  .optional()

const config = z.strictObject({
  path: outputPathSchema('out/sales.csv'),
  mode: writeModeSchema,
  partition_by: partitionField({ advanced: true }),
  delimiter: z
    .string()
    .length(1, 'one character')
    .default(',')
    .meta(formMeta('Delimiter', 'Séparateur', { control: 'text' })),
  header: z
    .boolean()
    .default(true)
    .meta(formMeta('Header line', 'Ligne d’en-tête', { control: 'switch' })),
  quote: z
    .string()
    .length(1, 'one character')
    .default('"')
    .meta(formMeta('Quote', 'Guillemet', { control: 'text', advanced: true })),
  quote_all: z
    .boolean()
    .default(false)
    .meta(formMeta('Quote every value', 'Entourer toutes les valeurs', { control: 'switch', advanced: true })),
  null_text: z
    .string()
    .default('')
    .meta(
      formMeta('NULL as', 'NULL écrit', {
        control: 'text',
        help: text(
          'Empty: NULL is nothing at all, and an empty text is "".',
          'Vide : NULL n’écrit rien, et un texte vide s’écrit "".',
        ),
        advanced: true,
      }),
    ),
  date_format: format.meta(
    formMeta('Dates as', 'Dates écrites', { control: 'text', placeholder: 'yyyy-MM-dd', advanced: true }),
  ),
  timestamp_format: format.meta(
    formMeta('Timestamps as', 'Horodatages écrits', {
      control: 'text',
      placeholder: 'yyyy-MM-dd HH:mm:ss',
      advanced: true,
    }),
  ),
  bom: z
    .boolean()
    .default(false)
    .meta(
      formMeta('Byte order mark', 'Marque d’ordre des octets', {
        control: 'switch',
        help: text('Excel needs it to read UTF-8.', 'Excel en a besoin pour lire l’UTF-8.'),
        advanced: true,
      }),
    ),
  spreadsheet_safe: z
    .boolean()
    .default(false)
    .meta(
      formMeta('Safe in a spreadsheet', 'Sûr dans un tableur', {
        control: 'switch',
        help: text(
          'A text that starts with =, +, - or @ gets a leading apostrophe, so that no spreadsheet runs it.',
          'Un texte qui commence par =, +, - ou @ reçoit une apostrophe, pour qu’aucun tableur ne l’exécute.',
        ),
        advanced: true,
      }),
    ),
  compression: writeCompressionField,
})

export const csvLoadDescriptor = defineModule({
  type: 'load.csv',
  version: 1,
  family: 'load',
  title: text('CSV', 'CSV'),
  summary: text('Writes a CSV file.', 'Écrit un fichier CSV.'),
  documentation: text(
    `Writes one CSV file, or a folder of them, in UTF-8. With the default settings it reads back as it was: NULL is nothing between two delimiters, an empty
text is \`""\`. Lists and structs are written as JSON, BLOB as \`\\x\` and hexadecimal digits.

The target is replaced in one step once everything is written: after a failure, a full disk or a crash it holds the old data or
the new. \`append\` needs the same columns, in any order.

${partitionDocumentation.en}`,
    `Écrit un fichier CSV, ou un dossier de tels fichiers, en UTF-8. Avec les réglages par défaut, il se relit à l’identique : NULL n’écrit rien entre deux séparateurs, un
texte vide s’écrit \`""\`. Les listes et structures sont écrites en JSON, les BLOB en \`\\x\` suivi de chiffres hexadécimaux.

La cible est remplacée d’un coup une fois tout écrit : après un échec, un disque plein ou un arrêt brutal, elle contient les
anciennes données ou les nouvelles. \`append\` exige les mêmes colonnes, dans n’importe quel ordre.

${partitionDocumentation.fr}`,
  ),
  icon: 'csv',
  keywords: ['text', 'delimited', 'export', 'excel', 'partition', 'texte', 'tableur'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { path: 'out/result.csv' },
  example: { path: 'out/sales.csv', delimiter: ';', date_format: 'dd/MM/yyyy', mode: 'overwrite' },
  describe: (given) =>
    [
      shortName(given.path),
      given.delimiter === ',' ? '' : given.delimiter === '\t' ? 'tab' : `“${given.delimiter}”`,
      ...partitionedBy(given),
      given.mode,
    ]
      .filter((part) => part !== '')
      .join(' · '),
})
