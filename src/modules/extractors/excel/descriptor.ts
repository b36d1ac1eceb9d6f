import { z } from 'zod'
import { defineModule, type Text } from '../../../shared/modules/descriptor.ts'
import { columnOverrideSchema } from '../../kit/files/column-override.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { sourceFields, sourcePath, withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

const nameField = (en: string, fr: string, help?: Text) =>
  z
    .string()
    .min(1)
    .optional()
    .meta(formMeta(en, fr, { advanced: true, ...(help ? { help } : {}) }))

const config = z.strictObject({
  path: sourcePath('data/sales.xlsx'),
  sheets: z
    .enum(['first', 'name', 'number', 'pattern', 'all'])
    .default('first')
    .meta(
      formMeta('Sheets', 'Feuilles', {
        control: 'select',
        options: [
          option('first', 'The first one', 'La première'),
          option('name', 'By name', 'Par nom'),
          option('number', 'By number', 'Par numéro'),
          option('pattern', 'All whose name matches', 'Toutes celles dont le nom correspond'),
          option('all', 'All', 'Toutes'),
        ],
      }),
    ),
  sheet_name: z
    .string()
    .optional()
    .meta(
      formMeta('Sheet', 'Feuille', {
        visibleWhen: { field: 'sheets', in: ['name', 'pattern'] },
        placeholder: '2024-*',
        help: text('In a pattern, * stands for anything.', 'Dans un motif, * remplace n’importe quoi.'),
      }),
    ),
  sheet_number: z
    .number()
    .int()
    .min(1)
    .optional()
    .meta(
      formMeta('Number of the sheet', 'Numéro de la feuille', {
        control: 'number',
        visibleWhen: { field: 'sheets', in: ['number'] },
        help: text('From 1, in the order of the tabs.', 'À partir de 1, dans l’ordre des onglets.'),
      }),
    ),
  range: z
    .string()
    .optional()
    .meta(
      formMeta('Range, name or table', 'Plage, nom ou tableau', {
        placeholder: 'A3:F200',
        help: text(
          'A1:D20, B:F, 5:90, C3: (from there on), a named range or a table. Empty: all of the sheet.',
          'A1:D20, B:F, 5:90, C3: (à partir de là), une plage nommée ou un tableau. Vide : toute la feuille.',
        ),
      }),
    ),
  header_rows: z
    .number()
    .int()
    .min(0)
    .max(20)
    .default(1)
    .meta(
      formMeta('Header rows', 'Lignes d’en-tête', {
        control: 'number',
        help: text(
          '0: the columns are called A, B, C. More than one: their texts are joined.',
          '0 : les colonnes s’appellent A, B, C. Plusieurs : leurs textes sont joints.',
        ),
      }),
    ),
  on_bad_row: z
    .enum(['fail', 'reject'])
    .default('fail')
    .meta(
      formMeta('A cell that does not fit', 'Une cellule qui ne convient pas', {
        control: 'select',
        options: [
          option('fail', 'Fails the run', 'Arrête l’exécution'),
          option('reject', 'Sends its row to reject', 'Envoie sa ligne aux rejets'),
        ],
      }),
    ),
  columns: z
    .record(z.string(), columnOverrideSchema)
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
  mixed: z
    .enum(['text', 'majority'])
    .default('text')
    .meta(
      formMeta('A column of several kinds', 'Une colonne de plusieurs genres', {
        control: 'select',
        advanced: true,
        options: [
          option('text', 'Becomes text, all of it', 'Devient du texte, en entier'),
          option('majority', 'Takes the commonest kind; other cells do not fit', 'Prend le genre le plus fréquent'),
        ],
      }),
    ),
  errors: z
    .enum(['unfit', 'null', 'text'])
    .default('unfit')
    .meta(
      formMeta('Errors such as #N/A', 'Erreurs comme #N/A', {
        control: 'select',
        advanced: true,
        options: [
          option('unfit', 'Do not fit', 'Ne conviennent pas'),
          option('null', 'Become NULL', 'Deviennent NULL'),
          option('text', 'Stay, in text columns', 'Restent, dans les colonnes de texte'),
        ],
      }),
    ),
  merged: z
    .enum(['first', 'repeat'])
    .default('first')
    .meta(
      formMeta('Merged cells', 'Cellules fusionnées', {
        control: 'select',
        advanced: true,
        options: [
          option('first', 'Value in the first', 'Valeur dans la première'),
          option('repeat', 'Value in each', 'Valeur dans chacune'),
        ],
      }),
    ),
  hidden: z
    .array(z.enum(['rows', 'columns', 'sheets']))
    .default(['rows', 'columns'])
    .meta(
      formMeta('Read what is hidden', 'Lire ce qui est masqué', {
        control: 'choices',
        advanced: true,
        options: [
          option('rows', 'Hidden rows', 'Lignes masquées'),
          option('columns', 'Hidden columns', 'Colonnes masquées'),
          option('sheets', 'Hidden sheets', 'Feuilles masquées'),
        ],
      }),
    ),
  skip_rows: z
    .number()
    .int()
    .min(0)
    .default(0)
    .meta(formMeta('Rows to skip at the top', 'Lignes à sauter en haut', { control: 'number', advanced: true })),
  skip_footer: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .meta(formMeta('Rows to drop at the end', 'Lignes à retirer à la fin', { control: 'number', advanced: true })),
  blank_rows: z
    .enum(['skip', 'keep'])
    .default('skip')
    .meta(
      formMeta('Blank rows in between', 'Lignes vides au milieu', {
        control: 'select',
        advanced: true,
        options: [option('skip', 'Leave out', 'Ignorer'), option('keep', 'Keep as NULLs', 'Garder, en NULL')],
      }),
    ),
  header_separator: z
    .string()
    .max(10)
    .default(' ')
    .meta(formMeta('Between joined headers', 'Entre les en-têtes joints', { advanced: true })),
  trim: z
    .boolean()
    .default(false)
    .meta(formMeta('Trim texts', 'Rogner les textes', { control: 'switch', advanced: true })),
  null_values: z
    .array(z.string())
    .default([''])
    .meta(formMeta('Texts that mean NULL', 'Textes qui valent NULL', { control: 'list', advanced: true })),
  sample_rows: z
    .union([z.number().int().min(1), z.literal('all')])
    .default('all')
    .meta(
      formMeta('Rows to detect from', 'Lignes pour la détection', {
        control: 'text',
        help: text('A number, or "all".', 'Un nombre, ou « all ».'),
        advanced: true,
      }),
    ),
  sheet_name_column: nameField('Column for the sheet’s name', 'Colonne pour le nom de la feuille'),
  ...sourceFields,
  row_number_column: nameField(
    'Column for the row’s number',
    'Colonne pour le numéro de ligne',
    text('As the sheet numbers its rows.', 'Tel que la feuille numérote ses lignes.'),
  ),
})
export type ExcelConfig = z.output<typeof config>

