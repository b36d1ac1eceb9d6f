import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { rightColumnFields } from '../../kit/sides.ts'

const keySchema = z.strictObject({
  left: z.string().meta(form('Left', 'Gauche', { control: 'column', port: 'left' })),
  right: z.string().meta(form('Right', 'Droite', { control: 'column', port: 'right' })),
  method: z
    .enum([
      'levenshtein',
      'damerau_levenshtein',
      'jaro_winkler',
      'token_sort',
      'token_set',
      'jaccard',
      'trigram',
      'exact',
    ])
    .default('levenshtein')
    .meta(
      form('Compare by', 'Comparer par', {
        options: [
          option('levenshtein', 'Typing errors (Levenshtein)', 'Fautes de frappe (Levenshtein)'),
          option(
            'damerau_levenshtein',
            'Typing errors and swapped letters (Damerau)',
            'Fautes de frappe et lettres inversées (Damerau)',
          ),
          option('jaro_winkler', 'Short names (Jaro-Winkler)', 'Noms courts (Jaro-Winkler)'),
          option('token_sort', 'Words in any order', 'Mots dans n’importe quel ordre'),
          option('token_set', 'Words, some of which may be missing', 'Mots, dont certains peuvent manquer'),
          option('jaccard', 'Share of common words (Jaccard)', 'Part de mots communs (Jaccard)'),
          option('trigram', 'Share of common groups of three letters', 'Part de groupes de trois lettres communs'),
          option('exact', 'Must be equal', 'Doit être égal'),
        ],
      }),
    ),
  weight: z
    .number()
    .positive()
    .max(1000)
    .default(1)
    .meta(form('Weight', 'Poids', { advanced: true })),
})

const flag = (en: string, fr: string) =>
  z
    .boolean()
    .default(true)
    .meta(form(en, fr, { advanced: true }))

const config = z.strictObject({
  keys: z
    .array(keySchema)
    .default([])
    .meta(form('Columns that are alike', 'Colonnes qui se ressemblent', { control: 'list' })),
  threshold: z
    .number()
    .min(0.1)
    .max(1)
    .default(0.8)
    .meta(
      form('Alike from', 'Ressemblant à partir de', {
        help: text('From 0 (nothing in common) to 1 (the same).', 'De 0 (rien en commun) à 1 (identiques).'),
      }),
    ),
  matches: z
    .enum(['best', 'best_n', 'all'])
    .default('best')
    .meta(
      form('Take', 'Prendre', {
        options: [
          option('best', 'The best match', 'La meilleure correspondance'),
          option('best_n', 'The best few', 'Les quelques meilleures'),
          option('all', 'All matches', 'Toutes les correspondances'),
        ],
      }),
    ),
  count: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .meta(form('How many', 'Combien', { visibleWhen: { field: 'matches', in: ['best_n'] } })),
  keep: z
    .enum(['all', 'matched'])
    .default('all')
    .meta(
      form('Left rows without a match', 'Lignes de gauche sans correspondance', {
        options: [
          option('all', 'Keep, with empty columns', 'Garder, avec des colonnes vides'),
          option('matched', 'Only to “Left rest”', 'Seulement vers « Reste gauche »'),
        ],
      }),
    ),
  score_column: z.string().min(1).default('score').meta(form('Column for the score', 'Colonne pour le score')),
  key_scores: z
    .boolean()
    .default(false)
    .meta(
      form('A score for each pair of columns too', 'Aussi un score par paire de colonnes', {
        advanced: true,
        help: text('Named score_1, score_2, …', 'Nommés score_1, score_2…'),
      }),
    ),
  ignore_case: flag('Ignore upper and lower case', 'Ignorer la casse'),
  ignore_accents: flag('Ignore accents', 'Ignorer les accents'),
  ignore_punctuation: flag('Ignore punctuation', 'Ignorer la ponctuation'),
  ignore_spaces: flag('Ignore extra white space', 'Ignorer les espaces en trop'),
  blocking: z
    .enum(['auto', 'words', 'sound', 'letters', 'none'])
    .default('auto')
    .meta(
      form('Compare only rows that have in common', 'Ne comparer que les lignes qui ont en commun', {
        advanced: true,
        options: [
          option('auto', 'What the methods need (misses nothing)', 'Ce que les méthodes exigent (ne manque rien)'),
          option('words', 'A word', 'Un mot'),
          option('sound', 'A word that sounds alike', 'Un mot qui sonne pareil'),
          option('letters', 'Their first letters', 'Leurs premières lettres'),
          option('none', 'Nothing: compare all with all', 'Rien : tout comparer avec tout'),
        ],
      }),
    ),
  letters: z
    .number()
    .int()
    .min(1)
    .max(20)
    .default(3)
    .meta(
      form('How many letters', 'Combien de lettres', {
        advanced: true,
        visibleWhen: { field: 'blocking', in: ['letters'] },
      }),
    ),
  ...rightColumnFields(),
})
export type FuzzyJoinConfig = z.output<typeof config>
export type FuzzyKey = z.output<typeof keySchema>

