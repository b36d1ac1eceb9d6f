import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { partitionedBy, partitionField } from '../../kit/files/partitions.ts'
import { outputPathSchema, shortName, writeModeSchema } from '../../kit/files/write-options.ts'

const config = z.strictObject({
  path: outputPathSchema('out/sales.parquet'),
  mode: writeModeSchema,
  partition_by: partitionField({ advanced: false }),
  compression: z
    .enum(['zstd', 'snappy', 'gzip', 'lz4', 'uncompressed'])
    .default('zstd')
    .meta(
      formMeta('Compression', 'Compression', {
        control: 'select',
        options: [
          option('zstd', 'Zstandard', 'Zstandard'),
          option('snappy', 'Snappy', 'Snappy'),
          option('gzip', 'gzip', 'gzip'),
          option('lz4', 'LZ4', 'LZ4'),
          option('uncompressed', 'None', 'Aucune'),
        ],
        advanced: true,
      }),
    ),
  row_group_size: z
    .number()
    .int()
    .min(2048)
    .max(10_000_000)
    .optional()
    .meta(
      formMeta('Rows per group', 'Lignes par groupe', {
        control: 'number',
        help: text(
          'Empty: as many as hold about 10 MB in memory, at most 122,880.',
          'Vide : autant que contiennent environ 10 Mo en mémoire, 122 880 au plus.',
        ),
        advanced: true,
      }),
    ),
})

export const parquetLoadDescriptor = defineModule({
  type: 'load.parquet',
  version: 1,
  family: 'load',
  title: text('Parquet', 'Parquet'),
  summary: text('Writes Parquet files.', 'Écrit des fichiers Parquet.'),
  documentation: text(
    `Writes one Parquet file, or a folder: when the path ends in \`/\` or when there are columns to partition by.

The target is replaced in one step once everything is written: after a failure, a full disk or a crash it holds the old data or
the new, never a mix. \`append\` adds to a single file by rewriting it, and to a folder by one new file. \`overwrite\` of a folder
refuses to remove files that are not Parquet.`,
    `Écrit un fichier Parquet, ou un dossier : quand le chemin finit par \`/\` ou quand il y a des colonnes de partition.

La cible est remplacée d’un coup une fois tout écrit : après un échec, un disque plein ou un arrêt brutal, elle contient les
anciennes données ou les nouvelles, jamais un mélange. \`append\` réécrit un fichier unique et ajoute un fichier à un dossier.
\`overwrite\` d’un dossier refuse d’effacer des fichiers qui ne sont pas du Parquet.`,
  ),
  icon: 'parquet',
  keywords: ['columnar', 'hive', 'partition', 'file', 'export', 'fichier'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { path: 'out/result.parquet' },
  example: { path: 'out/sales/', partition_by: ['year'], mode: 'overwrite' },
  describe: (given) => [shortName(given.path), ...partitionedBy(given), given.mode].join(' · '),
})
