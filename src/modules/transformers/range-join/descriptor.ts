import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { sideOrderSchema } from '../../kit/side-order.ts'
import { keyPairSchema, rightColumnFields } from '../../kit/sides.ts'

const within = { visibleWhen: { field: 'compare', in: ['value'] } } as const
const overlap = { visibleWhen: { field: 'compare', in: ['range'] } } as const

const config = z.strictObject({
  compare: z
    .enum(['value', 'range'])
    .default('value')
    .meta(
      form('On the left is', 'À gauche se trouve', {
        options: [
          option(
            'value',
            'A value that lies in a range of the right',
            'Une valeur située dans un intervalle de droite',
          ),
          option('range', 'A range that overlaps one of the right', 'Un intervalle qui en chevauche un de droite'),
        ],
      }),
    ),
  left_value: z
    .string()
    .optional()
    .meta(form('Value', 'Valeur', { control: 'column', port: 'left', ...within })),
  left_start: z
    .string()
    .optional()
    .meta(form('Left start', 'Début à gauche', { control: 'column', port: 'left', ...overlap })),
  left_end: z
    .string()
    .optional()
    .meta(form('Left end', 'Fin à gauche', { control: 'column', port: 'left', ...overlap })),
  right_start: z.string().meta(form('Right start', 'Début à droite', { control: 'column', port: 'right' })),
  right_end: z.string().meta(form('Right end', 'Fin à droite', { control: 'column', port: 'right' })),
  bounds: z
    .enum(['both', 'start', 'end', 'neither'])
    .default('both')
    .meta(
      form('To a range belong', 'À un intervalle appartiennent', {
        options: [
          option('both', 'Its start and its end', 'Son début et sa fin'),
          option('start', 'Its start, not its end', 'Son début, pas sa fin'),
          option('end', 'Its end, not its start', 'Sa fin, pas son début'),
          option('neither', 'Neither', 'Ni l’un ni l’autre'),
        ],
      }),
    ),
  keys: z
    .array(keyPairSchema)
    .default([])
    .meta(form('Where these are equal', 'Où ces colonnes sont égales', { control: 'list' })),
  matches: z
    .enum(['all', 'first', 'fail'])
    .default('all')
    .meta(
      form('When several match', 'Quand plusieurs correspondent', {
        options: [
          option('all', 'A row for each', 'Une ligne pour chacune'),
          option('first', 'Only the first', 'Seulement la première'),
          option('fail', 'Stop with an error', 'S’arrêter avec une erreur'),
        ],
      }),
    ),
  match_order: sideOrderSchema('right')
    .default([])
    .meta(
      form('First means first by', 'Première selon', {
        control: 'list',
        help: text(
          'Then by the start of the range, and all other columns.',
          'Puis selon le début de l’intervalle, et toutes les autres colonnes.',
        ),
        visibleWhen: { field: 'matches', in: ['first'] },
      }),
    ),
  keep: z
    .enum(['all', 'matched'])
    .default('matched')
    .meta(
      form('Left rows without a match', 'Lignes de gauche sans correspondance', {
        options: [
          option('matched', 'Only to “Left rest”', 'Seulement vers « Reste gauche »'),
          option('all', 'Keep, with empty columns', 'Garder, avec des colonnes vides'),
        ],
      }),
    ),
  empty_bound: z
    .enum(['open', 'never'])
    .default('open')
    .meta(
      form('A start or end that is empty', 'Un début ou une fin vide', {
        advanced: true,
        options: [
          option('open', 'Means without limit', 'Signifie sans limite'),
          option('never', 'Matches nothing', 'Ne correspond à rien'),
        ],
      }),
    ),
  ...rightColumnFields(),
})
export type RangeJoinConfig = z.output<typeof config>

