import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { describeMeasure, MEASURE_NOTES, measureSchema } from '../../kit/measure-schema.ts'

const groupSchema = z.union([
  z.string(),
  z.strictObject({
    name: z.string().min(1).meta(form('Name', 'Nom')),
    expression: z.string().meta(form('Expression', 'Expression', { control: 'expression', port: 'in' })),
  }),
])

const config = z.strictObject({
  group_by: z
    .array(groupSchema)
    .default([])
    .meta(
      form('Group by', 'Regrouper par', {
        control: 'columns',
        port: 'in',
        help: { en: 'Without any, all rows make one.', fr: 'Sans rien, toutes les lignes n’en font qu’une.' },
      }),
    ),
  measures: z
    .array(measureSchema)
    .default([])
    .meta(form('Measures', 'Mesures', { control: 'list' })),
  totals: z
    .enum(['none', 'rollup', 'cube', 'sets'])
    .default('none')
    .meta(
      form('Totals', 'Totaux', {
        advanced: true,
        options: [
          option('none', 'None', 'Aucun'),
          option('rollup', 'From the last group to all (rollup)', 'Du dernier groupe à l’ensemble (rollup)'),
          option('cube', 'Every combination of groups (cube)', 'Toutes les combinaisons de groupes (cube)'),
          option('sets', 'The combinations listed here', 'Les combinaisons listées ici'),
        ],
      }),
    ),
  sets: z
    .array(
      z.strictObject({
        groups: z
          .array(z.string())
          .default([])
          .meta(
            form('Groups', 'Groupes', {
              control: 'columns',
              port: 'in',
              help: text(
                'Names of “Group by”. None: the total of all.',
                'Des noms de « Regrouper par ». Aucun : le total général.',
              ),
            }),
          ),
      }),
    )
    .default([])
    .meta(form('Combinations', 'Combinaisons', { control: 'list', visibleWhen: { field: 'totals', in: ['sets'] } })),
  level_column: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column with the level of total', 'Colonne du niveau de total', {
        placeholder: 'level',
        visibleWhen: { field: 'totals', in: ['rollup', 'cube', 'sets'] },
        help: text(
          'How many groups a row is the total of: 0 for a row of no total.',
          'Combien de groupes une ligne totalise : 0 pour une ligne sans total.',
        ),
      }),
    ),
  flags: z
    .boolean()
    .default(false)
    .meta(
      form('A column per group that is true for its total', 'Une colonne par groupe, vraie pour son total', {
        visibleWhen: { field: 'totals', in: ['rollup', 'cube', 'sets'] },
      }),
    ),
  total_label: z
    .string()
    .optional()
    .meta(
      form('Text of a total', 'Texte d’un total', {
        placeholder: 'Total',
        visibleWhen: { field: 'totals', in: ['rollup', 'cube', 'sets'] },
        help: text(
          'Stands in the place of the empty group, where groups are texts.',
          'Tient la place du groupe vide, là où les groupes sont des textes.',
        ),
      }),
    ),
  having: z
    .string()
    .optional()
    .meta(
      form('Keep groups where', 'Garder les groupes où', {
        control: 'expression',
        advanced: true,
        help: {
          en: 'Sees the columns of the result: revenue > 1000.',
          fr: 'Voit les colonnes du résultat : revenue > 1000.',
        },
      }),
    ),
})
export type AggregateConfig = z.output<typeof config>

export const aggregateDescriptor = defineModule({
  type: 'transform.aggregate',
  version: 1,
  family: 'shape',
  title: { en: 'Aggregate', fr: 'Agréger' },
  summary: {
    en: 'One row per group, with counts, sums and other measures.',
    fr: 'Une ligne par groupe, avec des nombres, sommes et autres mesures.',
  },
  documentation: {
    en: `One row for every combination of values in \`group_by\` (NULL is a value like any other), whose items are columns or
\`{ name, expression }\`. Without \`group_by\`, one row for everything, even for no rows at all.

${MEASURE_NOTES.en}

\`totals\` adds rows with the totals of groups: \`rollup\` from the last group to all, \`cube\` of every combination, \`sets\` of the combinations listed. A group that a row totals is NULL there;
since NULL may be a group too, \`level_column\` and \`flags\` (columns \`is_total_NAME\`) tell them apart. They are measures of the rows, not sums of sums, so counts of different values and averages are right.
With no rows at all there is a grand total only without \`group_by\`, or with \`totals\` that contain it.

\`having\` keeps groups, and sees the columns of the result. The order of the groups is not defined: sort after it.`,
    fr: `Une ligne pour chaque combinaison de valeurs de \`group_by\` (NULL est une valeur comme une autre), dont les éléments sont des colonnes ou
\`{ name, expression }\`. Sans \`group_by\`, une ligne pour tout, même sans aucune ligne en entrée.

${MEASURE_NOTES.fr}

\`totals\` ajoute des lignes de totaux : \`rollup\` du dernier groupe à l’ensemble, \`cube\` de toutes les combinaisons, \`sets\` des combinaisons listées. Le groupe qu’une ligne totalise y est NULL ;
comme NULL peut aussi être un groupe, \`level_column\` et \`flags\` (colonnes \`is_total_NOM\`) les distinguent. Ce sont des mesures des lignes, non des sommes de sommes : les nombres de valeurs différentes et les moyennes sont justes.
Sans aucune ligne, il n’y a de total général que sans \`group_by\`, ou avec des \`totals\` qui le contiennent.

\`having\` garde des groupes, et voit les colonnes du résultat. L’ordre des groupes n’est pas défini : triez ensuite.`,
  },
  icon: 'aggregate',
  keywords: [
    ...['group by', 'summarize', 'sum', 'count', 'average', 'total', 'rollup', 'cube', 'subtotal', 'statistics'],
    ...['regrouper', 'somme', 'moyenne', 'compter', 'sous-total', 'synthétiser', 'statistiques'],
    'regrouper',
    'grouper',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Groups', fr: 'Groupes' } }],
  config,
  defaultConfig: { group_by: [], measures: [{ name: 'rows', function: 'count' }] },
  example: {
    group_by: ['billing_country', { name: 'month', expression: "date_trunc('month', invoice_date)" }],
    measures: [
      { name: 'revenue', function: 'sum', column: 'total' },
      { name: 'customers', function: 'count_distinct', column: 'customer_id' },
    ],
    having: 'revenue > 1000',
  },
  describe: ({ group_by, measures }) => {
    const groups = group_by.map((group) => (typeof group === 'string' ? group : group.name)).join(', ')
    const shown = measures.slice(0, 3).map(describeMeasure).join(', ')
    const more = measures.length > 3 ? `, +${measures.length - 3}` : ''
    return [shown + more, groups && `by ${groups}`].filter(Boolean).join(' ')
  },
})
