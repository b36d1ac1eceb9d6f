import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { form, option, text } from '../../kit/form.ts'
import { rightColumnFields } from '../../kit/sides.ts'
import { documentation } from './documentation.ts'

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
  documentation,
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
  defaultConfig: { keys: [], threshold: 0.8 },
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
