import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { driftField } from '../../kit/files/drift.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { sourceFields, sourcePath, withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

const config = z.strictObject({
  path: sourcePath('data/orders.arrow'),
  columns: z
    .array(z.string())
    .optional()
    .meta(
      formMeta('Columns', 'Colonnes', {
        control: 'list',
        help: text('Empty: all of them.', 'Vide : toutes.'),
        advanced: true,
      }),
    ),
  unfinished: z
    .enum(['fail', 'accept'])
    .default('fail')
    .meta(
      formMeta('A stream without its end', 'Un flux sans sa fin', {
        control: 'select',
        options: [
          option('fail', 'Fails the run', 'Arrête l’exécution'),
          option('accept', 'Is read as far as it goes', 'Est lu jusqu’où il va'),
        ],
        advanced: true,
      }),
    ),
  when_columns_differ: driftField,
  ...sourceFields,
})
export type ArrowConfig = z.output<typeof config>

export const arrowExtractDescriptor = defineModule({
  type: 'extract.arrow',
  version: 1,
  family: 'extract',
  title: text('Arrow', 'Arrow'),
  summary: text('Reads Arrow IPC files and streams (Feather 2).', 'Lit des fichiers et flux Arrow IPC (Feather 2).'),
  documentation: withSource(
    text(
      `Reads the file format of Arrow IPC, which is Feather 2, and its stream format; which one is seen from the first bytes. Buffers packed with LZ4 or Zstandard are read too.
One record batch is in memory at a time.

Types are kept exactly: integers of all sizes, decimals of up to 38 digits (of 128 and of 256 bits), dates, times, lists, structs, maps, bytes. A timestamp without a zone is TIMESTAMP (TIMESTAMP_NS
when it counts nanoseconds); one with a zone is an instant, TIMESTAMP WITH TIME ZONE. A duration or interval is INTERVAL, half floats are FLOAT, dictionaries become their values, and a
column of type null is INTEGER, all NULL. Values that would lose something, such as nanoseconds of an instant, end the run with file, row and column.

Unions, decimals of more than 38 digits and run-end-encoded columns are refused by name; \`columns\` reads the others. Several files are matched by the names of their columns, whose types must agree.
A stream that lacks its end may have been cut off: it is refused unless \`unfinished\` accepts it.`,
      `Lit le format de fichier d’Arrow IPC, qui est Feather 2, et son format de flux ; les premiers octets disent lequel. Les tampons compressés par LZ4 ou Zstandard sont lus aussi.
Un seul lot de lignes est en mémoire à la fois.

Les types sont gardés exactement : entiers de toutes tailles, décimaux jusqu’à 38 chiffres (de 128 et 256 bits), dates, heures, listes, structures, maps, octets. Un horodatage sans fuseau est TIMESTAMP
(TIMESTAMP_NS s’il compte en nanosecondes) ; avec fuseau, c’est un instant, TIMESTAMP WITH TIME ZONE. Une durée ou un intervalle est INTERVAL, les demi-flottants sont FLOAT, les dictionnaires deviennent leurs
valeurs, et une colonne de type null est INTEGER, toute NULL. Une valeur qui perdrait quelque chose, comme les nanosecondes d’un instant, arrête l’exécution avec fichier, ligne et colonne.

Unions, décimaux de plus de 38 chiffres et colonnes codées par plages sont refusés par leur nom ; \`columns\` lit les autres. Plusieurs fichiers sont associés par les noms de leurs colonnes, dont les types doivent
concorder. Un flux sans fin a pu être coupé : il est refusé sauf si \`unfinished\` l’accepte.`,
    ),
  ),
  icon: 'parquet',
  keywords: ['ipc', 'feather', 'columnar', 'pandas', 'polars', 'record batch', 'colonnes'],
  inputs: [],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { path: '' },
  example: { path: 'data/2024-*.arrow', file_name_column: 'file' },
  describe: (given) => shortName(given.path),
})
