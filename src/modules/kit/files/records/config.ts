import { z } from 'zod'
import { columnOverrideSchema } from '../column-override.ts'
import { formMeta, option, text } from '../form.ts'
import { type SourceConfig, sourceFields } from '../source.ts'

const columnSchema = columnOverrideSchema.pick({ type: true, name: true, format: true })

/** What becomes of a row that cannot be read, of every extract that reads text. */
export const onBadRowField = z
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
  )

/** What extracts that stage records ask about, besides the path. */
export const recordFields = {
  columns: z
    .record(z.string(), columnSchema)
    .optional()
    .meta(
      formMeta('Columns', 'Colonnes', {
        control: 'columnMap',
        help: text('What is left out is detected.', 'Le reste est détecté.'),
      }),
    ),
  on_bad_row: onBadRowField,
  ...sourceFields,
}

export const compressionField = z
  .enum(['auto', 'none', 'gzip', 'zstd'])
  .default('auto')
  .meta(formMeta('Compression', 'Compression', { control: 'select', advanced: true }))

export const depthField = z
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
  )

export interface RecordConfig extends SourceConfig {
  readonly columns?: Readonly<Record<string, z.output<typeof columnSchema>>> | undefined
  readonly on_bad_row: 'fail' | 'reject'
}

/** The ports of every extract that stages records. */
export const recordOutputs = [
  { name: 'out', title: text('Rows', 'Lignes') },
  { name: 'reject', title: text('Rejected', 'Rejets'), reject: true },
]
