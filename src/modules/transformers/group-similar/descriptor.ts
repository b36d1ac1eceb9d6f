import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option } from '../../kit/form.ts'
import { describeSimilar, similarFields } from '../../kit/similar-fields.ts'

const config = z.strictObject({
  column: z
    .string()
    .optional()
    .meta(form('Group the values of', 'Regrouper les valeurs de', { control: 'column', port: 'in' })),
  ...similarFields,
  keep: z
    .enum(['frequent', 'longest', 'shortest'])
    .default('frequent')
    .meta(
      form('Value of a group', 'Valeur d’un groupe', {
        options: [
          option('frequent', 'The most frequent', 'La plus fréquente'),
          option('longest', 'The longest', 'La plus longue'),
          option('shortest', 'The shortest', 'La plus courte'),
        ],
      }),
    ),
  into: z
    .enum(['column', 'replace'])
    .default('column')
    .meta(
      form('Write it', 'L’écrire', {
        options: [
          option('column', 'Into a new column', 'Dans une nouvelle colonne'),
          option('replace', 'In place of the value', 'À la place de la valeur'),
        ],
      }),
    ),
  name: z
    .string()
    .min(1)
    .default('group')
    .meta(form('Name of the column', 'Nom de la colonne', { visibleWhen: { field: 'into', in: ['column'] } })),
  id_column: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Column for the number of the group', 'Colonne du numéro du groupe', {
        advanced: true,
        placeholder: 'group_id',
      }),
    ),
})
export type GroupSimilarConfig = z.output<typeof config>

export const groupSimilarDescriptor = defineModule({
  type: 'transform.group_similar',
  version: 1,
  family: 'shape',
  title: { en: 'Group similar values', fr: 'Regrouper les valeurs semblables' },
  summary: {
    en: 'Finds spellings of the same value, and gives all of them one.',
    fr: 'Trouve les graphies d’une même valeur, et leur en donne une seule.',
  },
  documentation: {
    en: `Every row keeps its value and gets that of its group: of \`Acme Ltd\`, \`ACME ltd.\` and \`Ltd Acme\`, the most frequent. Equal counts go by the alphabet, so that the result is always the same. Empty values stay empty. The port \`groups\` lists what was put together, to be looked through.

- \`fingerprint\`: equal after taking away case, accents and punctuation, and sorting the words. Safe, and quick for any number of values.
- \`ngram\`: equal sets of groups of \`letters\` letters; also finds words written together or apart.
- \`edit\`: at most \`distance\` letters inserted, left out or exchanged. - \`jaro_winkler\`: a similarity of at least \`similarity\`, as for names of people. Both compare values with each other: raise \`same_start\` where there are
  more than some ten thousand different ones. Values of more than 1,000 letters are not compared.

With the last two, a value joins the most frequent value that is similar to it and more frequent than itself, and goes with that one to its group; so chains of small differences can join values that differ more. Look through \`groups\`, and lower the distance if they are too large.

Rows may come in another order. To keep one row of each group, Deduplicate does both in one step.`,
    fr: `Chaque ligne garde sa valeur et reçoit celle de son groupe : de \`Acme Ltd\`, \`ACME ltd.\` et \`Ltd Acme\`, la plus fréquente. À nombres égaux, l’ordre alphabétique décide : le résultat est toujours le même. Les valeurs vides restent vides. Le port \`groups\` liste ce qui a été réuni, pour le parcourir.

- \`fingerprint\` : égales une fois retirés casse, accents et ponctuation, et les mots triés. Sûr, et rapide pour tout nombre de valeurs.
- \`ngram\` : mêmes ensembles de groupes de \`letters\` lettres ; trouve aussi les mots collés ou séparés.
- \`edit\` : au plus \`distance\` lettres insérées, omises ou échangées. - \`jaro_winkler\` : une ressemblance d’au moins \`similarity\`, comme pour des noms de personnes. Les deux comparent les valeurs entre elles : augmentez \`same_start\` au-delà de quelques
  dizaines de milliers de valeurs différentes. Les valeurs de plus de 1 000 lettres ne sont pas comparées.

Avec ces deux derniers, une valeur rejoint la plus fréquente de celles qui lui ressemblent et sont plus fréquentes qu’elle, et va avec elle dans son groupe ; des chaînes de petites différences peuvent donc réunir des valeurs plus éloignées. Parcourez \`groups\`, et réduisez la distance si les groupes sont trop grands.

Les lignes peuvent changer d’ordre. Pour garder une ligne de chaque groupe, Dédoublonner fait les deux en une étape.`,
  },
  icon: 'group-similar',
  keywords: [
    ...[
      'cluster',
      'fuzzy group',
      'fuzzy match',
      'openrefine',
      'make group',
      'similar',
      'duplicates',
      'spelling',
      'levenshtein',
    ],
    ...['regrouper', 'orthographe', 'ressemblance', 'doublons', 'graphies', 'approximatif'],
  ],
  inputs: [{ name: 'in', title: { en: 'Rows', fr: 'Lignes' } }],
  outputs: [
    { name: 'out', title: { en: 'Rows with groups', fr: 'Lignes avec groupes' } },
    { name: 'groups', title: { en: 'Values put together', fr: 'Valeurs réunies' } },
  ],
  config,
  defaultConfig: {},
  example: { column: 'company', method: 'edit', distance: 2, into: 'replace' },
  describe: (given) => `${given.column ?? '…'} · ${describeSimilar(given)}`,
})
