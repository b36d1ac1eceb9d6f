import { z } from 'zod'
import { formMeta, option, text } from './form.ts'

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

/** Of every load of text. */
export const writeCompressionField = z
  .enum(['auto', 'none', 'gzip', 'zstd'])
  .default('auto')
  .meta(
    formMeta('Compression', 'Compression', {
      control: 'select',
      options: [
        option('auto', 'By the name (.gz, .zst, .zip)', 'Selon le nom (.gz, .zst, .zip)'),
        option('none', 'None', 'Aucune'),
        option('gzip', 'gzip', 'gzip'),
        option('zstd', 'Zstandard', 'Zstandard'),
      ],
      help: text(
        'A name that ends with .zip makes an archive with that one file.',
        'Un nom terminé par .zip fait une archive contenant ce seul fichier.',
      ),
      advanced: true,
    }),
  )

/** The last part of a path, for the line on a node. */
export const shortName = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? path
