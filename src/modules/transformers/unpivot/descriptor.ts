import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { columnSelectionFields } from '../../kit/column-selection.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  ...columnSelectionFields,
  name_column: z.string().min(1).default('name').meta(form('Column for the names', 'Colonne des noms')),
  value_column: z.string().min(1).default('value').meta(form('Column for the values', 'Colonne des valeurs')),
  keep: z
    .enum(['others', 'listed'])
    .default('others')
    .meta(
      form('Repeat on each row', 'Répéter sur chaque ligne', {
        options: [
          option('others', 'All other columns', 'Toutes les autres colonnes'),
          option('listed', 'Only these', 'Seulement celles-ci'),
        ],
      }),
    ),
  kept: z
    .array(z.string())
    .default([])
    .meta(
      form('Columns to repeat', 'Colonnes à répéter', {
        control: 'columns',
        port: 'in',
        visibleWhen: { field: 'keep', in: ['listed'] },
      }),
    ),
  empty: z
    .enum(['keep', 'drop'])
    .default('keep')
    .meta(
      form('Empty values', 'Valeurs vides', {
        options: [
          option('keep', 'Keep their rows', 'Garder leurs lignes'),
          option('drop', 'Drop their rows', 'Retirer leurs lignes'),
        ],
      }),
    ),
  types: z
    .enum(['exact', 'text'])
    .default('exact')
    .meta(
      form('Columns of different types', 'Colonnes de types différents', {
        advanced: true,
        options: [
          option('exact', 'Their common type, or an error', 'Leur type commun, ou une erreur'),
          option('text', 'Become texts', 'Deviennent des textes'),
        ],
      }),
    ),
  name_pattern: z
    .string()
    .optional()
    .meta(
      form('Take the names apart', 'Décomposer les noms', {
        advanced: true,
        placeholder: '(?<value>.+)_(?<year>\\d+)',
        help: text(
          'A regular expression for the whole name. Each named part becomes a column; the part “value” says which column of values a column goes to, so that several are filled at once.',
          'Une expression régulière pour tout le nom. Chaque partie nommée devient une colonne ; la partie « value » dit dans quelle colonne de valeurs va une colonne, pour en remplir plusieurs à la fois.',
        ),
      }),
    ),
  position_column: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column for the position', 'Colonne de la position', {
        advanced: true,
        placeholder: 'position',
        help: text('1 for the first of the columns, and so on.', '1 pour la première des colonnes, et ainsi de suite.'),
      }),
    ),
})
export type UnpivotConfig = z.output<typeof config>

export const unpivotDescriptor = defineModule({
  type: 'transform.unpivot',
  version: 1,
  family: 'shape',
  title: { en: 'Unpivot', fr: 'Dépivoter' },
  summary: {
    en: 'Turns columns into rows: one row per column, with its name and its value.',
    fr: 'Transforme des colonnes en lignes : une ligne par colonne, avec son nom et sa valeur.',
  },
  documentation: {
    en: `Each row becomes one row for each of the columns: the column’s name, its value, and the other columns repeated. The rows keep their order, and those of one row that of the columns.

Columns are chosen by name, by a pattern or by kind; new columns that match a pattern take part by themselves. Rows with empty values stay, unless \`empty: drop\`.

The values of all columns share one type: the smallest that holds them all (an INTEGER beside a DECIMAL is a DECIMAL). Types that have nothing in common, such as numbers and texts, are refused, naming the columns, unless \`types: text\` turns
them all into texts. A value that the common type cannot hold exactly makes the run fail.

\`name_pattern\` takes names apart: with \`(?<value>.+)_(?<year>\\d+)\`, the columns \`units_2023\`, \`units_2024\`, \`price_2023\` and \`price_2024\` become two rows each with the columns \`year\`, \`units\` and \`price\`. The part \`value\` names the
column of values; the others become columns of text, in the place of \`name_column\`. Without a part \`value\`, all go to \`value_column\`. Where a column is missing (no \`price_2024\`), the cell is empty.`,
    fr: `Chaque ligne devient une ligne pour chacune des colonnes : le nom de la colonne, sa valeur, et les autres colonnes répétées. Les lignes gardent leur ordre, et celles d’une même ligne celui des colonnes.

Les colonnes se choisissent par nom, par motif ou par genre ; les nouvelles colonnes qui correspondent à un motif sont prises d’elles-mêmes. Les lignes aux valeurs vides restent, sauf avec \`empty: drop\`.

Les valeurs de toutes les colonnes partagent un type : le plus petit qui les contient toutes (un INTEGER à côté d’un DECIMAL est un DECIMAL). Des types sans rien en commun, comme nombres et textes, sont refusés, en nommant les colonnes, sauf si \`types: text\` en fait
des textes. Une valeur que le type commun ne peut contenir exactement fait échouer l’exécution.

\`name_pattern\` décompose les noms : avec \`(?<value>.+)_(?<year>\\d+)\`, les colonnes \`units_2023\`, \`units_2024\`, \`price_2023\` et \`price_2024\` donnent deux lignes, avec les colonnes \`year\`, \`units\` et \`price\`. La partie \`value\` nomme la
colonne de valeurs ; les autres deviennent des colonnes de texte, à la place de \`name_column\`. Sans partie \`value\`, tout va dans \`value_column\`. Là où une colonne manque (pas de \`price_2024\`), la cellule est vide.`,
  },
  icon: 'unpivot',
  keywords: [
    ...['unpivot', 'melt', 'columns to rows', 'transpose', 'gather', 'pivot longer', 'normaliser', 'long format'],
    ...['colonnes en lignes', 'format long', 'dépivoter'],
    'normalize',
    'depivot',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'One row per value', fr: 'Une ligne par valeur' } }],
  config,
  defaultConfig: { columns: [] },
  example: { columns: [], pattern: '_20\\d\\d$', name_pattern: '(?<value>.+)_(?<year>\\d+)', empty: 'drop' },
  describe: ({ columns, pattern, kinds, name_column, value_column, name_pattern }) => {
    const what = [
      columns.slice(0, 4).join(', ') + (columns.length > 4 ? `, +${columns.length - 4}` : ''),
      pattern,
      ...kinds,
    ]
      .filter(Boolean)
      .join(', ')
    const to = name_pattern ? 'rows' : `${name_column}, ${value_column}`
    return `${what || 'Columns'} → ${to}`
  },
})
