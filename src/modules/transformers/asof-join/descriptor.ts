import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { sideOrderSchema } from '../../kit/side-order.ts'
import { keyPairSchema, rightColumnFields } from '../../kit/sides.ts'
import { TIME_UNITS } from '../../kit/value-distance.ts'

const unitTitles = {
  milliseconds: text('Milliseconds', 'Millisecondes'),
  seconds: text('Seconds', 'Secondes'),
  minutes: text('Minutes', 'Minutes'),
  hours: text('Hours', 'Heures'),
  days: text('Days', 'Jours'),
  weeks: text('Weeks', 'Semaines'),
} as const

const config = z.strictObject({
  on: keyPairSchema.meta(
    form('In the order of', 'Dans l’ordre de', {
      control: 'group',
      help: text('A date, a time or a number on each side.', 'Une date, une heure ou un nombre de chaque côté.'),
    }),
  ),
  direction: z
    .enum(['earlier', 'later', 'nearest'])
    .default('earlier')
    .meta(
      form('Take from the right', 'Prendre à droite', {
        options: [
          option('earlier', 'The last one before', 'La dernière avant'),
          option('later', 'The first one after', 'La première après'),
          option('nearest', 'The nearest', 'La plus proche'),
        ],
      }),
    ),
  keys: z
    .array(keyPairSchema)
    .default([])
    .meta(form('Where these are equal', 'Où ces colonnes sont égales', { control: 'list' })),
  keep: z
    .enum(text('all', 'matched'))
    .default('all')
    .meta(
      form('Left rows without a match', 'Lignes de gauche sans correspondance', {
        options: [
          option('all', 'Keep, with empty columns', 'Garder, avec des colonnes vides'),
          option('matched', 'Only to “Left rest”', 'Seulement vers « Reste gauche »'),
        ],
      }),
    ),
  strict: z
    .boolean()
    .default(false)
    .meta(form('Not the very same moment', 'Pas exactement le même moment', { advanced: true })),
  tolerance: z
    .number()
    .nonnegative()
    .optional()
    .meta(
      form('No further away than', 'Pas plus loin que', {
        advanced: true,
        help: text('Without any: however far.', 'Sans rien : quelle que soit la distance.'),
      }),
    ),
  tolerance_unit: z
    .enum(TIME_UNITS)
    .optional()
    .meta(
      form('Unit of this distance', 'Unité de cette distance', {
        advanced: true,
        options: TIME_UNITS.map((unit) => ({ value: unit, title: unitTitles[unit] })),
        help: text('For dates and times.', 'Pour les dates et les heures.'),
      }),
    ),
  nearest_tie: z
    .enum(text('earlier', 'later'))
    .default('earlier')
    .meta(
      form('When two are equally near', 'Quand deux sont aussi proches', {
        advanced: true,
        options: [
          option('earlier', 'The one before', 'Celle d’avant'),
          option('later', 'The one after', 'Celle d’après'),
        ],
        visibleWhen: { field: 'direction', in: ['nearest'] },
      }),
    ),
  ties: z
    .enum(text('first', 'fail'))
    .default('first')
    .meta(
      form('When the right has several of one moment', 'Quand la droite en a plusieurs du même moment', {
        advanced: true,
        options: [
          option('first', 'Take the first of them', 'Prendre la première'),
          option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
        ],
      }),
    ),
  tie_order: sideOrderSchema('right')
    .default([])
    .meta(
      form('First means first by', 'Première selon', {
        advanced: true,
        control: 'list',
        help: text(
          'All other columns decide what these leave open.',
          'Toutes les autres colonnes départagent ensuite.',
        ),
        visibleWhen: { field: 'ties', in: ['first'] },
      }),
    ),
  difference_column: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column for the distance', 'Colonne pour la distance', {
        advanced: true,
        placeholder: 'difference',
        help: text('Left minus right.', 'Gauche moins droite.'),
      }),
    ),
  ...rightColumnFields(),
})
export type AsofJoinConfig = z.output<typeof config>

