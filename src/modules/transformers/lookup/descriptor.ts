import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { sideOrderSchema } from '../../kit/side-order.ts'

const config = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
        equals: z.string().meta(form('Equals', 'Égale', { control: 'column', port: 'table' })),
      }),
    )
    .default([])
    .meta(form('Find the row where', 'Trouver la ligne où', { control: 'list' })),
  add: z
    .array(
      z.strictObject({
        column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'table' })),
        name: z.string().min(1).optional().meta(form('New name', 'Nouveau nom')),
        default: z
          .string()
          .optional()
          .meta(
            form('Without a match', 'Sans correspondance', {
              advanced: true,
              help: text('A value instead of an empty one.', 'Une valeur au lieu d’une valeur vide.'),
            }),
          ),
      }),
    )
    .default([])
    .meta(
      form('And add', 'Et ajouter', {
        control: 'list',
        help: text('Without any: all columns but the keys.', 'Sans rien : toutes les colonnes sauf les clés.'),
      }),
    ),
  several: z
    .enum(['fail', 'first', 'all'])
    .default('fail')
    .meta(
      form('When several rows match', 'Quand plusieurs lignes correspondent', {
        options: [
          option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
          option('first', 'Take the first', 'Prendre la première'),
          option('all', 'A row for each', 'Une ligne pour chacune'),
        ],
      }),
    ),
  order: sideOrderSchema('table')
    .default([])
    .meta(
      form('First means first by', 'Première selon', {
        control: 'list',
        visibleWhen: { field: 'several', in: ['first'] },
      }),
    ),
  no_match: z
    .enum(['keep', 'reject', 'drop', 'fail'])
    .default('keep')
    .meta(
      form('Rows without a match', 'Lignes sans correspondance', {
        options: [
          option('keep', 'Keep, with empty or default values', 'Garder, avec des valeurs vides ou par défaut'),
          option('reject', 'Send to “reject”', 'Envoyer vers « reject »'),
          option('drop', 'Drop', 'Retirer'),
          option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
        ],
      }),
    ),
  null_equal: z
    .boolean()
    .default(false)
    .meta(form('Empty keys match each other', 'Les clés vides s’apparient', { advanced: true })),
  found_column: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column that says whether a row was found', 'Colonne disant si une ligne a été trouvée', {
        advanced: true,
        placeholder: 'found',
      }),
    ),
})
export type LookupConfig = z.output<typeof config>

export const lookupDescriptor = defineModule({
  type: 'transform.lookup',
  version: 1,
  family: 'combine',
  title: { en: 'Look up', fr: 'Rechercher' },
  summary: {
    en: 'Adds columns from another table, found by a key, and never multiplies rows unless asked to.',
    fr: 'Ajoute des colonnes d’une autre table, trouvées par une clé, sans multiplier les lignes sauf demande.',
  },
  documentation: {
    en: `Each row of \`in\` is found again in \`table\` by its \`keys\`, and gets the columns of \`add\`, under new names where given. Without \`add\` it gets all but the keys. A new column
may not have the name of one that is there already.

**Several matches.** \`fail\` stops the run, and shows the key, when a key that is looked up comes more than once in the table; keys that nobody looks up may. \`first\` takes one row, by
\`order\` and then by all its other columns, so that the choice never depends on chance. \`all\` makes a row for each.

**No match.** The columns stay empty or get their \`default\`, which is cast to the column's type; or the row goes to \`reject\` with its original columns, and \`_column\` and \`_reason\`; or is dropped; or the run stops.
A default stands for a missing row only: an empty value that the table holds stays empty.

**NULL.** An empty key matches nothing, unless \`null_equal\`. Keys must be of comparable types: a number never equals a text. \`found_column\` adds true or false.`,
    fr: `Chaque ligne de \`in\` est retrouvée dans \`table\` par ses \`keys\` et reçoit les colonnes de \`add\`, sous un nouveau nom si donné. Sans \`add\`, elle reçoit toutes celles qui ne sont pas des clés. Une nouvelle colonne ne
peut pas porter un nom déjà pris.

**Plusieurs correspondances.** \`fail\` arrête l’exécution, et montre la clé, quand une clé recherchée vient plusieurs fois dans la table ; celles que personne ne recherche le peuvent. \`first\` prend une ligne, selon
\`order\` puis selon toutes ses autres colonnes : le choix ne dépend jamais du hasard. \`all\` fait une ligne pour chacune.

**Aucune correspondance.** Les colonnes restent vides ou reçoivent leur \`default\`, converti au type de la colonne ; ou la ligne part vers \`reject\` avec ses colonnes d’origine, \`_column\` et \`_reason\` ; ou elle est retirée ; ou l’exécution s’arrête.
La valeur par défaut ne remplace qu’une ligne absente : une valeur vide de la table reste vide.

**NULL.** Une clé vide ne correspond à rien, sauf avec \`null_equal\`. Les clés doivent être de types comparables : un nombre n’est jamais égal à un texte. \`found_column\` ajoute vrai ou faux.`,
  },
  icon: 'lookup',
  keywords: [
    'lookup',
    'vlookup',
    'xlookup',
    'enrich',
    'reference',
    'dimension',
    'find',
    'recherchev',
    'recherchex',
    'enrichir',
    'référentiel',
    'consulter',
  ],
  inputs: [
    { name: 'in', title: { en: 'Rows', fr: 'Lignes' } },
    { name: 'table', title: { en: 'Table', fr: 'Table' } },
  ],
  outputs: [
    { name: 'out', title: { en: 'Rows', fr: 'Lignes' } },
    { name: 'reject', title: { en: 'Rows without a match', fr: 'Lignes sans correspondance' }, reject: true },
  ],
  config,
  defaultConfig: { keys: [{ column: '', equals: '' }], add: [{ column: '' }] },
  example: {
    keys: [{ column: 'country', equals: 'code' }],
    add: [{ column: 'name', name: 'country_name', default: 'unknown' }, { column: 'continent' }],
    several: 'fail',
  },
  describe: ({ keys, add }) =>
    `${keys.map(({ column, equals }) => (column === equals ? column : `${column} = ${equals}`)).join(', ') || '…'} → ${add.length > 0 ? add.map(({ column, name }) => name ?? column).join(', ') : 'all columns'}`,
})
