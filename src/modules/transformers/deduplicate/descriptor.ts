import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option } from '../../kit/form.ts'
import { describeSimilar, similarFields } from '../../kit/similar-fields.ts'
import { describeKeys, sortKeySchema } from '../../kit/sort-keys.ts'

const similarSchema = z.strictObject({
  column: z
    .string()
    .optional()
    .meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
  ...similarFields,
})

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
  similar: z
    .array(similarSchema)
    .default([])
    .meta(
      form('And these are similar', 'Et quand celles-ci se ressemblent', {
        control: 'list',
        help: {
          en: 'Spellings of the same name or address. Rows whose columns above differ are never compared.',
          fr: 'Des graphies d’un même nom ou d’une même adresse. Les lignes qui diffèrent sur les colonnes ci-dessus ne sont jamais comparées.',
        },
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
  group_column: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column for the number of the group', 'Colonne du numéro du groupe', {
        advanced: true,
        placeholder: 'group_id',
        help: {
          en: 'The same for a row that was kept and its duplicates, to look through them.',
          fr: 'Le même pour une ligne gardée et ses doublons, pour les parcourir.',
        },
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
    en: 'Keeps one row of each group of equal or similar ones.',
    fr: 'Garde une ligne de chaque groupe de lignes égales ou semblables.',
  },
  documentation: {
    en: `Of all rows with equal \`keys\`, one leaves by \`out\` and the others by \`duplicates\`: every row leaves by exactly one port. NULL equals NULL here, and NaN NaN. With \`ignore\`, texts count as equal when they differ only in case, accents, blanks or
punctuation; and with \`similar\` when their spellings are alike.

**Similar rows.** Rows are duplicates when all \`keys\` are equal and all columns of \`similar\` are similar: the same words in any order (\`fingerprint\`), the same groups of letters (\`ngram\`), few letters that differ (\`edit\`), or a high Jaro-Winkler similarity
(\`jaro_winkler\`). Case, accents, punctuation and blanks never count there. With the last two a value joins the most frequent similar one that is more frequent than itself (equal counts go by the alphabet), and goes with that one to its group, so chains of small differences can
join values that differ more: look through \`duplicates\`. Values are compared where \`keys\` are equal and their first \`same_start\` letters agree: a postcode or a year of birth in \`keys\` makes millions of rows quick. Empty values are similar to each other only.

\`group_column\` gives rows of one group the same number, on both ports; groups are numbered in the order of their values.

\`keep: first\` or \`last\` goes by \`order\`; rows that are equal in it too are told apart by all their other columns, so that the result is the same on every run. Without an
\`order\`, it goes by the order of the input, which is that of the file, or of a Sort before; after a join or an aggregate, give one. \`keep: none\` lets only rows through that have no duplicate, and sends all others to \`duplicates\`.`,
    fr: `De toutes les lignes aux \`keys\` égales, une sort par \`out\` et les autres par \`duplicates\` : chaque ligne sort par un seul port. NULL est ici égal à NULL, et NaN à NaN. Avec \`ignore\`, des textes sont égaux s’ils ne diffèrent que par la casse, les accents, les espaces ou
la ponctuation ; et avec \`similar\` quand leurs graphies se ressemblent.

**Lignes semblables.** Des lignes sont des doublons quand toutes leurs \`keys\` sont égales et que toutes les colonnes de \`similar\` se ressemblent : les mêmes mots dans tout ordre (\`fingerprint\`), les mêmes groupes de lettres (\`ngram\`), peu de lettres différentes (\`edit\`), ou une forte
ressemblance de Jaro-Winkler (\`jaro_winkler\`). La casse, les accents, la ponctuation et les espaces n’y comptent jamais. Avec les deux derniers, une valeur rejoint la plus fréquente de celles qui lui ressemblent et sont plus fréquentes qu’elle (à nombres égaux, l’alphabet décide), et va avec elle
dans son groupe ; des chaînes de petites différences peuvent donc réunir des valeurs plus éloignées : parcourez \`duplicates\`. Les valeurs sont comparées quand les \`keys\` sont égales et leurs \`same_start\` premières lettres identiques : un code postal ou une année de naissance dans \`keys\` rend
rapides des millions de lignes. Les valeurs vides ne ressemblent qu’entre elles.

\`group_column\` donne le même numéro aux lignes d’un groupe, sur les deux ports ; les groupes sont numérotés dans l’ordre de leurs valeurs.

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
    'fuzzy',
    'fuzzy match',
    'similar',
    'ressemblance',
    'approximatif',
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'One of each', fr: 'Une de chaque' } },
    { name: 'duplicates', title: { en: 'The others', fr: 'Les autres' } },
  ],
  config,
  defaultConfig: { keys: [] },
  example: { keys: ['customer_id'], keep: 'last', order: [{ column: 'updated_at' }] },
  describe: ({ keys, similar, keep, order }) => {
    const alike = similar.map((each) => `${each.column ?? '…'} (${describeSimilar(each)})`)
    const names = [...keys, ...alike]
    const by = names.length > 0 ? `One per ${names.join(', ')}` : 'One of equal rows'
    return order.length > 0 ? `${by} · ${keep} by ${describeKeys(order)}` : names.length > 0 ? `${by} · ${keep}` : by
  },
})
