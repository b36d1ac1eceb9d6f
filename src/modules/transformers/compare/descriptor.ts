import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  keys: z
    .array(z.string())
    .default([])
    .meta(
      form('Rows are the same where these are equal', 'Les lignes sont les mêmes où celles-ci sont égales', {
        control: 'columns',
        port: 'new',
      }),
    ),
  changes: z
    .enum(['rows', 'cells'])
    .default('rows')
    .meta(
      form('Show what changed', 'Montrer les changements', {
        options: [
          option(
            'rows',
            'A line per row, old and new side by side',
            'Une ligne par ligne, ancien et nouveau côte à côte',
          ),
          option('cells', 'A line per changed value', 'Une ligne par valeur changée'),
        ],
      }),
    ),
  columns: z
    .array(z.string())
    .default([])
    .meta(
      form('Compare only these columns', 'Ne comparer que ces colonnes', {
        control: 'columns',
        port: 'new',
        advanced: true,
        help: text('Without any: all that both sides have.', 'Sans rien : toutes celles que les deux côtés ont.'),
      }),
    ),
  ignore: z
    .array(z.string())
    .default([])
    .meta(
      form('Do not compare these columns', 'Ne pas comparer ces colonnes', {
        control: 'columns',
        port: 'new',
        advanced: true,
      }),
    ),
  tolerance: z
    .number()
    .nonnegative()
    .optional()
    .meta(form('Numbers may differ by', 'Les nombres peuvent différer de', { advanced: true, placeholder: '0.01' })),
  tolerance_in: z
    .enum(['units', 'percent'])
    .default('units')
    .meta(
      form('This is meant', 'Ceci s’entend', {
        advanced: true,
        options: [
          option('units', 'As it is', 'Tel quel'),
          option('percent', 'In percent of the old value', 'En pour cent de l’ancienne valeur'),
        ],
      }),
    ),
  ignore_case: z
    .boolean()
    .default(false)
    .meta(form('Ignore upper and lower case', 'Ignorer la casse', { advanced: true })),
  ignore_spaces: z
    .boolean()
    .default(false)
    .meta(form('Ignore extra white space', 'Ignorer les espaces en trop', { advanced: true })),
  empty_is_null: z
    .boolean()
    .default(false)
    .meta(form('An empty text is no value', 'Un texte vide est une absence de valeur', { advanced: true })),
})
export type CompareConfig = z.output<typeof config>

export const compareDescriptor = defineModule({
  type: 'transform.compare',
  version: 1,
  family: 'combine',
  title: { en: 'Compare tables', fr: 'Comparer des tables' },
  summary: {
    en: 'Tells what was added, removed and changed between two versions of a table.',
    fr: 'Dit ce qui a été ajouté, retiré et changé entre deux versions d’une table.',
  },
  documentation: {
    en: `Rows of \`old\` and \`new\` with the same \`keys\` are the same row. Columns go together by name, whatever the case of letters.

| output | holds |
| --- | --- |
| \`changed\` | keys, \`changed_columns\` (a list of names), then \`x_old\` and \`x_new\` for each compared column; with \`changes: cells\`, keys, \`column\`, \`old_value\` and \`new_value\` as texts, a line per changed value |
| \`added\`, \`removed\` | rows of \`new\` whose key \`old\` does not have, and the other way round |
| \`unchanged\` | rows of \`new\` that are equal |
| \`duplicates\` | keys that come more than once on a side, the side and how often; such rows are nowhere else |
| \`summary\` | how many rows were added, removed, changed, left unchanged, and in how many rows each column changed; columns that only one side has |

**Equal.** NULL equals NULL, in keys too, and NaN equals NaN. Types that differ are compared as the type that holds both; a number never equals a text. Numbers may differ by \`tolerance\`, that much included; with \`tolerance_in: percent\`, by that share of the old value, whatever its sign (worked out as a DOUBLE, where 1.1 − 1 is a little more than 0.1; near an old value of 0 there is nothing but 0).
Texts may differ by case, by white space at the ends or repeated, or by being empty instead of NULL, as the switches say. These apply to compared columns, never to keys.

The order of rows is not kept.`,
    fr: `Les lignes de \`old\` et \`new\` de mêmes \`keys\` sont la même ligne. Les colonnes vont ensemble par leur nom, quelle que soit la casse.

| sortie | contient |
| --- | --- |
| \`changed\` | les clés, \`changed_columns\` (une liste de noms), puis \`x_old\` et \`x_new\` pour chaque colonne comparée ; avec \`changes: cells\`, les clés, \`column\`, \`old_value\` et \`new_value\` en texte, une ligne par valeur changée |
| \`added\`, \`removed\` | les lignes de \`new\` dont \`old\` n’a pas la clé, et inversement |
| \`unchanged\` | les lignes de \`new\` qui sont égales |
| \`duplicates\` | les clés présentes plusieurs fois d’un côté, le côté et combien de fois ; ces lignes ne sont nulle part ailleurs |
| \`summary\` | combien de lignes ajoutées, retirées, changées, inchangées, et dans combien de lignes chaque colonne a changé ; les colonnes d’un seul côté |

**Égalité.** NULL égale NULL, dans les clés aussi, et NaN égale NaN. Des types différents se comparent dans celui qui contient les deux ; un nombre n’est jamais égal à un texte. Les nombres peuvent différer de \`tolerance\`, cette valeur comprise ; avec \`tolerance_in: percent\`, de cette part de l’ancienne valeur, quel que soit son signe (calculée en DOUBLE, où 1,1 − 1 dépasse un peu 0,1 ; d’une ancienne valeur 0, seul 0 est proche).
Les textes peuvent différer par la casse, par des espaces aux extrémités ou répétés, ou par être vides plutôt que NULL, selon les réglages. Cela vaut pour les colonnes comparées, jamais pour les clés.

L’ordre des lignes n’est pas gardé.`,
  },
  icon: 'compare',
  keywords: [
    'diff',
    'difference',
    'changes',
    'audit',
    'reconcile',
    'delta',
    'versions',
    'table difference finder',
    'écarts',
    'changements',
    'rapprochement',
  ],
  inputs: [
    { name: 'old', title: { en: 'Old', fr: 'Ancienne' } },
    { name: 'new', title: { en: 'New', fr: 'Nouvelle' } },
  ],
  outputs: [
    { name: 'changed', title: { en: 'Changed', fr: 'Changées' } },
    { name: 'added', title: { en: 'Added', fr: 'Ajoutées' } },
    { name: 'removed', title: { en: 'Removed', fr: 'Retirées' } },
    { name: 'unchanged', title: { en: 'Unchanged', fr: 'Inchangées' } },
    { name: 'duplicates', title: { en: 'Keys that repeat', fr: 'Clés répétées' } },
    { name: 'summary', title: { en: 'Summary', fr: 'Résumé' } },
  ],
  config,
  defaultConfig: { keys: [] },
  example: { keys: ['id'], ignore: ['updated_at'], tolerance: 0.01, ignore_case: true },
  describe: ({ keys }) => `By ${keys.join(', ') || '…'}`,
})
