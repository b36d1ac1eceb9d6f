import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { text } from '../../kit/form.ts'
import { checkTarget, remoteTargetFields } from '../../remote-files/load-config.ts'

const config = z
  .strictObject({ connection: connectionField('s3'), ...remoteTargetFields })
  .superRefine((given, context) => {
    const message = checkTarget(given)
    if (message !== undefined) context.addIssue({ code: 'custom', message, path: ['mode'] })
  })
export type S3LoadConfig = z.output<typeof config>

export const s3LoadDescriptor = defineModule({
  type: 'load.s3',
  version: 1,
  family: 'load',
  title: text('S3', 'S3'),
  summary: text(
    'Writes files into an S3 bucket: Parquet, CSV, JSON, Excel, XML, Arrow.',
    'Écrit des fichiers dans un compartiment S3 : Parquet, CSV, JSON, Excel, XML, Arrow.',
  ),
  documentation: text(
    `Rows are first written into local files by the code that writes such files into the project, then put into the bucket in parts, several at once. The options of a format are those of its step
(\`csv: { delimiter: ";" }\`).

**One object** (\`marts/sales.parquet\`) is there in one step: readers see the old one or the new one, whatever happens. \`fail\` refuses a name that is taken, also when somebody takes it in the same moment.

**A folder** (\`marts/sales/\`, with \`partition_by\` or without) has files of its own names for every load. A bucket has no way to exchange several objects at once: new ones are put first, then the old ones are removed. A reader in between may see
both, never less than either; a run that is cut off there leaves both, and the run resumed removes the old ones. \`append\` adds files; \`overwrite_partitions\` removes what was in the folders of the partitions that came.
A note in \`_logidata_loads/\` says which loads were made, so that none is made twice; names with \`_\` are left out by those who read folders.

Every part goes with a checksum that the store compares. Parts of a load that failed or was cancelled are removed; those that a power cut left, which nobody sees, by the next load of the same name: at once in a folder, after a day for one object
(somebody else may still be at it). A rule of the bucket that removes unfinished uploads after some days does no harm.`,
    `Les lignes sont d’abord écrites dans des fichiers locaux par le code qui écrit de tels fichiers dans le projet, puis envoyées dans le compartiment en plusieurs parties à la fois. Les options d’un format sont celles de son étape
(\`csv: { delimiter: ";" }\`).

**Un objet** (\`marts/sales.parquet\`) apparaît d’un coup : on voit l’ancien ou le nouveau, quoi qu’il arrive. \`fail\` refuse un nom déjà pris, même s’il l’est au même instant.

**Un dossier** (\`marts/sales/\`, avec ou sans \`partition_by\`) reçoit à chaque chargement des fichiers à ses propres noms. Un compartiment ne sait pas échanger plusieurs objets d’un coup : les nouveaux sont envoyés d’abord, puis les anciens supprimés. Entre-temps
on peut voir les deux, jamais moins que l’un ou l’autre ; une exécution coupée à ce moment laisse les deux, et sa reprise supprime les anciens. \`append\` ajoute des fichiers ; \`overwrite_partitions\` supprime ce qui était dans les dossiers des partitions reçues.
Une note dans \`_logidata_loads/\` dit quels chargements sont faits, pour qu’aucun ne le soit deux fois ; qui lit un dossier laisse de côté les noms en \`_\`.

Chaque partie part avec une somme de contrôle que le stockage compare. Les parties d’un chargement échoué ou annulé sont supprimées ; celles qu’une coupure de courant a laissées, que personne ne voit, le sont par le prochain chargement du même nom : aussitôt dans un dossier, après un jour
pour un objet seul (quelqu’un d’autre peut y être encore). Une règle du compartiment qui supprime les envois inachevés après quelques jours ne nuit pas.`,
  ),
  icon: 'bucket',
  keywords: ['aws', 'amazon', 'minio', 'bucket', 'lake', 'object', 'parquet', 'stockage', 'compartiment'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { connection: '', path: 'result.parquet' },
  example: { connection: 'lake', path: 'marts/sales/', partition_by: ['year'], mode: 'overwrite_partitions' },
  describe: ({ connection, path, mode }) => [connection, path, mode].filter((part) => part !== '').join(' · '),
})
