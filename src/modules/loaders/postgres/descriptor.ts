import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { form, text } from '../../kit/form.ts'
import { missingFor, tableLoadFields } from '../../kit/tables/config.ts'

const config = z
  .strictObject({
    connection: connectionField('postgres'),
    table: z
      .string()
      .min(1)
      .max(63)
      .meta(form('Table', 'Table', { placeholder: 'orders' })),
    schema: z
      .string()
      .min(1)
      .max(63)
      .default('public')
      .meta(form('Schema', 'Schéma', { advanced: true })),
    ...tableLoadFields,
  })
  .superRefine((given, context) => {
    const missing = missingFor(given)
    if (missing) context.addIssue({ code: 'custom', message: missing.message, path: [missing.path] })
  })
export type PostgresLoadConfig = z.output<typeof config>

export const postgresLoadDescriptor = defineModule({
  type: 'load.postgres',
  version: 1,
  family: 'load',
  title: text('PostgreSQL', 'PostgreSQL'),
  summary: text('Writes into a table of a PostgreSQL database.', 'Écrit dans une table d’une base PostgreSQL.'),
  documentation: text(
    `Rows go to the server by \`COPY\`, all in one transaction: after a failure, a cancel or a crash the table holds the old rows or the new ones, and others see nothing in between. They keep their order where the server numbers them, and come as they are ready elsewhere.
A table \`_logidata_loads\` in the schema keeps which loads were made, so that none is made twice.

A table that is not there is made: UBIGINT and larger are NUMERIC, VARCHAR is TEXT, BLOB is BYTEA, lists are arrays; structs, maps and lists of lists are JSON. A list goes into a column that is no array as JSON. The key becomes its primary key.

**Nothing is cut or rounded.** Where a column of the table has another type than the input, each value must come back from it as it was; otherwise the load ends with the column and the value.
Text with a NUL character is refused. A TIMESTAMP goes into a column with time zone as UTC. Values for JSONB are normalised by the server. A key that is missing or comes twice is refused.

**Modes that know a key.** \`upsert\` updates rows of the same key and adds the others. \`merge\` also deletes the keys of rows for which \`deleted_when\` is true. \`soft_delete\` makes the table like the input, but keeps rows whose key is missing, with the
moment in \`deleted_at\`; one that comes again is taken back. \`history\` keeps every version of a row (slowly changing dimension, type 2): the old one ends (\`valid_to\`, \`is_current\`), the new one begins, with the moment of the load;
rows that are alike stay as they are. Letter case and trailing spaces count when values are compared. \`replace\`, \`truncate\` and the modes above say in a dry run exactly what would be new, changed, deleted and unchanged.
A table that is made gets its key and \`indexes\`. With \`on_drift: adapt\` columns are added, and widened where every value stays itself (INTEGER to BIGINT, more digits); nothing is narrowed.

**Choices of these modes.** \`matched\`, \`update_columns\` and \`not_matched\` say what \`upsert\` and \`merge\` do with rows whose key is there, and is not; with \`newer_by\` a row is updated or deleted only where that column is greater than in the table (it is always updated, too).
\`deleted_as\` marks rows that are missing by a moment, by yes or no, or by both. In \`history\` only \`version_columns\` make a new version, a change of the others is corrected in the current one; or one \`hash_column\` decides alone. With \`effective_column\` a version begins at a time
of the row, not of the load: a change that is not after the start of the current version, or the end of the last, is refused with its key, or left out (\`late: ignore\`).

\`replace\` builds a new table with the columns, defaults, keys, indexes, comments and rights of the old one (indexes are named anew) and puts it in its place; a table with views, triggers, foreign keys,
policies, partitions, serial columns or rights on columns is refused: \`truncate\` keeps those. \`truncate\` deletes the rows, so that readers see the old ones until the end.
\`delete_insert\` treats NULL in a part as a value. Row order is not kept by tables.`,
    `Les lignes vont au serveur par \`COPY\`, en une seule transaction : après un échec, une annulation ou un arrêt brutal, la table contient les anciennes lignes ou les nouvelles, et personne ne voit
d’état intermédiaire. Une table \`_logidata_loads\` du schéma retient les chargements faits, pour qu’aucun ne soit fait deux fois. Les lignes gardent leur ordre là où le serveur les numérote ; ailleurs, elles viennent dès qu’elles sont prêtes.

Une table absente est créée : UBIGINT et plus grand deviennent NUMERIC, VARCHAR devient TEXT, BLOB devient BYTEA, les listes des tableaux (arrays) ; structures, maps et listes de listes deviennent JSON. Une liste entre en JSON dans une colonne qui n’est pas un tableau. La clé devient sa clé primaire.

**Rien n’est coupé ni arrondi.** Quand une colonne de la table a un autre type que l’entrée, chaque valeur doit en revenir telle quelle ; sinon le chargement s’arrête avec la colonne et la valeur.
Un texte contenant un caractère NUL est refusé. Un TIMESTAMP entre dans une colonne avec fuseau comme UTC. Les valeurs pour JSONB sont normalisées par le serveur. Une clé absente ou présente deux fois est refusée.

**Modes à clé.** \`upsert\` met à jour les lignes de même clé et ajoute les autres. \`merge\` supprime aussi les clés des lignes pour lesquelles \`deleted_when\` est vrai. \`soft_delete\` rend la table semblable à l’entrée, mais garde les lignes dont la clé manque,
avec l’instant dans \`deleted_at\` ; une ligne qui revient est rétablie. \`history\` garde chaque version d’une ligne (dimension à évolution lente, type 2) : l’ancienne se termine (\`valid_to\`, \`is_current\`), la nouvelle commence, à l’instant du chargement ;
les lignes semblables restent telles quelles. Casse et espaces finaux comptent dans la comparaison. \`replace\`, \`truncate\` et les modes ci-dessus disent dans un essai à blanc ce qui serait nouveau, modifié, supprimé et inchangé.
Une table créée reçoit sa clé et ses \`indexes\`. Avec \`on_drift: adapt\`, des colonnes sont ajoutées, et élargies quand chaque valeur reste elle-même (INTEGER vers BIGINT, plus de chiffres) ; rien n’est rétréci.

**Choix de ces modes.** \`matched\`, \`update_columns\` et \`not_matched\` disent ce que \`upsert\` et \`merge\` font des lignes dont la clé est présente, ou absente ; avec \`newer_by\`, une ligne n’est mise à jour ou supprimée que si cette colonne est plus grande que dans la table (elle est alors toujours mise à jour).
\`deleted_as\` marque les lignes absentes par un instant, par oui ou non, ou par les deux. Dans \`history\`, seules \`version_columns\` font une nouvelle version, un changement des autres est corrigé dans l’actuelle ; ou une seule \`hash_column\` décide. Avec \`effective_column\`, une version commence à un instant
de la ligne et non du chargement : un changement qui n’est pas postérieur au début de la version actuelle, ou à la fin de la dernière, est refusé avec sa clé, ou laissé de côté (\`late: ignore\`).

\`replace\` construit une table avec colonnes, valeurs par défaut, clés, index, commentaires et droits de l’ancienne (les index changent de nom) et la met à sa place ; une table avec vues, déclencheurs,
clés étrangères, politiques, partitions, colonnes serial ou droits sur des colonnes est refusée : \`truncate\` les garde. \`truncate\` supprime les lignes : les lecteurs voient les anciennes jusqu’à la fin.
\`delete_insert\` traite NULL dans une partie comme une valeur. Les tables ne gardent pas l’ordre des lignes.`,
  ),
  icon: 'database',
  keywords: [
    'postgres',
    'postgresql',
    'sql',
    'copy',
    'database',
    'upsert',
    'merge',
    'insert',
    'base de données',
    'export',
  ],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { connection: '', table: '' },
  example: { connection: 'shop', table: 'orders', mode: 'upsert', key: ['order_id'], on_drift: 'adapt' },
  describe: ({ table, mode }) => `${table} · ${mode}`,
})
