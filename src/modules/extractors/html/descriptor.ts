import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { recordFields, recordOutputs } from '../../kit/files/records/config.ts'
import { sourcePath, withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

const shownFor = (...values: string[]) => ({ visibleWhen: { field: 'choose', in: values } })

const config = z.strictObject({
  path: sourcePath('data/page.html'),
  choose: z
    .enum(['number', 'id', 'class', 'text'])
    .default('number')
    .meta(
      formMeta('Which table', 'Quel tableau', {
        control: 'select',
        options: [
          option('number', 'By its number', 'Par son numéro'),
          option('id', 'By its id', 'Par son id'),
          option('class', 'By its class', 'Par sa classe'),
          option('text', 'By its caption, title or header', 'Par sa légende, son titre ou son en-tête'),
        ],
      }),
    ),
  table_number: z
    .number()
    .int()
    .min(1)
    .default(1)
    .meta(
      formMeta('Number', 'Numéro', {
        control: 'number',
        ...shownFor('number'),
        help: text('From 1, in the order of the page.', 'À partir de 1, dans l’ordre de la page.'),
      }),
    ),
  table_name: z
    .string()
    .optional()
    .meta(
      formMeta('Id, class or text', 'Id, classe ou texte', {
        ...shownFor('id', 'class', 'text'),
        help: text(
          'A text is looked for in the caption, the heading before the table and its header, whatever the case of letters.',
          'Un texte est cherché dans la légende, le titre qui précède et l’en-tête, sans tenir compte de la casse.',
        ),
      }),
    ),
  matches: z
    .enum(['first', 'all'])
    .default('first')
    .meta(
      formMeta('If several match', 'Si plusieurs correspondent', {
        control: 'select',
        advanced: true,
        ...shownFor('id', 'class', 'text'),
        options: [
          option('first', 'The first', 'Le premier'),
          option('all', 'All, put together by name', 'Tous, réunis par nom'),
        ],
      }),
    ),
  header_rows: z
    .union([z.number().int().min(0).max(20), z.literal('auto')])
    .default('auto')
    .meta(
      formMeta('Header rows', 'Lignes d’en-tête', {
        control: 'text',
        advanced: true,
        help: text(
          'A number, or auto: the rows of thead or of th cells, otherwise the first one.',
          'Un nombre, ou auto : les lignes de thead ou de cellules th, sinon la première.',
        ),
      }),
    ),
  header_separator: z
    .string()
    .max(10)
    .default(' ')
    .meta(formMeta('Between joined headers', 'Entre les en-têtes joints', { advanced: true })),
  spans: z
    .enum(['repeat', 'first'])
    .default('repeat')
    .meta(
      formMeta('Cells over several rows or columns', 'Cellules sur plusieurs lignes ou colonnes', {
        control: 'select',
        advanced: true,
        options: [
          option('repeat', 'Value in each', 'Valeur dans chacune'),
          option('first', 'Value in the first', 'Valeur dans la première'),
        ],
      }),
    ),
  links: z
    .enum(['text', 'href', 'columns'])
    .default('text')
    .meta(
      formMeta('Links', 'Liens', {
        control: 'select',
        advanced: true,
        options: [
          option('text', 'Their text', 'Leur texte'),
          option('href', 'Their address', 'Leur adresse'),
          option('columns', 'Text, and the address in a column of its own', 'Texte, et l’adresse dans une colonne'),
        ],
      }),
    ),
  footer: z
    .enum(['keep', 'drop'])
    .default('keep')
    .meta(
      formMeta('Footer rows (tfoot)', 'Lignes de pied (tfoot)', {
        control: 'select',
        advanced: true,
        options: [option('keep', 'Keep', 'Garder'), option('drop', 'Leave out', 'Ignorer')],
      }),
    ),
  null_values: z
    .array(z.string())
    .default([''])
    .meta(formMeta('Texts that mean NULL', 'Textes qui valent NULL', { control: 'list', advanced: true })),
  encoding: z
    .string()
    .regex(/^[a-z0-9_:-]+$/i, 'name an encoding such as utf-8 or windows-1252')
    .default('auto')
    .meta(formMeta('Encoding', 'Encodage', { advanced: true, placeholder: 'auto' })),
  ...recordFields,
})
export type HtmlConfig = z.output<typeof config>

export const htmlExtractDescriptor = defineModule({
  type: 'extract.html',
  version: 1,
  family: 'extract',
  title: text('HTML tables', 'Tableaux HTML'),
  summary: text('Reads tables of web pages.', 'Lit des tableaux de pages web.'),
  documentation: withSource(
    text(
      `Reads a table of an HTML file, the way a browser sees it: unclosed tags, entities and nesting included. The table is chosen by its number (tables inside
tables count in the order in which they begin), its id, its class, or a text in its caption, in the heading before it or in its header.

The header is what stands in \`thead\` or in rows of \`th\` cells, otherwise the first row; several rows are joined. A cell over several rows or columns gives its value to
each of them (\`spans: first\`: to the first). White space is collapsed, line breaks stay; a table inside a cell is not part of its text. An empty cell is NULL.

Types are detected from all rows as for CSV: \`1,234.50\` is a number where nothing contradicts it, \`05/06/2024\` stays text until a format is given, \`007\` is text. A row
without cells is left out; a value that does not fit the type of its column goes to \`reject\` or fails the run, with the line of the file. Rows keep their order.`,
      `Lit un tableau d’un fichier HTML comme le voit un navigateur : balises non fermées, entités et imbrication comprises. Le tableau est choisi par son numéro (les tableaux
imbriqués comptent dans l’ordre où ils commencent), son id, sa classe, ou un texte de sa légende, du titre qui le précède ou de son en-tête.

L’en-tête est ce qui est dans \`thead\` ou dans des lignes de cellules \`th\`, sinon la première ligne ; plusieurs lignes sont jointes. Une cellule sur plusieurs lignes ou colonnes donne sa
valeur à chacune (\`spans: first\` : à la première). Les blancs sont réduits, les sauts de ligne restent ; un tableau dans une cellule ne fait pas partie de son texte. Une cellule vide est NULL.

Les types sont détectés sur toutes les lignes comme pour CSV : \`1,234.50\` est un nombre si rien ne le contredit, \`05/06/2024\` reste du texte sans format, \`007\` est du texte. Une ligne
sans cellule est ignorée ; une valeur qui ne convient pas au type de sa colonne va dans \`reject\` ou arrête l’exécution, avec la ligne du fichier. Les lignes gardent leur ordre.`,
    ),
  ),
  icon: 'html',
  keywords: ['web', 'page', 'scrape', 'table', 'htm', 'tableau', 'site'],
  inputs: [],
  outputs: recordOutputs,
  config,
  defaultConfig: { path: '' },
  example: { path: 'data/countries.html', choose: 'text', table_name: 'population', links: 'columns' },
  describe: (given) =>
    [shortName(given.path), given.choose === 'number' ? `table ${given.table_number}` : (given.table_name ?? '')]
      .filter(Boolean)
      .join(' · '),
})
