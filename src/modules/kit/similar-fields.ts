import { z } from 'zod'
import { form, option, text } from './form.ts'

/** How values are told to be similar, of every step that does. */
export const similarFields = {
  method: z
    .enum(['fingerprint', 'ngram', 'edit', 'jaro_winkler'])
    .default('fingerprint')
    .meta(
      form('Values are similar when', 'Les valeurs se ressemblent quand', {
        options: [
          option('fingerprint', 'They have the same words in any order', 'Elles ont les mêmes mots, dans tout ordre'),
          option('ngram', 'They have the same groups of letters', 'Elles ont les mêmes groupes de lettres'),
          option('edit', 'Few letters differ (edit distance)', 'Peu de lettres diffèrent (distance d’édition)'),
          option('jaro_winkler', 'They resemble each other (Jaro-Winkler)', 'Elles se ressemblent (Jaro-Winkler)'),
        ],
        help: text(
          'Upper and lower case, accents, punctuation and blanks never count.',
          'La casse, les accents, la ponctuation et les espaces ne comptent jamais.',
        ),
      }),
    ),
  letters: z
    .number()
    .int()
    .min(1)
    .max(10)
    .default(2)
    .meta(form('Letters in a group', 'Lettres par groupe', { visibleWhen: { field: 'method', in: ['ngram'] } })),
  distance: z
    .number()
    .int()
    .min(1)
    .max(50)
    .default(2)
    .meta(
      form('Letters that may differ', 'Lettres qui peuvent différer', {
        visibleWhen: { field: 'method', in: ['edit'] },
      }),
    ),
  similarity: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.92)
    .meta(
      form('Similarity at least (0.5 to 1)', 'Ressemblance d’au moins (0,5 à 1)', {
        visibleWhen: { field: 'method', in: ['jaro_winkler'] },
      }),
    ),
  same_start: z
    .number()
    .int()
    .min(0)
    .max(20)
    .default(1)
    .meta(
      form('Letters that must agree at the start', 'Lettres identiques au début', {
        advanced: true,
        visibleWhen: { field: 'method', in: ['edit', 'jaro_winkler'] },
        help: text(
          'More is quicker: only values that begin alike are compared. With 0, each with each.',
          'Plus il y en a, plus c’est rapide : seules les valeurs au même début sont comparées. Avec 0, chacune à chacune.',
        ),
      }),
    ),
}

const schema = z.object(similarFields)
export type SimilarConfig = z.output<typeof schema>

/** For the line on a node. */
export const describeSimilar = ({ method, distance, similarity }: SimilarConfig): string =>
  ({ fingerprint: 'same words', ngram: 'same letters', edit: `≤ ${distance} edits`, jaro_winkler: `≥ ${similarity}` })[
    method
  ]
