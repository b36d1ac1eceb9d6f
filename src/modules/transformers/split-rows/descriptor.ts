import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'

const config = z.strictObject({
  parts: z
    .array(
      z.strictObject({
        name: z
          .string()
          .min(1)
          .meta(form('Name', 'Nom', { placeholder: 'train' })),
        share: z
          .number()
          .positive()
          .default(50)
          .meta(form('Share', 'Part', { placeholder: '70' })),
      }),
    )
    .min(1)
    .max(50)
    .default([
      { name: 'train', share: 70 },
      { name: 'test', share: 30 },
    ])
    .meta(
      form('Parts', 'Parties', {
        control: 'list',
        help: text(
          'Each is a port. Shares are taken in proportion: 70 and 30, or 7 and 3.',
          'Chacune est un port. Les parts sont proportionnelles : 70 et 30, ou 7 et 3.',
        ),
      }),
    ),
  method: z
    .enum(['exact', 'stable', 'order'])
    .default('exact')
    .meta(
      form('Split', 'Répartir', {
        options: [
          option('exact', 'At random, in exact shares', 'Au hasard, en parts exactes'),
          option('stable', 'At random, each row for itself', 'Au hasard, chaque ligne pour elle-même'),
          option('order', 'In the order of the rows', 'Dans l’ordre des lignes'),
        ],
        help: text(
          'Each row for itself: about these shares, and a row stays in its part when others come or go.',
          'Chaque ligne pour elle-même : environ ces parts, et une ligne garde sa partie quand d’autres viennent ou partent.',
        ),
      }),
    ),
  seed: z
    .number()
    .int()
    .default(0)
    .meta(
      form('Seed', 'Graine', {
        visibleWhen: { field: 'method', in: ['exact', 'stable'] },
        help: text(
          'Another number gives another split; the same number the same.',
          'Un autre nombre donne une autre répartition ; le même, la même.',
        ),
      }),
    ),
  stratify: z
    .array(z.string())
    .default([])
    .meta(
      form('In the same shares for each', 'Dans les mêmes parts pour chaque', {
        control: 'columns',
        port: 'in',
        advanced: true,
        help: text(
          'Splits each group of these columns by itself.',
          'Répartit chaque groupe de ces colonnes séparément.',
        ),
      }),
    ),
  together: z
    .array(z.string())
    .default([])
    .meta(
      form('Keep together', 'Garder ensemble', {
        control: 'columns',
        port: 'in',
        advanced: true,
        visibleWhen: { field: 'method', in: ['exact', 'stable'] },
        help: text(
          'All rows with the same values here go to one part, such as all orders of a customer. Shares then count groups.',
          'Toutes les lignes aux mêmes valeurs ici vont dans une partie, comme les commandes d’un client. Les parts comptent alors des groupes.',
        ),
      }),
    ),
})
export type SplitRowsConfig = z.output<typeof config>

export const splitRowsDescriptor = defineModule({
  type: 'transform.split_rows',
  version: 1,
  family: 'shape',
  title: { en: 'Split at random', fr: 'Répartir au hasard' },
  summary: {
    en: 'Sends rows to several parts at random, such as train and test.',
    fr: 'Envoie les lignes dans plusieurs parties au hasard, comme apprentissage et test.',
  },
  documentation: {
    en: `Every row leaves by exactly one port, one for each of the \`parts\`, in proportion to their shares.

- \`exact\`: the parts have their shares of the rows, rounded to whole rows. - \`stable\`: about these shares, each row being drawn for itself, so that it stays in its part when other rows are added or removed. Both depend on the rows’ content and the \`seed\` alone (and on the version of DuckDB),
  not on their order or the number of threads.
- \`order\`: the first rows go to the first part, and so on; with dates sorted before, the newest become the test.

\`stratify\` splits each group of the named columns in these shares. \`together\` keeps all rows with the same values in one part; the shares then count such groups. NULL is a value like any other. The rows of a part keep their order with \`order\` only.`,
    fr: `Chaque ligne sort par un seul port, un pour chacune des \`parts\`, en proportion de leurs parts.

- \`exact\` : les parties ont leur part des lignes, arrondie à des lignes entières. - \`stable\` : environ ces parts, chaque ligne étant tirée pour elle-même ; elle garde sa partie quand d’autres lignes s’ajoutent ou disparaissent. Les deux ne dépendent que du contenu des lignes et de \`seed\` (et de la version de DuckDB),
  non de leur ordre ni du nombre de threads.
- \`order\` : les premières lignes vont dans la première partie, et ainsi de suite ; avec des dates triées avant, les plus récentes forment le test.

\`stratify\` répartit chaque groupe des colonnes nommées dans ces parts. \`together\` garde dans une même partie toutes les lignes aux mêmes valeurs ; les parts comptent alors ces groupes. NULL est une valeur comme une autre. Les lignes d’une partie ne gardent leur ordre qu’avec \`order\`.`,
  },
  icon: 'split-rows',
  keywords: [
    ...[
      'train test split',
      'partition',
      'partitioning',
      'holdout',
      'create samples',
      'random split',
      'fold',
      'validation',
    ],
    ...['apprentissage', 'répartir', 'hasard', 'partitionner'],
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [{ name: 'part', title: { en: 'Part', fr: 'Partie' }, each: { field: 'parts', name: 'name' } }],
  config,
  defaultConfig: {
    parts: [
      { name: 'train', share: 70 },
      { name: 'test', share: 30 },
    ],
  },
  example: {
    parts: [
      { name: 'train', share: 80 },
      { name: 'test', share: 20 },
    ],
    stratify: ['churned'],
    seed: 7,
  },
  describe: ({ parts }) =>
    parts
      .map(({ name, share }) => `${name} ${share}`)
      .join(' · ')
      .slice(0, 150),
})
