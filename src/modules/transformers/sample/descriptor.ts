import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option } from '../../kit/form.ts'

const config = z.strictObject({
  mode: z
    .enum(['random', 'fraction', 'first', 'every'])
    .default('random')
    .meta(
      form('Take', 'Prendre', {
        options: [
          option('random', 'A number of rows at random', 'Un nombre de lignes au hasard'),
          option('fraction', 'A share of the rows at random', 'Une part des lignes au hasard'),
          option('first', 'The first rows', 'Les premières lignes'),
          option('every', 'One row in every N', 'Une ligne sur N'),
        ],
      }),
    ),
  rows: z
    .number()
    .int()
    .min(1)
    .default(1000)
    .meta(form('Rows (N)', 'Lignes (N)', { visibleWhen: { field: 'mode', in: ['random', 'first', 'every'] } })),
  fraction: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .meta(form('Share (0 to 1)', 'Part (0 à 1)', { visibleWhen: { field: 'mode', in: ['fraction'] } })),
  seed: z
    .number()
    .int()
    .default(0)
    .meta(
      form('Seed', 'Graine', {
        advanced: true,
        visibleWhen: { field: 'mode', in: ['random', 'fraction'] },
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
    en: `Random samples depend on the rows' content and the \`seed\` alone: the same rows give the same sample, in whatever order they arrive and on however many threads.

- \`random\`: exactly \`rows\` rows (all, if there are fewer). - \`fraction\`: about that share of them; with \`per\`, exactly, rounded up in each group.
- \`first\`: the first \`rows\`. - \`every\`: rows 1, N + 1, 2N + 1, … Both go by the order of the input.

\`per\` samples each group of the named columns by itself, so that small groups are not lost.`,
    fr: `Les échantillons au hasard ne dépendent que du contenu des lignes et de \`seed\` : les mêmes lignes donnent le même échantillon, quels que soient leur ordre et le nombre de threads.

- \`random\` : exactement \`rows\` lignes (toutes, s’il y en a moins). - \`fraction\` : environ cette part ; avec \`per\`, exactement, arrondie au-dessus dans chaque groupe.
- \`first\` : les \`rows\` premières. - \`every\` : les lignes 1, N + 1, 2N + 1… Les deux suivent l’ordre de l’entrée.

\`per\` échantillonne chaque groupe des colonnes nommées séparément : les petits groupes ne se perdent pas.`,
  },
  icon: 'sample',
  keywords: ['random', 'subset', 'stratified', 'hasard', 'échantillon', 'stratifié'],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'out', title: { en: 'Sample', fr: 'Échantillon' } }],
  config,
  defaultConfig: { mode: 'random', rows: 1000 },
  example: { mode: 'random', rows: 100, per: ['country'], seed: 7 },
  describe: ({ mode, rows, fraction, per }) => {
    const what = {
      random: `${rows} rows at random`,
      fraction: `${+(fraction * 100).toFixed(4)}% at random`,
      first: `First ${rows} rows`,
      every: `One row in ${rows}`,
    }[mode]
    return per.length > 0 ? `${what} per ${per.join(', ')}` : what
  },
})