export const excelExtractDescriptor = defineModule({
  type: 'extract.excel',
  version: 1,
  family: 'extract',
  title: text('Excel', 'Excel'),
  summary: text('Reads sheets of Excel workbooks.', 'Lit des feuilles de classeurs Excel.'),
  documentation: withSource(
    text(
      `Reads one workbook (\`.xlsx\`, \`.xlsm\`) or a glob; several sheets and files are put together by the names of their columns. The rows
keep their order: file by file, sheet by sheet. Old \`.xls\`, binary \`.xlsb\` and OpenDocument files are refused with a hint: save them as \`.xlsx\`.

**Which cells.** A sheet by name, number or pattern, or all; or a range (\`A1:D20\`, \`B:F\`, \`C3:\`), a named range or a table, which
bring their own sheet. Blank rows at the start and the end, and columns without header and cells, are left out. Header texts of several rows
are joined, merged ones repeated. A column without header is called by its letter; a second \`Total\` becomes \`Total_2\`.

**Types** are decided from all rows (\`sample_rows\` may limit that): whole numbers are BIGINT, other numbers DOUBLE, cells formatted as dates DATE
or TIMESTAMP, as times TIME, as durations (\`[h]:mm\`) INTERVAL. A number is the shortest text that Excel shows for it: the
stored \`0.30000000000000004\` is 0.3, and as DECIMAL exactly 0.3. Percent and currency are formats: 15 % is 0.15. Texts stay texts, with their
leading zeros. A column that holds several kinds becomes text as a whole, with a warning that says which; with
\`mixed: majority\` the commonest kind wins and the other cells do not fit. Formulas give the value that was saved with the file.

**Dates** are exact to the millisecond, in the 1900 and the 1904 system. Excel’s calendar has no day before 1900 and a 29 February 1900 that
never was: such cells do not fit (in a VARCHAR column they are the bare number).

**Cells that do not fit** their column, errors such as #N/A and formulas that were never computed end the run with file, sheet and address, or
send their row to \`reject\`: rows in = rows out + rejected. Empty cells are NULL, and so are empty texts (\`null_values\`).`,
      `Lit un classeur (\`.xlsx\`, \`.xlsm\`) ou un motif ; plusieurs feuilles et fichiers sont réunis par les noms de leurs colonnes. Les lignes
gardent leur ordre : fichier par fichier, feuille par feuille. Les anciens \`.xls\`, les \`.xlsb\` binaires et OpenDocument sont refusés, avec un conseil : enregistrez-les en \`.xlsx\`.

**Quelles cellules.** Une feuille par nom, numéro ou motif, ou toutes ; ou une plage (\`A1:D20\`, \`B:F\`, \`C3:\`), une plage nommée ou un
tableau, qui apportent leur feuille. Les lignes vides au début et à la fin, et les colonnes sans en-tête ni cellule, sont ignorées. Les en-têtes
de plusieurs lignes sont joints, ceux qui sont fusionnés répétés. Une colonne sans en-tête porte sa lettre ; un second \`Total\` devient \`Total_2\`.

**Les types** sont décidés sur toutes les lignes (\`sample_rows\` peut limiter) : les nombres entiers sont BIGINT, les autres DOUBLE, les cellules au
format date DATE ou TIMESTAMP, au format heure TIME, durée (\`[h]:mm\`) INTERVAL. Un nombre est le texte le plus court qu’Excel
montre : \`0.30000000000000004\` enregistré vaut 0,3, et exactement 0,3 en DECIMAL. Pourcentage et monnaie sont des formats : 15 % vaut 0,15. Les textes
restent des textes, avec leurs zéros de tête. Une colonne de plusieurs genres devient du texte en entier, avec un avertissement ; avec
\`mixed: majority\`, le genre le plus fréquent l’emporte et les autres cellules ne conviennent pas. Les formules donnent la valeur enregistrée.

**Les dates** sont exactes à la milliseconde, dans les systèmes 1900 et 1904. Le calendrier d’Excel n’a aucun jour avant 1900, et un 29 février 1900
qui n’a jamais existé : ces cellules ne conviennent pas (dans une colonne VARCHAR, c’est le nombre nu).

**Les cellules qui ne conviennent pas**, les erreurs comme #N/A et les formules jamais calculées arrêtent l’exécution avec fichier, feuille et
adresse, ou envoient leur ligne à \`reject\` : lignes lues = lignes sorties + rejets. Les cellules vides sont NULL, les textes vides aussi (\`null_values\`).`,
    ),
  ),
  icon: 'excel',
  keywords: [
    'spreadsheet',
    'workbook',
    'xlsx',
    'xlsm',
    'sheet',
    'worksheet',
    'tableur',
    'classeur',
    'feuille',
    'fichier',
  ],
  inputs: [],
  outputs: [
    { name: 'out', title: text('Rows', 'Lignes') },
    { name: 'reject', title: text('Rejected', 'Rejets'), reject: true },
  ],
  config,
  defaultConfig: { path: '' },
  example: {
    path: 'data/sales-*.xlsx',
    sheets: 'pattern',
    sheet_name: '2024-*',
    range: 'A3:',
    on_bad_row: 'reject',
    columns: { amount: { type: 'DECIMAL(12,2)' } },
    sheet_name_column: 'month',
  },
  describe: (given) => {
    const parts = [shortName(given.path)]
    if (given.sheets === 'name' || given.sheets === 'pattern') parts.push(given.sheet_name ?? '')
    if (given.sheets === 'number') parts.push(`sheet ${given.sheet_number ?? ''}`)
    if (given.sheets === 'all') parts.push('all sheets')
    if (given.range) parts.push(given.range)
    return parts.filter(Boolean).join(' · ')
  },
})
