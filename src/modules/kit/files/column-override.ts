import { z } from 'zod'
import { columnTypeSchema } from './column-type.ts'
import { dateFormat } from './date-format.ts'
import { formMeta } from './form.ts'

/** What a person says of one column of a file whose types are detected: the value of a `columnMap`. */
export const columnOverrideSchema = z.strictObject({
  type: columnTypeSchema.optional().meta(formMeta('Type', 'Type', { control: 'type' })),
  name: z
    .string()
    .min(1)
    .optional()
    .meta(formMeta('New name', 'Nouveau nom', { control: 'text' })),
  format: z
    .string()
    .refine((given) => dateFormat(given) !== undefined, 'write a format such as dd/MM/yyyy or %d/%m/%Y')
    .optional()
    .meta(formMeta('Date format of texts', 'Format des dates en texte', { placeholder: 'dd/MM/yyyy' })),
  decimal_separator: z
    .string()
    .length(1, 'one character')
    .optional()
    .meta(formMeta('Decimal separator of texts', 'Séparateur décimal des textes')),
  thousands_separator: z
    .string()
    .max(1, 'one character, or nothing')
    .optional()
    .meta(formMeta('Thousands separator of texts', 'Séparateur des milliers des textes')),
  leading_zeros: z
    .boolean()
    .optional()
    .meta(formMeta('Read the text 00123 as 123', 'Lire le texte 00123 comme 123', { control: 'switch' })),
})
export type ColumnOverride = z.output<typeof columnOverrideSchema>
