import { z } from 'zod'
import { form, option, text } from './form.ts'

/** Of extracts whose source can do steps of the pipeline itself. */
export const pushdownField = () =>
  z
    .enum(['auto', 'off'])
    .default('auto')
    .meta(
      form('Steps after this one', 'Étapes suivantes', {
        advanced: true,
        help: text(
          'The source is asked for no rows that the steps after it drop and no columns that nothing reads, where that means the same there. Results are the same either way.',
          'La source n’envoie ni les lignes que les étapes suivantes retirent ni les colonnes que rien ne lit, là où cela y a le même sens. Les résultats sont les mêmes.',
        ),
        options: [
          option('auto', 'In the source where possible', 'Dans la source si possible'),
          option('off', 'Always here', 'Toujours ici'),
        ],
      }),
    )
