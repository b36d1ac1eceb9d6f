import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { text } from '../../kit/form.ts'
import { remoteSourceFields } from '../../remote-files/config.ts'
import { remoteSourceDocumentation } from '../../remote-files/documentation.ts'

const config = z.strictObject({ connection: connectionField('s3'), ...remoteSourceFields })
export type S3ExtractConfig = z.output<typeof config>

export const s3ExtractDescriptor = defineModule({
  type: 'extract.s3',
  version: 1,
  family: 'extract',
  title: text('S3', 'S3'),
  summary: text(
    'Reads files of an S3 bucket: Parquet, CSV, JSON, Excel, XML, Arrow.',
    'Lit des fichiers d’un compartiment S3 : Parquet, CSV, JSON, Excel, XML, Arrow.',
  ),
  documentation: text(
    `Reads the objects of the connection's bucket that \`path\` means. Large objects are fetched in several parts at once. An object that is overwritten while it is
read ends the run (\`source.changed\`): it is asked for by the version that was listed.

${remoteSourceDocumentation.en}`,
    `Lit les objets du compartiment de la connexion que \`path\` désigne. Les grands objets sont lus en plusieurs parties à la fois. Un objet écrasé pendant sa lecture
arrête l’exécution (\`source.changed\`) : il est demandé dans la version qui a été listée.

${remoteSourceDocumentation.fr}`,
  ),
  icon: 'bucket',
  keywords: ['aws', 'amazon', 'minio', 'bucket', 'lake', 'object', 'parquet', 'stockage', 'compartiment'],
  inputs: [],
  outputs: [
    { name: 'out', title: text('Rows', 'Lignes') },
    { name: 'reject', title: text('Rejected', 'Rejets'), reject: true },
  ],
  config,
  defaultConfig: { connection: '', path: '' },
  example: { connection: 'lake', path: 'raw/orders/**/*.parquet', incremental: {}, file_name_column: 'file' },
  describe: ({ connection, path, format }) =>
    [connection, path, ...(format === 'auto' ? [] : [format])].filter((part) => part !== '').join(' · '),
})
