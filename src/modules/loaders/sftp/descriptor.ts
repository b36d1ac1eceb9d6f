import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { text } from '../../kit/form.ts'
import { checkTarget, remoteTargetFields } from '../../remote-files/load-config.ts'

const config = z
  .strictObject({ connection: connectionField('sftp'), ...remoteTargetFields })
  .superRefine((given, context) => {
    const message = checkTarget(given)
    if (message !== undefined) context.addIssue({ code: 'custom', message, path: ['mode'] })
  })
export type SftpLoadConfig = z.output<typeof config>

export const sftpLoadDescriptor = defineModule({
  type: 'load.sftp',
  version: 1,
  family: 'load',
  title: text('SFTP', 'SFTP'),
  summary: text(
    'Writes files to a server over SSH: CSV, Excel, JSON, XML, Parquet, Arrow.',
    'Écrit des fichiers sur un serveur par SSH : CSV, Excel, JSON, XML, Parquet, Arrow.',
  ),
  documentation: text(
    `Rows are first written into local files by the code that writes such files into the project, then sent. The options of a format are those of its step (\`csv: { delimiter: ";" }\`). Folders that are missing are made.

**One file** (\`out/sales.csv\`) is sent under a temporary name beside it (\`.logidata-….part\`), compared in size, brought to the disk of the server where it can say so, and then given its name in one step: readers see the old file or the new one, whatever happens.
A server that cannot replace a file in one step (without \`posix-rename@openssh.com\`) is told so, and the old file stays. \`fail\` refuses a name that is taken. What a run that was cut off has left under a temporary name is written over when it is resumed.

**A folder** (\`out/sales/\`, with \`partition_by\` or without) has files of its own names for every load: new ones come first, then the old ones go. A reader in between may see both, never less than either. \`append\` adds a file; \`overwrite_partitions\` removes
what was in the folders of the partitions that came.

A note in \`_logidata_loads/\` says which load the files are of, so that a run that is resumed makes none twice; readers of folders leave it out.`,
    `Les lignes sont d’abord écrites dans des fichiers locaux par le code qui écrit de tels fichiers dans le projet, puis envoyées. Les options d’un format sont celles de son étape (\`csv: { delimiter: ";" }\`). Les dossiers manquants sont créés.

**Un fichier** (\`out/sales.csv\`) est envoyé sous un nom provisoire à côté (\`.logidata-….part\`), sa taille comparée, écrit sur le disque du serveur si celui-ci sait le dire, puis reçoit son nom d’un coup : on voit l’ancien fichier ou le nouveau, quoi qu’il arrive.
Un serveur qui ne sait pas remplacer un fichier d’un coup (sans \`posix-rename@openssh.com\`) est signalé, et l’ancien fichier reste. \`fail\` refuse un nom déjà pris. Ce qu’une exécution coupée a laissé sous un nom provisoire est réécrit à sa reprise.

**Un dossier** (\`out/sales/\`, avec ou sans \`partition_by\`) reçoit à chaque chargement des fichiers à ses propres noms : les nouveaux d’abord, puis les anciens partent. Entre-temps on peut voir les deux, jamais moins que l’un ou l’autre. \`append\` ajoute un fichier ; \`overwrite_partitions\` supprime
ce qui était dans les dossiers des partitions reçues.

Une note dans \`_logidata_loads/\` dit de quel chargement sont les fichiers, pour qu’une reprise n’en fasse aucun deux fois ; qui lit un dossier la laisse de côté.`,
  ),
  icon: 'file',
  keywords: ['ssh', 'ftp', 'scp', 'upload', 'remote files', 'server', 'envoyer', 'fichiers distants', 'serveur'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { connection: '', path: 'result.csv' },
  example: { connection: 'partner', path: 'incoming/orders.csv', csv: { delimiter: ';' }, mode: 'fail' },
  describe: ({ connection, path, mode }) => [connection, path, mode].filter((part) => part !== '').join(' · '),
})
