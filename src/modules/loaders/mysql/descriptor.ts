import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { form, text } from '../../kit/form.ts'
import { missingFor, tableLoadFields } from '../../kit/tables/config.ts'

const config = z
  .strictObject({
    connection: connectionField('mysql'),
    table: z
      .string()
      .min(1)
      .max(64)
      .meta(form('Table', 'Table', { placeholder: 'orders' })),
    database: z
      .string()
      .min(1)
      .optional()
      .meta(
        form('Database', 'Base de données', {
          advanced: true,
          help: text('Empty: the connection’s.', 'Vide : celle de la connexion.'),
        }),
      ),
    ...tableLoadFields,
  })
  .superRefine((given, context) => {
    const missing = missingFor(given)
    if (missing) context.addIssue({ code: 'custom', message: missing.message, path: [missing.path] })
  })
export type MysqlLoadConfig = z.output<typeof config>

export const mysqlLoadDescriptor = defineModule({
  type: 'load.mysql',
  version: 1,
  family: 'load',
  title: text('MySQL and MariaDB', 'MySQL et MariaDB'),
  summary: text(
    'Writes into a table of a MySQL or MariaDB database.',
    'Écrit dans une table d’une base MySQL ou MariaDB.',
  ),
  documentation: text(
    `All rows go into a table beside the target first, by the bulk path of the server (\`LOAD DATA LOCAL\`, from this program's own stream only), in their order where the server numbers them. The target changes at the end, at once:
one transaction, or one \`RENAME TABLE\` where a table is replaced or made. After a failure or a crash it holds the old rows or the new ones. A table \`_logidata_loads\` in the database
keeps which loads were made, so that none is made twice.

A table that is not there is made: UBIGINT is BIGINT UNSIGNED, VARCHAR is LONGTEXT (VARCHAR(255) in the key), TIMESTAMP and TIMESTAMP WITH TIME ZONE are DATETIME(6), the latter in
UTC, BLOB is LONGBLOB, BOOLEAN is TINYINT(1), lists and structs are JSON.

**Nothing is cut or rounded.** A value that its column cannot hold, a NULL where none may be, a fraction in a whole number: the load ends with the column and the row, and the
target is as it was. A key that is missing or comes twice is refused, too.

**Modes that know a key.** \`upsert\` updates rows of the same key and adds the others. \`merge\` also deletes the keys of rows for which \`deleted_when\` is true. \`soft_delete\` makes the table like the input, but keeps rows whose key is missing, with the
moment in \`deleted_at\`; one that comes again is taken back. \`history\` keeps every version of a row (slowly changing dimension, type 2): the old one ends (\`valid_to\`, \`is_current\`), the new one begins, with the moment of the load;
rows that are alike stay as they are. Letter case and trailing spaces count when values are compared. \`replace\`, \`truncate\` and the modes above say in a dry run exactly what would be new, changed, deleted and unchanged.
A table that is made gets its key and \`indexes\`.

**Choices of these modes.** \`matched\`, \`update_columns\` and \`not_matched\` say what \`upsert\` and \`merge\` do with rows whose key is there, and is not; with \`newer_by\` a row is updated or deleted only where that column is greater than in the table (it is always updated, too).
\`deleted_as\` marks rows that are missing by a moment, by yes or no, or by both. In \`history\` only \`version_columns\` make a new version, a change of the others is corrected in the current one; or one \`hash_column\` decides alone. With \`effective_column\` a version begins at a time
of the row, not of the load: a change that is not after the start of the current version, or the end of the last, is refused with its key, or left out (\`late: ignore\`).

\`replace\` keeps columns, keys, indexes, views and rights of the table; one with triggers or foreign keys is refused: \`truncate\` keeps those. Other modes than \`replace\` refuse a table whose
engine knows no transactions (MyISAM, Aria): it could be left half changed. Columns that \`on_drift: adapt\` adds are there before the rows are, and go again if the rows do not come; a load that is killed in between leaves them. Needs the rights CREATE, ALTER, DROP, INSERT, UPDATE, DELETE, SELECT, and \`local_infile\` on the server.`,
    `Toutes les lignes vont d’abord dans une table à côté de la cible, par la voie rapide du serveur (\`LOAD DATA LOCAL\`, depuis le seul flux de ce programme), dans leur ordre là où le serveur les numérote. La cible change à la fin, d’un
coup : une transaction, ou un \`RENAME TABLE\` quand une table est remplacée ou créée. Après un échec ou un arrêt brutal, elle contient les anciennes lignes ou les nouvelles. Une table
\`_logidata_loads\` de la base retient les chargements faits, pour qu’aucun ne soit fait deux fois.

Une table absente est créée : UBIGINT devient BIGINT UNSIGNED, VARCHAR devient LONGTEXT (VARCHAR(255) dans la clé), TIMESTAMP et TIMESTAMP WITH TIME ZONE deviennent DATETIME(6), ce
dernier en UTC, BLOB devient LONGBLOB, BOOLEAN devient TINYINT(1), listes et structures deviennent JSON.

**Rien n’est coupé ni arrondi.** Une valeur que sa colonne ne peut contenir, un NULL interdit, une fraction dans un entier : le chargement s’arrête avec la colonne et la ligne, et la
cible est comme avant. Une clé absente ou présente deux fois est aussi refusée.

**Modes à clé.** \`upsert\` met à jour les lignes de même clé et ajoute les autres. \`merge\` supprime aussi les clés des lignes pour lesquelles \`deleted_when\` est vrai. \`soft_delete\` rend la table semblable à l’entrée, mais garde les lignes dont la clé manque,
avec l’instant dans \`deleted_at\` ; une ligne qui revient est rétablie. \`history\` garde chaque version d’une ligne (dimension à évolution lente, type 2) : l’ancienne se termine (\`valid_to\`, \`is_current\`), la nouvelle commence, à l’instant du chargement ;
les lignes semblables restent telles quelles. Casse et espaces finaux comptent dans la comparaison. \`replace\`, \`truncate\` et les modes ci-dessus disent dans un essai à blanc ce qui serait nouveau, modifié, supprimé et inchangé.
Une table créée reçoit sa clé et ses \`indexes\`.

**Choix de ces modes.** \`matched\`, \`update_columns\` et \`not_matched\` disent ce que \`upsert\` et \`merge\` font des lignes dont la clé est présente, ou absente ; avec \`newer_by\`, une ligne n’est mise à jour ou supprimée que si cette colonne est plus grande que dans la table (elle est alors toujours mise à jour).
\`deleted_as\` marque les lignes absentes par un instant, par oui ou non, ou par les deux. Dans \`history\`, seules \`version_columns\` font une nouvelle version, un changement des autres est corrigé dans l’actuelle ; ou une seule \`hash_column\` décide. Avec \`effective_column\`, une version commence à un instant
de la ligne et non du chargement : un changement qui n’est pas postérieur au début de la version actuelle, ou à la fin de la dernière, est refusé avec sa clé, ou laissé de côté (\`late: ignore\`).

\`replace\` garde colonnes, clés, index, vues et droits de la table ; une table avec déclencheurs ou clés étrangères est refusée : \`truncate\` les garde. Les modes autres que \`replace\` refusent une table dont
le moteur ignore les transactions (MyISAM, Aria) : elle pourrait rester à moitié changée. Les colonnes que \`on_drift: adapt\` ajoute sont là avant les lignes, et s’en vont si celles-ci n’arrivent pas ; un chargement tué entre les deux les laisse. Il faut les droits CREATE, ALTER, DROP, INSERT, UPDATE, DELETE, SELECT, et \`local_infile\` sur le serveur.`,
  ),
  icon: 'database',
  keywords: ['mysql', 'mariadb', 'sql', 'database', 'upsert', 'merge', 'insert', 'base de données', 'export'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { connection: '', table: '' },
  example: { connection: 'shop', table: 'orders', mode: 'upsert', key: ['order_id'], on_drift: 'adapt' },
  describe: ({ table, mode }) => `${table} · ${mode}`,
})
