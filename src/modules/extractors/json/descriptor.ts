import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, text } from '../../kit/files/form.ts'
import { jsonFields } from '../../kit/files/json/config.ts'
import { recordOutputs } from '../../kit/files/records/config.ts'
import { withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

const { path, ...others } = jsonFields
const config = z.strictObject({
  path,
  records_path: z
    .string()
    .optional()
    .meta(
      formMeta('Where the rows are', 'Où sont les lignes', {
        control: 'text',
        placeholder: 'data.items',
        help: text('Empty: the file is the array.', 'Vide : le fichier est le tableau.'),
      }),
    ),
  ...others,
})

export const jsonExtractDescriptor = defineModule({
  type: 'extract.json',
  version: 1,
  family: 'extract',
  title: text('JSON', 'JSON'),
  summary: text('Reads arrays of JSON records.', 'Lit des tableaux d’enregistrements JSON.'),
  documentation: withSource(
    text(
      `Reads a JSON array of objects, or the array that \`records_path\` names inside the file (\`data.items\`). Objects become STRUCT, arrays
become lists; what has no single type stays JSON. Types are decided from all records: whole numbers beyond 64 bits and decimals
with more digits than a double holds are DECIMAL. A file of one record per line is read with \`extract.ndjson\`.`,
      `Lit un tableau JSON d’objets, ou celui que \`records_path\` désigne dans le fichier (\`data.items\`). Les objets deviennent STRUCT, les
tableaux des listes ; ce qui n’a pas de type unique reste JSON. Les types sont décidés sur tous les enregistrements : les entiers au-delà de
64 bits et les décimaux trop longs pour un double sont DECIMAL. Un fichier d’un enregistrement par ligne se lit avec \`extract.ndjson\`.`,
    ),
  ),
  icon: 'json',
  keywords: ['nested', 'api', 'array', 'imbriqué', 'tableau'],
  inputs: [],
  outputs: recordOutputs,
  config,
  defaultConfig: { path: '' },
  example: { path: 'data/orders.json', records_path: 'data.items' },
  describe: (given) => [shortName(given.path), ...(given.records_path ? [given.records_path] : [])].join(' · '),
})
