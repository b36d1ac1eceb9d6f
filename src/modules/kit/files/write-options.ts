import { z } from 'zod'
import { formMeta, option } from './form.ts'

/** The field `mode` of every load into a file. */
export const writeModeSchema = z
  .enum(['overwrite', 'append', 'fail'])
  .default('overwrite')
  .meta(
    formMeta('If it exists', 'S’il existe', {
      control: 'select',
      options: [
        option('overwrite', 'Replace it', 'Le remplacer'),
        option('append', 'Add the rows', 'Ajouter les lignes'),
        option('fail', 'Fail', 'Échouer'),
      ],
    }),
  )

export const outputPathSchema = (placeholder: string) =>
  z
    .string()
    .min(1, 'name a file')
    .meta(formMeta('File', 'Fichier', { control: 'outputPath', placeholder }))

/** The last part of a path, for the line on a node. */
export const shortName = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? path
