import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  limit: z
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .nullable()
    .default(10_000_000)
    .meta(
      form('Fail above this many rows', 'Échouer au-delà de ce nombre de lignes', {
        help: text(
          'Counted before the first row is made. Without a number: never.',
          'Compté avant la première ligne. Sans nombre : jamais.',
        ),
      }),
    ),
  names: z
    .enum(['taken', 'all'])
    .default('taken')
    .meta(
      form('Prefixes are for', 'Les préfixes concernent', {
        advanced: true,
        options: [
          option('taken', 'Names that an input before has', 'Les noms qu’une entrée précédente a'),
          option('all', 'All columns of inputs with a prefix', 'Toutes les colonnes des entrées à préfixe'),
        ],
      }),
    ),
  prefixes: z
    .array(z.string())
    .default([])
    .meta(
      form('Prefix of each input', 'Préfixe de chaque entrée', {
        advanced: true,
        help: text(
          'In the order of the inputs. Without any: the name of the input, as in in_2_.',
          'Dans l’ordre des entrées. Sans rien : le nom de l’entrée, comme in_2_.',
        ),
      }),
    ),
})
export type CrossConfig = z.output<typeof config>

export const crossDescriptor = defineModule({
  type: 'transform.cross',
  version: 1,
  family: 'combine',
  title: { en: 'Cross', fr: 'Produit croisé' },
  summary: {
    en: 'Puts every row of an input beside every row of the others.',
    fr: 'Met chaque ligne d’une entrée à côté de chaque ligne des autres.',
  },
  documentation: {
    en: `Makes a row of every combination of a row of each input (\`in_1\`, \`in_2\`, …; two or more): 3 rows and 4 rows make 12. An input without rows makes a result without rows. To add one row of values (a total, a rate, a date)
to all rows of a table, connect both: one row and a million make a million.

**Limit.** Rows multiply quickly. All inputs are counted first, and more combinations than \`limit\` end the run before the first of them is made; the error tells the numbers. \`limit: null\` counts nothing. A preview on samples is not limited.

**Columns** are those of the first input, then those of the next. A name that is taken, whatever the case of its letters, gets a prefix: that of its input in \`prefixes\`, or else the input's name: \`id\` of \`in_2\` becomes \`in_2_id\`. With \`names: all\`
every column of an input that has one in \`prefixes\` gets it.

The order of rows is not kept.`,
    fr: `Fait une ligne de chaque combinaison d’une ligne de chaque entrée (\`in_1\`, \`in_2\`… ; deux ou plus) : 3 lignes et 4 lignes en font 12. Une entrée sans ligne donne un résultat sans ligne. Pour ajouter une ligne de valeurs (un total, un taux, une date)
à toutes les lignes d’une table, reliez les deux : une ligne et un million en font un million.

**Limite.** Les lignes se multiplient vite. Toutes les entrées sont comptées d’abord, et plus de combinaisons que \`limit\` arrêtent l’exécution avant la première ; l’erreur dit les nombres. \`limit: null\` ne compte rien. Un aperçu sur échantillons n’est pas limité.

**Les colonnes** sont celles de la première entrée, puis celles de la suivante. Un nom déjà pris, quelle que soit la casse, reçoit un préfixe : celui de son entrée dans \`prefixes\`, sinon le nom de l’entrée : \`id\` de \`in_2\` devient \`in_2_id\`. Avec \`names: all\`,
chaque colonne d’une entrée qui en a un dans \`prefixes\` le reçoit.

L’ordre des lignes n’est pas gardé.`,
  },
  icon: 'cross',
  keywords: [
    'cross join',
    'append fields',
    'cartesian',
    'cartesian product',
    'every pair',
    'all combinations',
    'cross joiner',
    'produit cartésien',
    'toutes les combinaisons',
    'jointure croisée',
    'ajouter des champs',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' }, many: true }],
  outputs: [{ name: 'out', title: { en: 'Combinations', fr: 'Combinaisons' } }],
  config,
  defaultConfig: {},
  example: { limit: 1_000_000, prefixes: ['', 'store_'] },
  describe: ({ limit }) => (limit === null ? 'Every combination' : `Every combination, ${limit} rows at most`),
})
