import { z } from 'zod'
import { form, option, text } from '../kit/form.ts'
import { formatFields } from './formats.ts'

const columnName = (en: string, fr: string, helpEn: string, helpFr: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta(form(en, fr, { control: 'text', advanced: true, help: text(helpEn, helpFr) }))

/** What every source of files behind a connection asks about, besides the connection. */
export const remoteSourceFields = {
  path: z
    .string()
    .min(1)
    .meta(
      form('Files', 'Fichiers', {
        placeholder: 'raw/orders/2026-*.csv',
        help: text(
          'A file, a pattern (** stands for folders however deep), or a folder that ends with /.',
          'Un fichier, un motif (** pour des dossiers à toute profondeur), ou un dossier terminé par /.',
        ),
      }),
    ),
  ...formatFields,
  incremental: z
    .strictObject({
      changed_files: z
        .literal(true)
        .default(true)
        .meta(
          form('New and changed files', 'Fichiers nouveaux ou modifiés', {
            control: 'switch',
            help: text(
              'A run reads the files that no run before it has loaded in the version that they have now.',
              'Une exécution lit les fichiers qu’aucune avant elle n’a chargés dans leur version actuelle.',
            ),
          }),
        ),
    })
    .optional()
    .meta(
      form('Only what is new since the last run', 'Seulement le nouveau depuis la dernière exécution', {
        control: 'group',
      }),
    ),
  folder_columns: z
    .enum(['auto', 'no'])
    .default('auto')
    .meta(
      form('Columns from folder names', 'Colonnes tirées des dossiers', {
        control: 'select',
        advanced: true,
        options: [
          option('auto', 'Where folders are named year=2024', 'Si les dossiers sont nommés year=2024'),
          option('no', 'Never', 'Jamais'),
        ],
      }),
    ),
  folder_types: z
    .record(z.string(), z.enum(['VARCHAR', 'BIGINT', 'DATE']))
    .optional()
    .meta(form('Types of those columns', 'Types de ces colonnes', { control: 'columnMap', advanced: true })),
  file_name_column: columnName(
    'Column for the file name',
    'Colonne pour le nom du fichier',
    'Each row gets the name of its file.',
    'Chaque ligne reçoit le nom de son fichier.',
  ),
  modified_column: columnName(
    'Column for the file’s date',
    'Colonne pour la date du fichier',
    'When the file was last changed.',
    'Dernière modification du fichier.',
  ),
  sample_megabytes: z
    .number()
    .min(1)
    .max(10_000)
    .default(16)
    .meta(
      form('Read for the columns, in MB', 'Lu pour les colonnes, en Mo', {
        advanced: true,
        help: text(
          'How much is fetched to find columns and types. What comes later and does not fit them ends the run.',
          'Ce qui est lu pour trouver colonnes et types. Ce qui vient ensuite et n’y entre pas arrête l’exécution.',
        ),
      }),
    ),
}

const schema = z.strictObject(remoteSourceFields)
export type RemoteSourceConfig = z.output<typeof schema>
