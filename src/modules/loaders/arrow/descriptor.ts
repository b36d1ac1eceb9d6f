import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { partitionDocumentation, partitionedBy, partitionField } from '../../kit/files/partitions.ts'
import { outputPathSchema, shortName, writeModeSchema } from '../../kit/files/write-options.ts'

const config = z.strictObject({
  path: outputPathSchema('out/orders.arrow'),
  mode: writeModeSchema,
  format: z
    .enum(['file', 'stream'])
    .default('file')
    .meta(
      formMeta('Format', 'Format', {
        control: 'select',
        options: [option('file', 'File (Feather 2)', 'Fichier (Feather 2)'), option('stream', 'Stream', 'Flux')],
      }),
    ),
  partition_by: partitionField({ advanced: true }),
  compression: z
    .enum(['none', 'zstd'])
    .default('none')
    .meta(
      formMeta('Compression', 'Compression', {
        control: 'select',
        options: [option('none', 'None', 'Aucune'), option('zstd', 'Zstandard', 'Zstandard')],
        advanced: true,
      }),
    ),
  batch_rows: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(65_536)
    .meta(formMeta('Rows per batch', 'Lignes par lot', { control: 'number', advanced: true })),
})
export type ArrowLoadConfig = z.output<typeof config>

export const arrowLoadDescriptor = defineModule({
  type: 'load.arrow',
  version: 1,
  family: 'load',
  title: text('Arrow', 'Arrow'),
  summary: text('Writes an Arrow IPC file or stream.', 'Écrit un fichier ou un flux Arrow IPC.'),
  documentation: text(
    `Writes the file format of Arrow IPC (Feather 2), which pandas, Polars, R and many databases read, or its stream format. Types are kept exactly: integers of up to 64 bits, decimals, dates, times,
timestamps with their unit, lists, arrays, structs, maps and bytes. TIMESTAMP WITH TIME ZONE is a timestamp in UTC, INTERVAL an interval of months, days and nanoseconds, an ENUM becomes its texts, and
UUID and JSON carry Arrow’s own extension names. HUGEINT, BIT, UNION, TIME WITH TIME ZONE and maps whose keys are nested have no such type and are refused by name; so is an infinite date.

Rows come in the order of the input, in batches, so that memory stays bounded; the same rows give the same bytes. With no rows the file has its columns and no batch.
The target is replaced in one step once everything is written.

${partitionDocumentation.en}`,
    `Écrit le format de fichier d’Arrow IPC (Feather 2), que lisent pandas, Polars, R et bien des bases, ou son format de flux. Les types sont gardés exactement : entiers jusqu’à 64 bits, décimaux, dates, heures,
horodatages avec leur unité, listes, tableaux, structures, maps et octets. TIMESTAMP WITH TIME ZONE est un horodatage en UTC, INTERVAL un intervalle de mois, jours et nanosecondes, un ENUM devient ses textes,
UUID et JSON portent les noms d’extension d’Arrow. HUGEINT, BIT, UNION, TIME WITH TIME ZONE et les maps à clés imbriquées n’ont pas de tel type et sont refusés par leur nom ; une date infinie aussi.

Les lignes arrivent dans l’ordre de l’entrée, par lots, si bien que la mémoire reste bornée ; les mêmes lignes donnent les mêmes octets. Sans ligne, le fichier a ses colonnes et aucun lot.
La cible est remplacée d’un coup une fois tout écrit.

${partitionDocumentation.fr}`,
  ),
  icon: 'parquet',
  keywords: ['ipc', 'feather', 'columnar', 'pandas', 'polars', 'export', 'partition', 'colonnes'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { path: 'out/result.arrow' },
  example: { path: 'out/orders.arrow', compression: 'zstd' },
  describe: (given) =>
    [shortName(given.path), ...(given.format === 'stream' ? ['stream'] : []), ...partitionedBy(given)].join(' · '),
})