export const asofJoinDescriptor = defineModule({
  type: 'transform.asof_join',
  version: 1,
  family: 'combine',
  title: { en: 'As-of join', fr: 'Joindre au plus proche' },
  summary: {
    en: 'Gives each left row the one right row that was in force at its moment: the last before, the first after or the nearest.',
    fr: 'Donne à chaque ligne de gauche la ligne de droite en vigueur à son moment : la dernière avant, la première après ou la plus proche.',
  },
  documentation: {
    en: `The price that held when an order was placed, the last reading before an alarm, the nearest quote to a trade: no equality finds these.

Every left row gets at most one right row, so that rows are never multiplied. Among the right rows whose \`keys\` are equal, \`direction\` says which:

- \`earlier\`: the last whose moment is before the left's, or the same;
- \`later\`: the first whose moment is after, or the same;
- \`nearest\`: the nearer of these two; \`nearest_tie\` decides when both are equally far.

\`strict\` leaves out the very same moment. \`tolerance\` leaves out what is further away: a number for numbers, a number and a unit for dates and times (a
DATE counts whole days, so that 36 hours reach one day).

**Ties.** Right rows with the same keys and the same moment: the first by \`tie_order\` counts, then by all other columns, so that the result never depends
on chance; or the run stops with \`ties: fail\`.

**NULL and NaN.** A moment or a key that is NULL matches nothing; neither does NaN. Infinity is a moment like any other, infinitely far from the finite ones.

**Outputs.** \`match\` has the left columns, then the right ones as in Join. With \`keep: matched\`, left rows without a match are only in \`left_rest\`,
which has them in either case. \`right_rest\` has the right rows whose key and moment no left row took.
\`difference_column\` adds left minus right: a number, days for dates, an INTERVAL for times; empty when one is infinite. The order of rows is not kept: sort afterwards.`,
    fr: `Le prix en vigueur à la date d’une commande, le dernier relevé avant une alarme, la cotation la plus proche d’une transaction : aucune égalité ne les trouve.

Chaque ligne de gauche reçoit au plus une ligne de droite : les lignes ne sont jamais multipliées. Parmi celles de droite dont les \`keys\` sont égales, \`direction\` dit laquelle :

- \`earlier\` : la dernière dont le moment précède celui de gauche, ou lui est égal ;
- \`later\` : la première dont le moment suit, ou est le même ;
- \`nearest\` : la plus proche des deux ; \`nearest_tie\` décide à distance égale.

\`strict\` écarte le moment exactement égal. \`tolerance\` écarte ce qui est plus loin : un nombre pour les nombres, un nombre et une unité pour les dates et heures (une
DATE compte des jours entiers : 36 heures atteignent un jour).

**Ex æquo.** Lignes de droite de mêmes clés et de même moment : la première selon \`tie_order\` compte, puis selon toutes les autres colonnes ; le résultat ne dépend jamais
du hasard. Avec \`ties: fail\`, l’exécution s’arrête.

**NULL et NaN.** Un moment ou une clé NULL ne correspond à rien, NaN non plus. L’infini est un moment comme un autre, infiniment loin des finis.

**Sorties.** \`match\` a les colonnes de gauche puis celles de droite, comme dans Joindre. Avec \`keep: matched\`, les lignes de gauche sans correspondance ne sont que dans \`left_rest\`,
qui les a dans tous les cas. \`right_rest\` a les lignes de droite dont aucune ligne de gauche n’a pris la clé et le moment.
\`difference_column\` ajoute gauche moins droite : un nombre, des jours pour les dates, un INTERVAL pour les heures ; vide si l’un est infini. L’ordre des lignes n’est pas gardé : triez ensuite.`,
  },
  icon: 'asof-join',
  keywords: [
    'as-of',
    'asof',
    'nearest',
    'latest',
    'previous',
    'point in time',
    'time series join',
    'merge_asof',
    'closest match',
    'plus proche',
    'dernier',
    'précédent',
    'série temporelle',
    'rapprocher',
  ],
  inputs: [
    { name: 'left', title: { en: 'Left', fr: 'Gauche' } },
    { name: 'right', title: { en: 'Right', fr: 'Droite' } },
  ],
  outputs: [
    { name: 'match', title: { en: 'Joined', fr: 'Jointes' } },
    { name: 'left_rest', title: { en: 'Left rest', fr: 'Reste gauche' } },
    { name: 'right_rest', title: { en: 'Right rest', fr: 'Reste droit' } },
  ],
  config,
  defaultConfig: { on: { left: '', right: '' }, direction: 'earlier', keys: [] },
  example: {
    on: { left: 'ordered_at', right: 'valid_from' },
    direction: 'earlier',
    keys: [{ left: 'product', right: 'product' }],
    tolerance: 90,
    tolerance_unit: 'days',
  },
  describe: ({ on, direction, keys }) =>
    [
      `${on.left} ${{ earlier: '≥', later: '≤', nearest: '≈' }[direction]} ${on.right}`,
      ...keys.map((key) => key.left),
    ].join(' · '),
})
