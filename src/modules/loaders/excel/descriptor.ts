import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { sheetNameProblem } from '../../kit/files/sheet-names.ts'
import { outputPathSchema, shortName } from '../../kit/files/write-options.ts'

const columnSchema = z.strictObject({
  format: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta(
      formMeta('Number format', 'Format de nombre', {
        placeholder: '#,##0.00',
        help: text('As Excel writes it.', 'Comme Excel l’écrit.'),
      }),
    ),
  width: z
    .number()
    .min(1)
    .max(255)
    .optional()
    .meta(formMeta('Width in characters', 'Largeur en caractères', { control: 'number' })),
})

const sheetName = z.string().refine((name) => sheetNameProblem(name) === undefined, {
  error: (issue) => sheetNameProblem(String(issue.input)) ?? '',
})

const sheetSchema = z.strictObject({
  input: z
    .string()
    .min(1)
    .meta(formMeta('Input', 'Entrée', { placeholder: 'customers' })),
  sheet: sheetName.optional().meta(
    formMeta('Sheet', 'Feuille', {
      help: text('Empty: the name of the step it comes from.', 'Vide : le nom de l’étape dont elle vient.'),
    }),
  ),
  sheet_by: z
    .string()
    .min(1)
    .optional()
    .meta(
      formMeta('A sheet for each value of', 'Une feuille par valeur de', { advanced: true, placeholder: 'country' }),
    ),
})

const config = z.strictObject({
  path: outputPathSchema('out/report.xlsx').refine((path) => /\.xlsx$/i.test(path), 'the name ends with .xlsx'),
  sheet: sheetName.optional().meta(
    formMeta('Sheet', 'Feuille', {
      placeholder: 'Data',
      help: text(
        'Of the first input. Empty: Data, or the name of its step where there are further inputs.',
        'De la première entrée. Vide : Data, ou le nom de son étape s’il y a d’autres entrées.',
      ),
    }),
  ),
  mode: z
    .enum(['overwrite', 'replace_sheets', 'add_sheets', 'fail'])
    .default('overwrite')
    .meta(
      formMeta('If the file exists', 'Si le fichier existe', {
        control: 'select',
        options: [
          option('overwrite', 'Replace it', 'Le remplacer'),
          option('replace_sheets', 'Replace these sheets in it', 'Y remplacer ces feuilles'),
          option('add_sheets', 'Add new sheets to it', 'Y ajouter des feuilles'),
          option('fail', 'Fail', 'Échouer'),
        ],
        help: text(
          'Where sheets are replaced or added, all else in the workbook stays as it is.',
          'Si des feuilles sont remplacées ou ajoutées, tout le reste du classeur demeure.',
        ),
      }),
    ),
  sheet_by: z
    .string()
    .optional()
    .meta(
      formMeta('A sheet for each value of', 'Une feuille par valeur de', {
        control: 'column',
        port: 'in',
        help: text(
          'The sheets are sorted and bear the values as names; the column itself is left out.',
          'Les feuilles sont triées et portent les valeurs comme noms ; la colonne elle-même est omise.',
        ),
      }),
    ),
  sheets: z
    .array(sheetSchema)
    .superRefine((items, context) => {
      for (const [index, { input, sheet, sheet_by }] of items.entries()) {
        if (items.findIndex((other) => other.input === input) < index)
          context.addIssue({ code: 'custom', path: [index, 'input'], message: `the input ${input} is listed twice` })
        if (sheet !== undefined && sheet_by !== undefined)
          context.addIssue({
            code: 'custom',
            path: [index, 'sheet'],
            message: 'give a name or a column whose values are the names, not both',
          })
      }
    })
    .optional()
    .meta(
      formMeta('Sheets of several inputs', 'Feuilles de plusieurs entrées', {
        control: 'list',
        advanced: true,
        help: text(
          'Names and order. Inputs that are not listed follow, named after their steps.',
          'Noms et ordre. Les entrées qui n’y sont pas suivent, nommées d’après leurs étapes.',
        ),
      }),
    ),
  header: z
    .boolean()
    .default(true)
    .meta(formMeta('Header row', 'Ligne d’en-tête', { control: 'switch' })),
  header_style: z
    .enum(['bold', 'shaded', 'plain'])
    .default('bold')
    .meta(
      formMeta('Style of the header', 'Style de l’en-tête', {
        control: 'select',
        advanced: true,
        visibleWhen: { field: 'header', in: [true] },
        options: [
          option('bold', 'Bold', 'Gras'),
          option('shaded', 'Bold on grey', 'Gras sur gris'),
          option('plain', 'Plain', 'Simple'),
        ],
      }),
    ),
  freeze_header: z
    .boolean()
    .default(true)
    .meta(formMeta('Keep the header in sight', 'Figer l’en-tête', { control: 'switch', advanced: true })),
  filter_buttons: z
    .boolean()
    .default(false)
    .meta(
      formMeta('Filter buttons in the header', 'Boutons de filtre dans l’en-tête', {
        control: 'switch',
        advanced: true,
      }),
    ),
  widths: z
    .enum(['auto', 'none'])
    .default('auto')
    .meta(
      formMeta('Column widths', 'Largeur des colonnes', {
        control: 'select',
        advanced: true,
        options: [
          option('auto', 'By the header and the first rows', 'D’après l’en-tête et les premières lignes'),
          option('none', 'Excel’s own', 'Celles d’Excel'),
        ],
      }),
    ),
  date_format: z
    .string()
    .min(1)
    .default('yyyy-mm-dd')
    .meta(formMeta('Format of dates', 'Format des dates', { advanced: true })),
  timestamp_format: z
    .string()
    .min(1)
    .default('yyyy-mm-dd hh:mm:ss')
    .meta(formMeta('Format of dates with time', 'Format des dates avec heure', { advanced: true })),
  columns: z
    .record(z.string(), columnSchema)
    .optional()
    .meta(formMeta('Columns', 'Colonnes', { control: 'columnMap', port: 'in', advanced: true })),
  inexact: z
    .enum(['text', 'fail'])
    .default('text')
    .meta(
      formMeta('What Excel cannot hold exactly', 'Ce qu’Excel ne peut tenir exactement', {
        control: 'select',
        advanced: true,
        options: [
          option('text', 'Is written as text', 'Est écrit comme texte'),
          option('fail', 'Fails the run', 'Arrête l’exécution'),
        ],
        help: text(
          'Numbers of more than 15 digits, NaN and infinity, dates before 1900, parts of a millisecond.',
          'Nombres de plus de 15 chiffres, NaN et infini, dates avant 1900, fractions de milliseconde.',
        ),
      }),
    ),
  long_texts: z
    .enum(['fail', 'cut'])
    .default('fail')
    .meta(
      formMeta('Texts of more than 32,767 characters', 'Textes de plus de 32 767 caractères', {
        control: 'select',
        advanced: true,
        options: [option('fail', 'Fail the run', 'Arrêtent l’exécution'), option('cut', 'Are cut', 'Sont coupés')],
      }),
    ),
  too_many_rows: z
    .enum(['fail', 'sheets'])
    .default('fail')
    .meta(
      formMeta('More rows than a sheet has', 'Plus de lignes que n’en a une feuille', {
        control: 'select',
        advanced: true,
        options: [
          option('fail', 'Fail the run', 'Arrêtent l’exécution'),
          option('sheets', 'Go on in further sheets', 'Continuent sur d’autres feuilles'),
        ],
      }),
    ),
  spreadsheet_safe: z
    .boolean()
    .default(false)
    .meta(
      formMeta('Neutralise formulas', 'Neutraliser les formules', {
        control: 'switch',
        advanced: true,
        help: text(
          'Texts that begin with = + - @ or a tab get an apostrophe in front, for whoever saves the sheet as CSV.',
          'Les textes commençant par = + - @ ou une tabulation reçoivent une apostrophe, pour qui enregistre la feuille en CSV.',
        ),
      }),
    ),
})
export type ExcelLoadConfig = z.output<typeof config>

