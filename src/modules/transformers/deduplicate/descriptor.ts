import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option } from '../../kit/form.ts'
import { describeKeys, sortKeySchema } from '../../kit/sort-keys.ts'

const config = z.strictObject({
  keys: z
    .array(z.string())
    .default([])
    .meta(
      form('Rows are duplicates when these are equal', 'Les lignes sont des doublons quand ces colonnes sont égales', {
        control: 'columns',
        port: 'in',
        help: { en: 'Without any, whole rows are compared.', fr: 'Sans rien, les lignes entières sont comparées.' },
      }),
    ),
  keep: z
    .enum(['first', 'last', 'none'])
    .default('first')
    .meta(
      form('Keep', 'Garder', {
        options: [
          option('first', 'The first', 'La première'),
          option('last', 'The last', 'La dernière'),
          option('none', 'Only rows without duplicates', 'Seulement les lignes sans doublon'),
        ],
      }),
    ),
  ignore: z
    .array(z.enum(['case', 'accents', 'spaces', 'punctuation']))
    .default([])
    .meta(
      form('Do not count in texts', 'Ne pas compter dans les textes', {
        control: 'choices',
        advanced: true,
        options: [
          option('case', 'Upper and lower case', 'La casse'),
          option('accents', 'Accents', 'Les accents'),
          option('spaces', 'Blanks at the ends and doubled', 'Les espaces aux bords et doublés'),
          option('punctuation', 'Punctuation', 'La ponctuation'),
        ],
      }),
    ),
  order: z
    .array(sortKeySchema)
    .default([])
    .meta(
      form('In the order of', 'Dans l’ordre de', {
        control: 'list',
        help: { en: 'Without any: the order of the input.', fr: 'Sans rien : l’ordre de l’entrée.' },
      }),
    ),
})

export type DeduplicateConfig = z.output<typeof config>

export const deduplicateDescriptor = defineModule({
  type: 'transform.deduplicate',
  version: 1,
  family: 'shape',
  title: { en: 'Deduplicate', fr: 'Dédoublonner' },
  summary: {
    en: 'Keeps one row of each group of equal ones.',
    fr: 'Garde une ligne de chaque groupe de lignes égales.',
  },
  documentation: {
    en: `Of all rows with equal \`keys\`, one leaves by \`out\` and the others by \`duplicates\`: every row leaves by exactly one port. NULL equals NULL here, and NaN NaN. With \`ignore\`, texts count as equal when they differ only in case, accents, blanks or
punctuation; for similar spellings, put Group similar values before it.

\`keep: first\` or \`last\` goes by \`order\`; rows that are equal in it too are told apart by all their other columns, so that the result is the same on every run. Without an
\`order\`, it goes by the order of the input, which is that of the file, or of a Sort before; after a join or an aggregate, give one. \`keep: none\` lets only rows through that have no duplicate, and sends all others to \`duplicates\`.`,
    fr: `De toutes les lignes aux \`keys\` égales, une sort par \`out\` et les autres par \`duplicates\` : chaque ligne sort par un seul port. NULL est ici égal à NULL, et NaN à NaN. Avec \`ignore\`, des textes sont égaux s’ils ne diffèrent que par la casse, les accents, les espaces ou
la ponctuation ; pour des graphies semblables, mettez avant Regrouper les valeurs semblables.

\`keep: first\` ou \`last\` suit \`order\` ; les lignes égales sur cet ordre sont départagées par toutes leurs autres colonnes : le résultat est le même à chaque
exécution. Sans \`order\`, c’est l’ordre de l’entrée : celui du fichier, ou d’un tri ; après une jointure ou un agrégat, donnez-en un. \`keep: none\` ne laisse passer que les lignes sans doublon ; toutes les autres sortent par \`duplicates\`.`,
  },
  icon: 'deduplicate',
  keywords: [
    'distinct',
    'unique',
    'duplicates',
    'doublons',
    'latest',
    'dernier',
    'remove duplicates',
    'unique rows',
    'supprimer les doublons',
    'dédupliquer',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'One of each', fr: 'Une de chaque' } },
    { name: 'duplicates', title: { en: 'The others', fr: 'Les autres' } },
  ],
  config,
  defaultConfig: { keys: [] },
  example: { keys: ['customer_id'], keep: 'last', order: [{ column: 'updated_at' }] },
  describe: ({ keys, keep, order }) => {
    const by = keys.length > 0 ? `One per ${keys.join(', ')}` : 'One of equal rows'
    return order.length > 0 ? `${by} · ${keep} by ${describeKeys(order)}` : keys.length > 0 ? `${by} · ${keep}` : by
  },
})
