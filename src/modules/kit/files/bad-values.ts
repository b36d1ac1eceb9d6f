import { z } from 'zod'
import { formMeta, option } from './form.ts'

/** What to do with a value that is not of its column's type. */
export const badValueField = z
  .enum(['fail', 'reject', 'null'])
  .default('fail')
  .meta(
    formMeta('A value that does not fit its type', 'Une valeur qui ne correspond pas à son type', {
      control: 'select',
      options: [
        option('fail', 'Fails the run', 'Arrête l’exécution'),
        option('reject', 'Its row goes to reject', 'Sa ligne va dans les rejets'),
        option('null', 'Becomes NULL', 'Devient NULL'),
      ],
    }),
  )