export const excelLoadDescriptor = defineModule({
  type: 'load.excel',
  version: 1,
  family: 'load',
  title: text('Excel', 'Excel'),
  summary: text('Writes an Excel workbook.', 'Écrit un classeur Excel.'),
  documentation: text(
    `Writes all rows, in their order, into a new workbook; with \`sheet_by\` into a sheet for each value of a column. The file is whole or not there: it is written beside
the target and renamed, and the same rows give the same bytes.

**Several inputs make several sheets.** Connect further steps beside \`in\`: each becomes a sheet with the name of its step, in the order of the inputs. \`sheets\` names them
and sets their order; \`{ input: customers, sheet_by: country }\` makes a sheet for each value there too. Names that Excel would refuse are adapted, and a second sheet of one name is
\`name (2)\`; a name that you chose is kept. Formats and widths in \`columns\` hold for every sheet that has a column of that name. Sheets are written one after the other, so that memory
stays the same however many there are, and if one fails there is no new file.

**Types stay types.** Numbers, booleans, dates, times and durations are cells of that kind; DECIMAL columns show their decimals. NULL is an empty
cell. Timestamps with a time zone are written in UTC. Texts, lists and structs (as JSON), UUIDs and bytes are text, never formulas: \`=1+1\` in
a text column is the text. \`spreadsheet_safe\` puts an apostrophe in front of such texts all the same.

**Nothing is rounded in silence.** Excel keeps 15 digits, milliseconds, and dates from 1900 to 9999: a whole number or DECIMAL of more digits, NaN and infinity, other dates
and parts of a millisecond are written as text, or fail the run with \`inexact: fail\`. A DOUBLE is written with all its digits. Texts of more than 32,767 characters
fail the run, or are cut with \`long_texts: cut\`. Characters that XML cannot hold are escaped the way Excel does it.

A sheet has 1,048,576 rows and 16,384 columns: more rows fail the run, or go on in \`Data (2)\`.

**A workbook that exists** is replaced as a whole, or gets sheets: \`mode: replace_sheets\` puts new sheets in the place of those with the same name, at their tab, and
adds the others at the end; \`mode: add_sheets\` only adds, and fails where a name is taken. All other sheets, their formats, charts, defined names and pivot tables stay as they are, byte for
byte; the list of styles only grows by what the new sheets need. A replaced sheet is replaced whole: a chart or table that stood on it goes with it, while formulas and names elsewhere that
speak of it stay, and are computed again when Excel opens the file. Sheets that are no longer written stay too. The file is whole or as it was, and if somebody saves it meanwhile the run fails rather than lose
that. Workbooks in the 1904 date system or “Strict Open XML” are refused.`,
    `Écrit toutes les lignes, dans leur ordre, dans un nouveau classeur ; avec \`sheet_by\`, une feuille par valeur d’une colonne. Le fichier est entier ou absent : il est écrit à côté
de la cible puis renommé, et les mêmes lignes donnent les mêmes octets.

**Plusieurs entrées font plusieurs feuilles.** Reliez d’autres étapes en plus de \`in\` : chacune devient une feuille au nom de son étape, dans l’ordre des entrées. \`sheets\` les nomme
et fixe leur ordre ; \`{ input: clients, sheet_by: pays }\` fait là aussi une feuille par valeur. Les noms qu’Excel refuserait sont adaptés, et une seconde feuille du même nom est
\`nom (2)\` ; un nom que vous avez choisi est gardé. Les formats et largeurs de \`columns\` valent pour toute feuille qui a une colonne de ce nom. Les feuilles sont écrites l’une après l’autre : la mémoire
reste la même quel que soit leur nombre, et si l’une échoue il n’y a pas de nouveau fichier.

**Les types restent des types.** Nombres, booléens, dates, heures et durées sont des cellules de ce genre ; les colonnes DECIMAL montrent leurs décimales. NULL est une
cellule vide. Les horodatages avec fuseau sont écrits en UTC. Textes, listes et structures (en JSON), UUID et octets sont du texte, jamais des formules : \`=1+1\` dans
une colonne de texte est ce texte. \`spreadsheet_safe\` place tout de même une apostrophe devant.

**Rien n’est arrondi en silence.** Excel tient 15 chiffres, les millisecondes et les dates de 1900 à 9999 : un entier ou DECIMAL plus long, NaN et l’infini, d’autres dates
et les fractions de milliseconde sont écrits comme texte, ou arrêtent l’exécution avec \`inexact: fail\`. Un DOUBLE est écrit avec tous ses chiffres. Les textes de plus de 32 767 caractères
arrêtent l’exécution, ou sont coupés avec \`long_texts: cut\`. Les caractères que XML ne peut tenir sont échappés à la manière d’Excel.

Une feuille a 1 048 576 lignes et 16 384 colonnes : au-delà, l’exécution s’arrête, ou continue dans \`Data (2)\`.

**Un classeur existant** est remplacé en entier, ou reçoit des feuilles : \`mode: replace_sheets\` met de nouvelles feuilles à la place de celles du même nom, à leur onglet, et ajoute
les autres à la fin ; \`mode: add_sheets\` ne fait qu’ajouter et échoue si un nom est pris. Les autres feuilles, leurs formats, graphiques, noms et tableaux croisés restent tels quels, octet pour octet ;
la liste des styles ne s’allonge que de ce dont les nouvelles feuilles ont besoin. Une feuille est remplacée entière : un graphique ou un tableau posé dessus part avec elle, tandis que les formules et
noms qui en parlent ailleurs restent, et sont recalculés quand Excel ouvre le fichier. Les feuilles qui ne sont plus écrites restent aussi. Le fichier est entier ou tel qu’avant, et si quelqu’un l’enregistre
entre-temps, l’exécution échoue plutôt que de perdre cela. Les classeurs au calendrier 1904 ou « Strict Open XML » sont refusés.`,
  ),
  icon: 'excel',
  keywords: [
    'spreadsheet',
    'workbook',
    'xlsx',
    'sheet',
    'output',
    'export',
    'tableur',
    'classeur',
    'feuille',
    'exporter',
  ],
  inputs: [
    { name: 'in', title: text('Rows', 'Lignes') },
    { name: 'sheet', title: text('Further sheet', 'Autre feuille'), many: true, freeNames: true, optional: true },
  ],
  outputs: [],
  config,
  defaultConfig: { path: 'out/report.xlsx' },
  example: {
    path: 'out/revenue.xlsx',
    sheet_by: 'country',
    header_style: 'shaded',
    columns: { revenue: { format: '#,##0.00 "€"', width: 14 } },
  },
  describe: ({ path, sheet, sheet_by, sheets = [] }) => {
    const names = [sheet, ...sheets.map((item) => item.sheet ?? item.input)].filter((name) => name !== undefined)
    const what = sheet_by ? `by ${sheet_by}` : names.length > 0 ? names.join(', ') : 'Data'
    return `${shortName(path)} · ${what}`
  },
})
