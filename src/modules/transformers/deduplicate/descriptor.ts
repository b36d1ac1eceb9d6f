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
    .enum(['first', 'last'])
    .default('first')
    .meta(
      form('Keep', 'Garder', {
        options: [option('first', 'The first', 'La première'), option('last', 'The last', 'La dernière')],
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
    en: `Of all rows with equal \`keys\`, one leaves by \`out\` and the others by \`duplicates\`: every row leaves by exactly one port. NULL equals NULL here.

\`keep: first\` or \`last\` goes by \`order\`; rows that are equal in it too are told apart by all their other columns, so that the result is the same on every run. Without an
\`order\`, it goes by the order of the input, which is that of the file, or of a Sort before; after a join or an aggregate, give one.`,
    fr: `De toutes les lignes aux \`keys\` égales, une sort par \`out\` et les autres par \`duplicates\` : chaque ligne sort par un seul port. NULL est ici égal à NULL.

\`keep: first\` ou \`last\` suit \`order\` ; les lignes égales sur cet ordre sont départagées par toutes leurs autres colonnes : le résultat est le même à chaque
exécution. Sans \`order\`, c’est l’ordre de l’entrée : celui du fichier, ou d’un tri ; après une jointure ou un agrégat, donnez-en un.`,
  },
  icon: 'deduplicate',
  keywords: ['distinct', 'unique', 'duplicates', 'doublons', 'latest', 'dernier'],
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
