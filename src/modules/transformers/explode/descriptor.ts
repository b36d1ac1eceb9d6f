import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  columns: z
    .array(z.string())
    .default([])
    .meta(
      form('Columns with lists', 'Colonnes de listes', {
        control: 'columns',
        port: 'in',
        help: text(
          'Lists, maps, or texts that are JSON arrays. Several go side by side: first with first, second with second.',
          'Des listes, des tables ou des textes qui sont des tableaux JSON. Plusieurs vont de pair : le premier avec le premier, le deuxième avec le deuxième.',
        ),
      }),
    ),
  empty: z
    .enum(['keep', 'drop'])
    .default('keep')
    .meta(
      form('Rows without any item', 'Lignes sans aucun élément', {
        options: [option('keep', 'Keep', 'Garder'), option('drop', 'Drop', 'Retirer')],
      }),
    ),
  position_column: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column for the position', 'Colonne de la position', {
        placeholder: 'position',
        help: text(
          '1 for the first item of a row, and so on.',
          '1 pour le premier élément d’une ligne, et ainsi de suite.',
        ),
      }),
    ),
  structs: z
    .enum(['keep', 'columns'])
    .default('keep')
    .meta(
      form('Items with fields', 'Éléments à champs', {
        advanced: true,
        options: [
          option('keep', 'Stay one column', 'Restent une colonne'),
          option('columns', 'A column per field', 'Une colonne par champ'),
        ],
      }),
    ),
  all_levels: z
    .boolean()
    .default(false)
    .meta(form('Lists in lists too', 'Les listes de listes aussi', { advanced: true })),
  lengths: z
    .enum(['pad', 'fail'])
    .default('pad')
    .meta(
      form('Lists of different lengths', 'Listes de longueurs différentes', {
        advanced: true,
        options: [option('pad', 'Fill with empty values', 'Compléter par du vide'), option('fail', 'Fail', 'Échouer')],
      }),
    ),
  on_error: z
    .enum(['fail', 'reject', 'null'])
    .default('fail')
    .meta(
      form('Texts that are no JSON array', 'Textes qui ne sont pas un tableau JSON', {
        advanced: true,
        options: [
          option('fail', 'Fail', 'Échouer'),
          option('reject', 'Reject the row', 'Rejeter la ligne'),
          option('null', 'Count as empty', 'Compter comme vides'),
        ],
      }),
    ),
})
export type ExplodeConfig = z.output<typeof config>

export const explodeDescriptor = defineModule({
  type: 'transform.explode',
  version: 1,
  family: 'shape',
  title: { en: 'Explode', fr: 'Éclater' },
  summary: { en: 'One row per item of a list.', fr: 'Une ligne par élément d’une liste.' },
  documentation: {
    en: `Each row becomes one row per item of its list; the other columns are repeated. Rows and items keep their order.

- A list or array column holds the items afterwards, of the list’s own type. A map gives two columns, \`NAME_key\` and \`NAME_value\`.
- A text or JSON column must hold a JSON array; its items become texts (objects stay JSON, to be taken apart by Flatten). A JSON null counts as an empty list.
- Several columns go side by side; shorter lists are filled with NULL, or fail with \`lengths: fail\`. For every combination of two lists, explode one after the other.
- A row whose lists are all empty or NULL stays, with NULL as its item, so that it is not lost; \`empty: drop\` takes it away. A NULL that is an item is a row like any other.
- With \`structs: columns\`, items with fields become the columns \`NAME_FIELD\`. With \`all_levels\`, lists in lists are taken apart to the last level.

A text that is no JSON array makes the run fail, leaves by the port \`reject\` with \`_column\` and \`_reason\`, or counts as empty.`,
    fr: `Chaque ligne devient une ligne par élément de sa liste ; les autres colonnes sont répétées. Lignes et éléments gardent leur ordre.

- Une colonne de listes contient ensuite les éléments, du type de la liste. Une table de correspondance (map) donne deux colonnes, \`NOM_key\` et \`NOM_value\`.
- Une colonne de texte ou JSON doit contenir un tableau JSON ; ses éléments deviennent des textes (les objets restent du JSON, qu’Aplatir décompose). Un null JSON vaut une liste vide.
- Plusieurs colonnes vont de pair ; les listes plus courtes sont complétées par NULL, ou échouent avec \`lengths: fail\`. Pour toutes les combinaisons de deux listes, éclatez l’une après l’autre.
- Une ligne dont toutes les listes sont vides ou NULL reste, avec NULL pour élément, pour ne pas se perdre ; \`empty: drop\` la retire. Un NULL qui est un élément est une ligne comme une autre.
- Avec \`structs: columns\`, les éléments à champs deviennent les colonnes \`NOM_CHAMP\`. Avec \`all_levels\`, les listes de listes sont décomposées jusqu’au dernier niveau.

Un texte qui n’est pas un tableau JSON fait échouer l’exécution, sort par le port \`reject\` avec \`_column\` et \`_reason\`, ou compte comme vide.`,
  },
  icon: 'explode',
  keywords: [
    'unnest',
    'explode',
    'expand',
    'array',
    'list',
    'ungroup',
    'lateral',
    'json',
    'liste',
    'tableau',
    'éclater',
    'dégrouper',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'One row per item', fr: 'Une ligne par élément' } },
    { name: 'reject', title: { en: 'No list', fr: 'Pas une liste' }, reject: true },
  ],
  config,
  defaultConfig: { columns: [] },
  example: { columns: ['tags'], position_column: 'position' },
  describe: ({ columns }) => `${columns.join(', ') || 'Lists'} → rows`,
})
