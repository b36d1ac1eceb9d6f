import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { form, option, text } from '../../kit/form.ts'

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
    mode: z
      .enum(['append', 'replace', 'truncate', 'upsert', 'delete_insert'])
      .default('append')
      .meta(
        form('What happens to the rows that are there', 'Que deviennent les lignes présentes', {
          control: 'select',
          options: [
            option('append', 'They stay; the new ones are added', 'Elles restent ; les nouvelles s’ajoutent'),
            option(
              'replace',
              'A new table takes the place of the old',
              'Une nouvelle table prend la place de l’ancienne',
            ),
            option('truncate', 'They are deleted; the table stays', 'Elles sont supprimées ; la table reste'),
            option('upsert', 'Those of the same key are updated', 'Celles de même clé sont mises à jour'),
            option('delete_insert', 'Those of the same parts are replaced', 'Celles des mêmes parties sont remplacées'),
          ],
        }),
      ),
    key: z
      .array(z.string().min(1))
      .default([])
      .meta(
        form('Key', 'Clé', {
          control: 'columns',
          port: 'in',
          help: text(
            'Columns that name one row. The primary key of a table that is made.',
            'Colonnes qui désignent une ligne. La clé primaire d’une table créée.',
          ),
        }),
      ),
    parts: z
      .array(z.string().min(1))
      .default([])
      .meta(
        form('Parts', 'Parties', {
          control: 'columns',
          port: 'in',
          help: text(
            'Rows of the table that have values of these columns which come in the input are deleted first.',
            'Les lignes de la table ayant des valeurs de ces colonnes présentes dans l’entrée sont d’abord supprimées.',
          ),
          visibleWhen: { field: 'mode', in: ['delete_insert'] },
        }),
      ),
    on_drift: z
      .enum(['fail', 'adapt', 'ignore'])
      .default('fail')
      .meta(
        form('Columns that the table does not have', 'Colonnes absentes de la table', {
          control: 'select',
          advanced: true,
          options: [
            option('fail', 'Refuse to load', 'Refuser de charger'),
            option('adapt', 'Add them to the table', 'Les ajouter à la table'),
            option('ignore', 'Leave them out', 'Les laisser de côté'),
          ],
        }),
      ),
  })
  .refine(({ mode, key }) => mode !== 'upsert' || key.length > 0, {
    error: 'name the columns of the key',
    path: ['key'],
  })
  .refine(({ mode, parts }) => mode !== 'delete_insert' || parts.length > 0, {
    error: 'name the columns of the parts',
    path: ['parts'],
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
    `All rows go into a table beside the target first, by the bulk path of the server (\`LOAD DATA LOCAL\`, from this program's own stream only). The target changes at the end, at once:
one transaction, or one \`RENAME TABLE\` where a table is replaced or made. After a failure or a crash it holds the old rows or the new ones. A table \`_logidata_loads\` in the database
keeps which loads were made, so that none is made twice.

A table that is not there is made: UBIGINT is BIGINT UNSIGNED, VARCHAR is LONGTEXT (VARCHAR(255) in the key), TIMESTAMP and TIMESTAMP WITH TIME ZONE are DATETIME(6), the latter in
UTC, BLOB is LONGBLOB, BOOLEAN is TINYINT(1), lists and structs are JSON.

**Nothing is cut or rounded.** A value that its column cannot hold, a NULL where none may be, a fraction in a whole number: the load ends with the column and the row, and the
target is as it was. A key that is missing or comes twice is refused, too.

\`replace\` keeps columns, keys, indexes, views and rights of the table; one with triggers or foreign keys is refused: \`truncate\` keeps those. \`truncate\`, \`upsert\` and
\`delete_insert\` need InnoDB to be whole or nothing. Needs the rights CREATE, ALTER, DROP, INSERT, UPDATE, DELETE, SELECT, and \`local_infile\` on the server.`,
    `Toutes les lignes vont d’abord dans une table à côté de la cible, par la voie rapide du serveur (\`LOAD DATA LOCAL\`, depuis le seul flux de ce programme). La cible change à la fin, d’un
coup : une transaction, ou un \`RENAME TABLE\` quand une table est remplacée ou créée. Après un échec ou un arrêt brutal, elle contient les anciennes lignes ou les nouvelles. Une table
\`_logidata_loads\` de la base retient les chargements faits, pour qu’aucun ne soit fait deux fois.

Une table absente est créée : UBIGINT devient BIGINT UNSIGNED, VARCHAR devient LONGTEXT (VARCHAR(255) dans la clé), TIMESTAMP et TIMESTAMP WITH TIME ZONE deviennent DATETIME(6), ce
dernier en UTC, BLOB devient LONGBLOB, BOOLEAN devient TINYINT(1), listes et structures deviennent JSON.

**Rien n’est coupé ni arrondi.** Une valeur que sa colonne ne peut contenir, un NULL interdit, une fraction dans un entier : le chargement s’arrête avec la colonne et la ligne, et la
cible est comme avant. Une clé absente ou présente deux fois est aussi refusée.

\`replace\` garde colonnes, clés, index, vues et droits de la table ; une table avec déclencheurs ou clés étrangères est refusée : \`truncate\` les garde. \`truncate\`, \`upsert\` et
\`delete_insert\` ont besoin d’InnoDB pour être entiers ou nuls. Il faut les droits CREATE, ALTER, DROP, INSERT, UPDATE, DELETE, SELECT, et \`local_infile\` sur le serveur.`,
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
