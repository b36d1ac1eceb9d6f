import { defineModule } from '../../../shared/modules/descriptor.ts'
import { text } from '../../kit/files/form.ts'
import { jsonConfigSchema } from '../../kit/files/json/config.ts'
import { recordOutputs } from '../../kit/files/records/config.ts'
import { withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

export const ndjsonExtractDescriptor = defineModule({
  type: 'extract.ndjson',
  version: 1,
  family: 'extract',
  title: text('NDJSON', 'NDJSON'),
  summary: text('Reads files of one JSON record per line.', 'Lit des fichiers d’un enregistrement JSON par ligne.'),
  documentation: withSource(
    text(
      `Reads one JSON object per line, also compressed. Objects become STRUCT, arrays become lists; what has no single type stays JSON.
Types are decided from all records, so that none contradicts them: whole numbers beyond 64 bits and decimals with more
digits than a double holds are DECIMAL, neither passes through a double. A line that is no object ends the run with its number, or goes to \`reject\`.`,
      `Lit un objet JSON par ligne, même compressé. Les objets deviennent STRUCT, les tableaux des listes ; ce qui n’a pas de type unique reste
JSON. Les types sont décidés sur tous les enregistrements : aucun ne les contredit. Les entiers au-delà de 64 bits et les décimaux trop
longs pour un double sont DECIMAL. Une ligne qui n’est pas un objet arrête l’exécution avec son numéro, ou va dans \`reject\`.`,
    ),
  ),
  icon: 'ndjson',
  keywords: ['jsonl', 'json lines', 'nested', 'log', 'imbriqué'],
  inputs: [],
  outputs: recordOutputs,
  config: jsonConfigSchema,
  defaultConfig: { path: '' },
  example: { path: 'data/events-*.ndjson.gz', on_bad_row: 'reject', columns: { amount: { type: 'DECIMAL(12,2)' } } },
  describe: (given) => [shortName(given.path), 'one record per line'].join(' · '),
})
