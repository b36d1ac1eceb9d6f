import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const FILLS = [
  option('empty', 'Empty', 'Vide'),
  option('previous', 'The value before', 'La valeur précédente'),
  option('next', 'The value after', 'La valeur suivante'),
  option('zero', 'Zero', 'Zéro'),
]
const GIVEN = { visibleWhen: { field: 'bounds', in: ['given'] } } as const

const config = z.strictObject({
  column: z
    .string()
    .meta(form('Date, time or whole number', 'Date, heure ou nombre entier', { control: 'column', port: 'in' })),
  amount: z.number().int().min(1).max(1_000_000).default(1).meta(form('Every', 'Tous les')),
  unit: z
    .enum(['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'])
    .default('day')
    .meta(
      form('Unit', 'Unité', {
        help: text('For dates and times.', 'Pour les dates et heures.'),
        options: [
          option('year', 'Years', 'Années'),
          option('quarter', 'Quarters', 'Trimestres'),
          option('month', 'Months', 'Mois'),
          option('week', 'Weeks', 'Semaines'),
          option('day', 'Days', 'Jours'),
          option('hour', 'Hours', 'Heures'),
          option('minute', 'Minutes', 'Minutes'),
          option('second', 'Seconds', 'Secondes'),
        ],
      }),
    ),
  group_by: z
    .array(z.string())
    .default([])
    .meta(form('For each', 'Pour chaque', { control: 'columns', port: 'in' })),
  bounds: z
    .enum(['group', 'all', 'given'])
    .default('group')
    .meta(
      form('From the first to the last', 'De la première à la dernière', {
        options: [
          option('group', 'Of each group', 'De chaque groupe'),
          option('all', 'Of all groups', 'De tous les groupes'),
          option('given', 'That I give', 'Que je donne'),
        ],
      }),
    ),
  from: z
    .union([z.string(), z.number()])
    .optional()
    .meta(form('From', 'De', { ...GIVEN, control: 'text', placeholder: '2024-01-01' })),
  to: z
    .union([z.string(), z.number()])
    .optional()
    .meta(form('To (included)', 'À (inclus)', { ...GIVEN, control: 'text', placeholder: '2024-12-31' })),
  others: z
    .enum(['empty', 'previous', 'next', 'zero'])
    .default('empty')
    .meta(
      form('Other columns of new rows', 'Autres colonnes des nouvelles lignes', {
        options: FILLS,
        help: text(
          'Zero is for numbers; other columns stay empty then.',
          'Zéro vaut pour les nombres ; les autres restent vides.',
        ),
      }),
    ),
  fill: z
    .array(
      z.strictObject({
        column: z.string().meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
        with: z
          .enum(['empty', 'previous', 'next', 'zero', 'value'])
          .default('previous')
          .meta(form('With', 'Avec', { options: [...FILLS, option('value', 'A value', 'Une valeur')] })),
        value: z
          .union([z.string(), z.number(), z.boolean()])
          .optional()
          .meta(form('Value', 'Valeur', { control: 'text', visibleWhen: { field: 'with', in: ['value'] } })),
      }),
    )
    .default([])
    .meta(form('But for these columns', 'Mais pour ces colonnes', { control: 'list', advanced: true })),
  flag_name: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column that marks new rows', 'Colonne qui marque les nouvelles lignes', {
        advanced: true,
        placeholder: 'is_new',
      }),
    ),
})
export type FillGapsConfig = z.output<typeof config>

export const fillGapsDescriptor = defineModule({
  type: 'transform.fill_gaps',
  version: 1,
  family: 'compute',
  title: text('Fill gaps in a series', 'Combler les trous d’une série'),
  summary: text(
    'Adds a row for every day, month or number that is missing, in each group.',
    'Ajoute une ligne pour chaque jour, mois ou nombre qui manque, dans chaque groupe.',
  ),
  documentation: text(
    `Rows that are there stay as they are; rows are added for the steps in between that no row has. Steps count from the first value: every month from 31 January is 29 February, 31 March. A
row that is on no step stays too.

\`bounds\` are the first and last value of each group, of all groups together, or \`from\` and \`to\`; of these, one may be left out. Without \`group_by\` and with both given, even no rows make a full series.
A group is every combination of values of \`group_by\`, NULL among them; groups that no row has are not made.

**Other columns** of the new rows are empty, zero, or take the nearest value before or after in the group, empty ones skipped. \`fill\` decides for single columns. Columns of \`group_by\` are always filled.

Rows whose date is empty or infinite stay, and count for no bound. Timestamps with time zone move in UTC. The result is ordered by group and date.`,
    `Les lignes présentes restent telles quelles ; des lignes s’ajoutent aux pas que rien n’occupe. Les pas comptent depuis la première valeur : tous les mois depuis le 31 janvier donnent le 29 février, le 31 mars. Une
ligne hors des pas reste aussi.

\`bounds\` : la première et la dernière valeur de chaque groupe, de tous les groupes, ou \`from\` et \`to\`, dont une peut manquer. Sans \`group_by\` et avec les deux, même aucune ligne donne une série complète.
Un groupe est une combinaison de valeurs de \`group_by\`, NULL compris ; un groupe sans ligne n’est pas créé.

**Les autres colonnes** des nouvelles lignes sont vides, à zéro, ou prennent la valeur la plus proche avant ou après dans le groupe, les vides étant sautées. \`fill\` décide pour certaines colonnes.

Les lignes dont la date est vide ou infinie restent, et ne comptent pas pour les bornes. Les timestamps avec fuseau avancent en UTC. Le résultat est trié par groupe et date.`,
  ),
  icon: 'fill-gaps',
  keywords: [
    ...[
      'date spine',
      'missing dates',
      'densify',
      'pad',
      'complete',
      'ts filler',
      'forward fill',
      'gap filling',
      'generate missing rows',
    ],
    ...['trous', 'dates manquantes', 'compléter', 'série continue'],
    'scaffold',
    'date scaffold',
    'fill gaps',
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { column: '', unit: 'day', others: 'empty' },
  example: {
    column: 'day',
    unit: 'day',
    group_by: ['store'],
    bounds: 'all',
    others: 'zero',
    fill: [{ column: 'price', with: 'previous' }],
    flag_name: 'is_new',
  },
  describe: ({ column, amount, unit, group_by }) =>
    `${column.slice(0, 60)} · every ${amount === 1 ? unit : `${amount} ${unit}s`}${group_by.length > 0 ? ` per ${group_by.join(', ')}` : ''}`.slice(
      0,
      190,
    ),
})
