import { z } from 'zod'
import { form, option, text } from './form.ts'

/** Of extracts whose source can do steps of the pipeline itself. */
export const pushdownField = () =>
  z
    .enum(['auto', 'off'])
    .default('auto')
    .meta(
      form('Filters after this step', 'Filtres après cette étape', {
        advanced: true,
        help: text(
          'The source is asked for no rows that filters drop, where a condition means the same there. Results are the same either way.',
          'La source n’envoie pas les lignes que les filtres retirent, là où une condition y a le même sens. Les résultats sont les mêmes.',
        ),
        options: [
          option('auto', 'In the source where possible', 'Dans la source si possible'),
          option('off', 'Always here', 'Toujours ici'),
        ],
      }),
    )