export const fuzzyJoinDescriptor = defineModule({
  type: 'transform.fuzzy_join',
  version: 1,
  family: 'combine',
  title: { en: 'Fuzzy join', fr: 'Joindre par ressemblance' },
  summary: {
    en: 'Puts together rows whose texts are alike though not equal, with a score.',
    fr: 'Réunit les lignes dont les textes se ressemblent sans être égaux, avec un score.',
  },
  documentation: {
    en: `Each pair of columns gives a score from 0 to 1, and the score of a pair of rows is their mean, weighted by \`weight\`. Rows whose score is the \`threshold\` or more match.

| method | the score is |
| --- | --- |
| \`levenshtein\` | 1 − edits ÷ length of the longer text; an edit adds, drops or changes a letter |
| \`damerau_levenshtein\` | the same, where swapping two neighbours is one edit |
| \`jaro_winkler\` | Jaro's similarity, higher where the first four letters agree |
| \`token_sort\` | \`levenshtein\` over the words in the order of the alphabet |
| \`token_set\` | the same, or the share that the common words have of either text, whichever is most |
| \`jaccard\` | common words ÷ all different words of both |
| \`trigram\` | the same with groups of three letters |
| \`exact\` | no score: these columns must be equal, as they are |

**Before comparing**, case, accents, punctuation and extra white space are taken away, as the switches say. A text that is empty then, or NULL, scores 0. The first
100 characters count. Letters outside the Latin alphabet count by their bytes in UTF-8, two to four each.

**Which rows are compared.** Comparing all with all takes forever on large tables. \`blocking: auto\` compares only rows that can reach the threshold, and **misses none**: texts
within so many edits have a piece in common, since so many edits cannot touch all pieces (PassJoin); texts with so many common words share one of their rarest. For \`jaro_winkler\` there is no such rule:
there, and only there, rows that share a word sounding alike (Soundex) or the first three letters are compared, and others can be missed. The other choices are faster, and can miss matches; \`none\` misses nothing and is
for small tables. Columns to be equal (\`exact\`) make everything faster. Low thresholds and long texts make it slower.

**Best matches** are the highest scores for a left row; where scores are equal, the right row that is first by all its columns. A right row may be the best of several left rows.

**Outputs.** \`match\` has the left columns, then the right ones as in Join, then the score. \`left_rest\` and \`right_rest\` have the rows of each side that are in no match. The order of rows is not kept.`,
    fr: `Chaque paire de colonnes donne un score de 0 à 1 ; le score d’une paire de lignes est leur moyenne, pondérée par \`weight\`. Les lignes dont le score atteint \`threshold\` correspondent.

| méthode | le score est |
| --- | --- |
| \`levenshtein\` | 1 − modifications ÷ longueur du texte le plus long ; une modification ajoute, retire ou change une lettre |
| \`damerau_levenshtein\` | de même, mais inverser deux lettres voisines est une seule modification |
| \`jaro_winkler\` | la similarité de Jaro, plus haute quand les quatre premières lettres concordent |
| \`token_sort\` | \`levenshtein\` sur les mots dans l’ordre alphabétique |
| \`token_set\` | de même, ou la part des mots communs dans l’un des textes, si elle est plus grande |
| \`jaccard\` | mots communs ÷ tous les mots différents des deux |
| \`trigram\` | de même avec des groupes de trois lettres |
| \`exact\` | aucun score : ces colonnes doivent être égales, telles quelles |

**Avant de comparer**, la casse, les accents, la ponctuation et les espaces en trop sont retirés, selon les réglages. Un texte alors vide, ou NULL, a le score 0. Les 100 premiers
caractères comptent. Les lettres hors de l’alphabet latin comptent par leurs octets en UTF-8, de deux à quatre.

**Quelles lignes sont comparées.** Tout comparer avec tout serait interminable sur de grandes tables. \`blocking: auto\` ne compare que les lignes qui peuvent atteindre le seuil et **n’en manque aucune** : des textes
séparés par si peu de modifications ont un morceau en commun, car elles ne peuvent toucher tous les morceaux (PassJoin) ; des textes ayant tant de mots communs partagent l’un de leurs plus rares. Pour \`jaro_winkler\` il n’existe pas de telle règle :
là, et là seulement, sont comparées les lignes qui partagent un mot de même son (Soundex) ou les trois premières lettres, et d’autres peuvent manquer. Les autres choix sont plus rapides et peuvent manquer des correspondances ; \`none\` n’en manque
aucune et convient aux petites tables. Les colonnes à égalité (\`exact\`) accélèrent tout. Les seuils bas et les textes longs ralentissent.

**Les meilleures correspondances** sont les scores les plus hauts d’une ligne de gauche ; à score égal, la ligne de droite première selon toutes ses colonnes. Une ligne de droite peut être la meilleure de plusieurs lignes de gauche.

**Sorties.** \`match\` a les colonnes de gauche, puis celles de droite comme dans Joindre, puis le score. \`left_rest\` et \`right_rest\` ont les lignes de chaque côté qui ne sont dans aucune correspondance. L’ordre des lignes n’est pas gardé.`,
  },
  icon: 'fuzzy-join',
  keywords: [
    'fuzzy match',
    'approximate',
    'similarity',
    'levenshtein',
    'jaro-winkler',
    'soundex',
    'record linkage',
    'entity resolution',
    'names',
    'rapprochement',
    'approximatif',
    'ressemblance',
    'similarité',
    'dédoublonner',
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
  defaultConfig: { keys: [{ left: '', right: '' }], threshold: 0.8 },
  example: {
    keys: [
      { left: 'company', right: 'name', method: 'token_set', weight: 2 },
      { left: 'town', right: 'city', method: 'levenshtein' },
      { left: 'country', right: 'country', method: 'exact' },
    ],
    threshold: 0.85,
    matches: 'best',
  },
  describe: ({ keys, threshold }) =>
    `${keys.map(({ left, right }) => (left === right ? left : `${left} ≈ ${right}`)).join(', ') || '…'} · ${threshold}`,
})
