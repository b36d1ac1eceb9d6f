import { z } from 'zod'
import { columnTypeSchema } from '../column-type.ts'
import { dateFormat } from '../date-format.ts'
import { formMeta, option, text } from '../form.ts'

const columnSchema = z.strictObject({
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
    .meta(formMeta('Date format', 'Format de date', { placeholder: 'dd/MM/yyyy' })),
})

/** What `extract.json` and `extract.ndjson` share. */
export const jsonFields = {
  path: z
    .string()
    .min(1, 'name a file')
    .meta(formMeta('File', 'Fichier', { control: 'inputPath' })),
  columns: z
    .record(z.string(), columnSchema)
    .optional()
    .meta(
      formMeta('Columns', 'Colonnes', {
        control: 'columnMap',
        help: text('What is left out is detected.', 'Le reste est détecté.'),
      }),
    ),
  on_bad_row: z
    .enum(['fail', 'reject'])
    .default('fail')
    .meta(
      formMeta('A row that cannot be read', 'Une ligne illisible', {
        control: 'select',
        options: [
          option('fail', 'Fails the run', 'Arrête l’exécution'),
          option('reject', 'Goes to reject', 'Va dans les rejets'),
        ],
      }),
    ),
  max_depth: z
    .number()
    .int()
    .min(0)
    .max(50)
    .default(10)
    .meta(
      formMeta('Levels of nesting', 'Niveaux d’imbrication', {
        control: 'number',
        help: text('What is deeper stays JSON.', 'Ce qui est plus profond reste du JSON.'),
        advanced: true,
      }),
    ),
  compression: z
    .enum(['auto', 'none', 'gzip', 'zstd'])
    .default('auto')
    .meta(formMeta('Compression', 'Compression', { control: 'select', advanced: true })),
  file_name_column: z
    .string()
    .min(1)
    .optional()
    .meta(formMeta('Column for the file name', 'Colonne pour le nom du fichier', { advanced: true })),
}

export const jsonConfigSchema = z.strictObject(jsonFields)
export type JsonConfig = z.output<typeof jsonConfigSchema>

export const jsonOutputs = [
  { name: 'out', title: text('Rows', 'Lignes') },
  { name: 'reject', title: text('Rejected', 'Rejets'), reject: true },
]
