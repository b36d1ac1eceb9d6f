import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { text } from '../../kit/form.ts'
import { remoteSourceFields } from '../../remote-files/config.ts'
import { remoteSourceDocumentation } from '../../remote-files/documentation.ts'

const config = z.strictObject({ connection: connectionField('sftp'), ...remoteSourceFields })
export type SftpExtractConfig = z.output<typeof config>

export const sftpExtractDescriptor = defineModule({
  type: 'extract.sftp',
  version: 1,
  family: 'extract',
  title: text('SFTP', 'SFTP'),
  summary: text(
    'Reads files of a server over SSH: CSV, Excel, JSON, XML, Parquet, Arrow.',
    'Lit des fichiers d’un serveur par SSH : CSV, Excel, JSON, XML, Parquet, Arrow.',
  ),
  documentation: text(
    `Reads the files that \`path\` means, below the folder of the connection. Many reads are on their way at once, so that a slow line is full. A file whose size or time changes while it is read
ends the run (\`source.changed\`), and nothing of it is kept: let the other side write under another name and rename. Of a file's content a server says no more than its size and its time, to the second.
Links to files are followed, links to folders only where \`path\` names them.

${remoteSourceDocumentation.en}`,
    `Lit les fichiers que \`path\` désigne, sous le dossier de la connexion. Beaucoup de lectures sont en route à la fois, pour remplir une ligne lente. Un fichier dont la taille ou la date change pendant la lecture
arrête l’exécution (\`source.changed\`), et rien n’en est gardé : laissez l’autre côté écrire sous un autre nom puis renommer. Du contenu d’un fichier, un serveur ne dit que sa taille et sa date, à la seconde.
Les liens vers des fichiers sont suivis, ceux vers des dossiers seulement si \`path\` les nomme.

${remoteSourceDocumentation.fr}`,
  ),
  icon: 'file',
  keywords: ['ssh', 'ftp', 'scp', 'download', 'remote files', 'server', 'télécharger', 'fichiers distants', 'serveur'],
  inputs: [],
  outputs: [
    { name: 'out', title: text('Rows', 'Lignes') },
    { name: 'reject', title: text('Rejected', 'Rejets'), reject: true },
  ],
  config,
  defaultConfig: { connection: '', path: '' },
  example: { connection: 'partner', path: 'exports/2026-*.csv.gz', csv: { delimiter: ';' }, incremental: {} },
  describe: ({ connection, path, format }) =>
    [connection, path, ...(format === 'auto' ? [] : [format])].filter((part) => part !== '').join(' · '),
})
