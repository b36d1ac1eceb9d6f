import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { partitionDocumentation, partitionedBy, partitionField } from '../../kit/files/partitions.ts'
import { outputPathSchema, shortName, writeCompressionField, writeModeSchema } from '../../kit/files/write-options.ts'

const config = z.strictObject({
  path: outputPathSchema('out/sales.json'),
  mode: writeModeSchema,
  format: z
    .enum(['array', 'ndjson'])
    .default('array')
    .meta(
      formMeta('Format', 'Format', {
        control: 'select',
        options: [
          option('array', 'One array', 'Un tableau'),
          option('ndjson', 'One record per line', 'Un enregistrement par ligne'),
        ],
      }),
    ),
  partition_by: partitionField({ advanced: true }),
  compression: writeCompressionField,
})

export type JsonLoadConfig = z.output<typeof config>

export const jsonLoadDescriptor = defineModule({
  type: 'load.json',
  version: 1,
  family: 'load',
  title: text('JSON', 'JSON'),
  summary: text('Writes a JSON file.', 'Écrit un fichier JSON.'),
  documentation: text(
    `Writes one array of objects, or one object per line (\`ndjson\`). Lists and structs stay nested; dates and times are ISO 8601 texts; decimals and
whole numbers keep all their digits. NaN and infinity, for which JSON has no number, end the run with the name of their column.

The target is replaced in one step once everything is written.

${partitionDocumentation.en}`,
    `Écrit un tableau d’objets, ou un objet par ligne (\`ndjson\`). Listes et structures restent imbriquées ; dates et heures sont des textes ISO 8601 ;
décimaux et entiers gardent tous leurs chiffres. NaN et l’infini, qui n’ont pas de nombre en JSON, arrêtent l’exécution en nommant leur colonne.

La cible est remplacée d’un coup une fois tout écrit.

${partitionDocumentation.fr}`,
  ),
  icon: 'json',
  keywords: ['ndjson', 'jsonl', 'export', 'nested', 'partition'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { path: 'out/result.json' },
  example: { path: 'out/sales.ndjson', format: 'ndjson', mode: 'append' },
  describe: (given) => [shortName(given.path), given.format, ...partitionedBy(given), given.mode].join(' · '),
})