export const rangeJoinDescriptor = defineModule({
  type: 'transform.range_join',
  version: 1,
  family: 'combine',
  title: { en: 'Range join', fr: 'Joindre par intervalle' },
  summary: {
    en: 'Puts together a value and the ranges it lies in, or ranges that overlap.',
    fr: 'Réunit une valeur et les intervalles où elle se trouve, ou des intervalles qui se chevauchent.',
  },
  documentation: {
    en: `The tax band of an income, the campaign a day falls into, the shifts that overlap a machine's stop.

- \`compare: value\`: the left has one value, the right a start and an end.
- \`compare: range\`: both have a start and an end; what overlaps is put together.

\`bounds\` says whether start and end belong to a range. Ranges that only touch overlap when both ends belong to them, which is the case for \`both\` alone.

**Empty and odd ranges.** A start or end that is NULL means without limit, unless \`empty_bound: never\`; a value that is NULL lies nowhere. A range whose end is before
its start (or equal, when not both belong to it) holds nothing and matches nothing. NaN lies nowhere and bounds nothing.

**Several matches** make several rows, or only the first: by \`match_order\`, then the start of the range, then all other columns, so that the result never depends on chance.
\`fail\` stops the run when a left row has several.

**Outputs.** \`match\` has the left columns, then the right ones as in Join. \`left_rest\` and \`right_rest\` have the rows of each side that match nothing.
The order of rows is not kept.

**Speed.** Without \`keys\`, both sides are sorted, and millions of rows are no trouble. With \`keys\`, each left row is compared with every range of its key: good
when a key has few ranges.`,
    fr: `La tranche d’imposition d’un revenu, la campagne d’un jour, les équipes présentes pendant l’arrêt d’une machine.

- \`compare: value\` : la gauche a une valeur, la droite un début et une fin.
- \`compare: range\` : les deux ont un début et une fin ; ce qui se chevauche est réuni.

\`bounds\` dit si le début et la fin appartiennent à l’intervalle. Des intervalles qui ne font que se toucher se chevauchent seulement avec \`both\`.

**Intervalles vides ou étranges.** Un début ou une fin NULL signifie sans limite, sauf avec \`empty_bound: never\` ; une valeur NULL ne se trouve nulle part. Un intervalle dont la
fin précède le début (ou l’égale, quand les deux n’en font pas partie) ne contient rien et ne correspond à rien. NaN ne se trouve nulle part et ne borne rien.

**Plusieurs correspondances** font plusieurs lignes, ou seulement la première : selon \`match_order\`, puis le début de l’intervalle, puis toutes les autres colonnes ; le résultat ne
dépend jamais du hasard. \`fail\` arrête l’exécution quand une ligne de gauche en a plusieurs.

**Sorties.** \`match\` a les colonnes de gauche, puis celles de droite comme dans Joindre. \`left_rest\` et \`right_rest\` ont les lignes de chaque côté sans correspondance.
L’ordre des lignes n’est pas gardé.

**Vitesse.** Sans \`keys\`, les deux côtés sont triés : des millions de lignes passent sans peine. Avec \`keys\`, chaque ligne de gauche est comparée à tous les intervalles de sa
clé : bien quand une clé en a peu.`,
  },
  icon: 'range-join',
  keywords: [
    'between',
    'interval',
    'overlap',
    'range',
    'band',
    'bracket',
    'non-equi',
    'inequality',
    'slowly changing dimension',
    'intervalle',
    'tranche',
    'chevauchement',
    'période',
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
  defaultConfig: { compare: 'value', right_start: '', right_end: '' },
  example: {
    compare: 'value',
    left_value: 'income',
    right_start: 'from_amount',
    right_end: 'to_amount',
    bounds: 'start',
    keys: [{ left: 'country', right: 'country' }],
    matches: 'fail',
    keep: 'all',
  },
  describe: ({ compare, left_value, left_start, left_end, right_start, right_end, bounds }) => {
    const open = bounds === 'both' || bounds === 'start' ? '[' : ']'
    const close = bounds === 'both' || bounds === 'end' ? ']' : '['
    const range = (start: string, end: string) => `${open}${start}, ${end}${close}`
    return compare === 'value'
      ? `${left_value ?? '…'} in ${range(right_start, right_end)}`
      : `${range(left_start ?? '…', left_end ?? '…')} overlaps ${range(right_start, right_end)}`
  },
})
