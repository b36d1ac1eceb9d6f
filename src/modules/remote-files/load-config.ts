import { z } from 'zod'
import { form, option, text } from '../kit/form.ts'
import { loadFormatFields } from './load-formats.ts'

/** What every target of files behind a connection asks about, besides the connection. */
export const remoteTargetFields = {
  path: z
    .string()
    .min(1)
    .regex(/^[^/]/, 'a path from the root, without / at its start')
    .meta(
      form('File or folder', 'Fichier ou dossier', {
        placeholder: 'marts/sales.parquet',
        help: text('A folder ends with /.', 'Un dossier se termine par /.'),
      }),
    ),
  mode: z
    .enum(['overwrite', 'fail', 'append', 'overwrite_partitions'])
    .default('overwrite')
    .meta(
      form('What happens to what is there', 'Que devient ce qui s’y trouve', {
        control: 'select',
        options: [
          option('overwrite', 'It is replaced', 'Il est remplacé'),
          option('fail', 'The run ends', 'L’exécution s’arrête'),
          option('append', 'It stays; a file is added to the folder', 'Il reste ; un fichier s’ajoute au dossier'),
          option(
            'overwrite_partitions',
            'Folders of the partitions that come are replaced',
            'Les dossiers des partitions reçues sont remplacés',
          ),
        ],
      }),
    ),
  partition_by: z
    .array(z.string().min(1))
    .default([])
    .meta(
      form('Partition by', 'Partitionner par', {
        control: 'columns',
        port: 'in',
        help: text(
          'A folder for each value: year=2026/. The path is a folder then.',
          'Un dossier par valeur : year=2026/. Le chemin est alors un dossier.',
        ),
      }),
    ),
  ...loadFormatFields,
}

const schema = z.strictObject(remoteTargetFields)
export type RemoteTargetConfig = z.output<typeof schema>

/** What does not go together. */
export function checkTarget({ path, mode, partition_by, format }: RemoteTargetConfig): string | undefined {
  const isFolder = path.endsWith('/')
  if (partition_by.length > 0 && !isFolder) return 'a path that ends with / is needed to partition'
  if (partition_by.length > 0 && ['excel', 'xml'].includes(format)) return 'Excel and XML are not partitioned'
  if (mode === 'append' && !isFolder) return 'only a folder (a path that ends with /) can be added to'
  if (mode === 'overwrite_partitions' && partition_by.length === 0) return 'name the columns of the partitions'
  return undefined
}
