import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  row: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .meta(
      form('Row with the names', 'Ligne des noms', {
        help: text(
          'Counted from 1. It and the rows above it leave.',
          'Comptée à partir de 1. Elle et les lignes au-dessus sortent.',
        ),
      }),
    ),
  names: z
    .array(
      z.strictObject({
        column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
        name: z.string().min(1).meta(form('New name', 'Nouveau nom')),
      }),
    )
    .default([])
    .meta(
      form('Names', 'Noms', {
        control: 'list',
        fromData: text('Take the names from the row', 'Prendre les noms de la ligne'),
        help: text('Other columns keep their names.', 'Les autres colonnes gardent leur nom.'),
      }),
    ),
  changed: z
    .enum(['fail', 'ignore'])
    .default('fail')
    .meta(
      form('When the row says something else', 'Quand la ligne dit autre chose', {
        advanced: true,
        options: [
          option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
          option('ignore', 'Use the names above', 'Prendre les noms ci-dessus'),
        ],
      }),
    ),
})
export type HeaderConfig = z.output<typeof config>

export const headerDescriptor = defineModule({
  type: 'transform.header',
  version: 1,
  family: 'clean',
  title: text('Names from a row', 'Noms tirés d’une ligne'),
  summary: text(
    'Makes the values of a row, the first one for instance, the names of the columns.',
    'Fait des valeurs d’une ligne, la première par exemple, les noms des colonnes.',
  ),
  documentation: text(
    `For tables whose names came in as a row: a sheet with a title above them, a table that was transposed. The row and all above it leave; the others keep their order, values and types. Rows
are counted as they come, straight after a file or a sort: that is the order you see.

The names stand in the config, so that the steps behind know them before anything runs: **Take the names from the row** fills them in. Blanks around a name go; an empty name, or
one that comes twice, gets a number (\`column_3\`, \`total_2\`).

When a run finds another name in the row than when the names were taken, it stops and says in which column, so that a file whose columns moved is never read under wrong names.
\`changed: ignore\` uses the names as they are, which also lets you write names of your own. Types stay those of the columns: texts, mostly. Change them with Change types.`,
    `Pour les tables dont les noms sont arrivés comme une ligne : une feuille avec un titre au-dessus, une table transposée. La ligne et tout ce qui la précède sortent ; les autres gardent ordre,
valeurs et types. Les lignes se comptent comme elles viennent, juste après un fichier ou un tri : c’est l’ordre que vous voyez.

Les noms sont dans la configuration, pour que les étapes suivantes les connaissent avant toute exécution : **Prendre les noms de la ligne** les remplit. Les blancs aux bords partent ; un nom
vide, ou qui revient, prend un numéro (\`column_3\`, \`total_2\`).

Quand une exécution trouve dans la ligne un autre nom qu’au moment de les prendre, elle s’arrête et dit dans quelle colonne : un fichier dont les colonnes ont bougé n’est jamais lu sous de faux
noms. \`changed: ignore\` prend les noms tels quels, ce qui permet aussi d’écrire les vôtres. Les types restent ceux des colonnes, le plus souvent du texte : Changer les types les change.`,
  ),
  icon: 'rename',
  keywords: [
    ...[
      'first row as header',
      'use first row as headers',
      'promote headers',
      'Dynamic Rename',
      'row to column names',
      'header',
    ],
    ...['première ligne', 'en-têtes', 'promouvoir', 'noms de colonnes'],
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows below the names', 'Lignes sous les noms') }],
  config,
  defaultConfig: { row: 1, names: [] },
  example: {
    row: 2,
    names: [
      { column: 'column_1', name: 'country' },
      { column: 'column_2', name: 'revenue' },
    ],
  },
  describe: ({ row, names }) =>
    `row ${row}${
      names.length > 0
        ? ` · ${names
            .slice(0, 4)
            .map(({ name }) => name.slice(0, 30))
            .join(', ')}${names.length > 4 ? ` +${names.length - 4}` : ''}`
        : ''
    }`,
})
