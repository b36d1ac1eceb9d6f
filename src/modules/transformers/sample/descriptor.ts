import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  mode: z
    .enum(['random', 'fraction', 'first', 'last', 'every', 'bootstrap'])
    .default('random')
    .meta(
      form('Take', 'Prendre', {
        options: [
          option('random', 'A number of rows at random', 'Un nombre de lignes au hasard'),
          option('fraction', 'A share of the rows at random', 'Une part des lignes au hasard'),
          option('first', 'The first rows', 'Les premières lignes'),
          option('last', 'The last rows', 'Les dernières lignes'),
          option('every', 'One row in every N', 'Une ligne sur N'),
          option('bootstrap', 'Rows at random, with repetition', 'Des lignes au hasard, avec répétition'),
        ],
      }),
    ),
  rows: z
    .number()
    .int()
    .min(1)
    .default(1000)
    .meta(
      form('Rows (N)', 'Lignes (N)', {
        visibleWhen: { field: 'mode', in: ['random', 'first', 'last', 'every', 'bootstrap'] },
      }),
    ),
  fraction: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .meta(form('Share (0 to 1)', 'Part (0 à 1)', { visibleWhen: { field: 'mode', in: ['fraction'] } })),
  exact: z
    .boolean()
    .default(false)
    .meta(
      form('Exactly that share', 'Exactement cette part', {
        advanced: true,
        visibleWhen: { field: 'mode', in: ['fraction'] },
        help: text(
          'Rounded up. Otherwise each row is drawn for itself, which is quicker.',
          'Arrondie au-dessus. Sinon chaque ligne est tirée pour elle-même, ce qui est plus rapide.',
        ),
      }),
    ),
  start: z
    .number()
    .int()
    .min(1)
    .default(1)
    .meta(
      form('Starting with row', 'En commençant à la ligne', {
        advanced: true,
        visibleWhen: { field: 'mode', in: ['every'] },
      }),
    ),
  seed: z
    .number()
    .int()
    .default(0)
    .meta(
      form('Seed', 'Graine', {
        advanced: true,
        visibleWhen: { field: 'mode', in: ['random', 'fraction', 'bootstrap'] },
        help: {
          en: 'Another number gives another sample; the same number the same sample.',
          fr: 'Un autre nombre donne un autre échantillon ; le même nombre, le même.',
        },
      }),
    ),
  per: z
    .array(z.string())
    .default([])
    .meta(
      form('For each', 'Pour chaque', {
        control: 'columns',
        port: 'in',
        advanced: true,
        help: {
          en: 'Takes that many of each group of these columns.',
          fr: 'En prend autant dans chaque groupe de ces colonnes.',
        },
      }),
    ),
})
export type SampleConfig = z.output<typeof config>

export const sampleDescriptor = defineModule({
  type: 'transform.sample',
  version: 1,
  family: 'shape',
  title: { en: 'Sample', fr: 'Échantillonner' },
  summary: {
    en: 'Takes some of the rows, at random or in order.',
    fr: 'Prend une partie des lignes, au hasard ou dans l’ordre.',
  },
  documentation: {
    en: `Random samples depend on the rows' content and the \`seed\` alone: the same rows give the same sample, in whatever order they arrive and on however many threads. A change in the rows, in their columns, or
of the version of DuckDB gives another one. The rows that are not taken leave by \`rest\`.

- \`random\`: exactly \`rows\` rows (all, if there are fewer). - \`fraction\`: about that share of them; with \`per\` or \`exact\`, exactly, rounded up.
- \`first\` and \`last\`: that many \`rows\`. - \`every\`: rows \`start\`, \`start\` + N, \`start\` + 2N, … These go by the order of the input, and keep it.
- \`bootstrap\`: \`rows\` rows with repetition, so that a row may come several times; \`rest\` has those that never came.

\`per\` samples each group of the named columns by itself (stratified), so that small groups are not lost. NULL is a group too.`,
    fr: `Les échantillons au hasard ne dépendent que du contenu des lignes et de \`seed\` : les mêmes lignes donnent le même échantillon, quels que soient leur ordre et le nombre de threads. Un changement des lignes, de leurs colonnes ou
de la version de DuckDB en donne un autre. Les lignes qui ne sont pas prises sortent par \`rest\`.

- \`random\` : exactement \`rows\` lignes (toutes, s’il y en a moins). - \`fraction\` : environ cette part ; avec \`per\` ou \`exact\`, exactement, arrondie au-dessus.
- \`first\` et \`last\` : autant de lignes. - \`every\` : lignes \`start\`, \`start\` + N, \`start\` + 2N… Ces modes suivent l’ordre de l’entrée, et le gardent.
- \`bootstrap\` : \`rows\` lignes avec répétition, une ligne pouvant venir plusieurs fois ; \`rest\` a celles qui ne sont jamais venues.

\`per\` échantillonne chaque groupe des colonnes nommées séparément (stratifié) : les petits groupes ne se perdent pas. NULL est aussi un groupe.`,
  },
  icon: 'sample',
  keywords: [
    'random',
    'subset',
    'stratified',
    'hasard',
    'échantillon',
    'stratifié',
    'bootstrap',
    'last',
    'every nth',
    'tirage',
    'random sample',
    'au hasard',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'Sample', fr: 'Échantillon' } },
    { name: 'rest', title: { en: 'The others', fr: 'Les autres' } },
  ],
  config,
  defaultConfig: { mode: 'random', rows: 1000 },
  example: { mode: 'random', rows: 100, per: ['country'], seed: 7 },
  describe: ({ mode, rows, fraction, per }) => {
    const what = {
      random: `${rows} rows at random`,
      fraction: `${+(fraction * 100).toFixed(4)}% at random`,
      first: `First ${rows} rows`,
      last: `Last ${rows} rows`,
      bootstrap: `${rows} rows with repetition`,
      every: `One row in ${rows}`,
    }[mode]
    return per.length > 0 ? `${what} per ${per.join(', ')}` : what
  },
})
