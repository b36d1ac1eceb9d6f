import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { form, option, text } from '../../kit/form.ts'

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
export type PostgresLoadConfig = z.output<typeof config>

export const postgresLoadDescriptor = defineModule({
  type: 'load.postgres',
  version: 1,
  family: 'load',
  title: text('PostgreSQL', 'PostgreSQL'),
  summary: text('Writes into a table of a PostgreSQL database.', 'Écrit dans une table d’une base PostgreSQL.'),
  documentation: text(
    `Rows go to the server by \`COPY\`, all in one transaction: after a failure, a cancel or a crash the table holds the old rows or the new ones, and others see nothing in between.
A table \`_logidata_loads\` in the schema keeps which loads were made, so that none is made twice.

A table that is not there is made: UBIGINT and larger are NUMERIC, VARCHAR is TEXT, BLOB is BYTEA, lists and structs are JSON. The key becomes its primary key.

**Nothing is cut or rounded.** Where a column of the table has another type than the input, each value must come back from it as it was; otherwise the load ends with the column and the value.
Text with a NUL character is refused. A TIMESTAMP goes into a column with time zone as UTC. Values for JSONB are normalised by the server. A key that is missing or comes twice is refused.

\`replace\` builds a new table with the columns, defaults, keys, indexes, comments and rights of the old one (indexes are named anew) and puts it in its place; a table with views, triggers, foreign keys,
policies, partitions, serial columns or rights on columns is refused: \`truncate\` keeps those. \`truncate\` deletes the rows, so that readers see the old ones until the end.
\`delete_insert\` treats NULL in a part as a value. Row order is not kept by tables.`,
    `Les lignes vont au serveur par \`COPY\`, en une seule transaction : après un échec, une annulation ou un arrêt brutal, la table contient les anciennes lignes ou les nouvelles, et personne ne voit
d’état intermédiaire. Une table \`_logidata_loads\` du schéma retient les chargements faits, pour qu’aucun ne soit fait deux fois.

Une table absente est créée : UBIGINT et plus grand deviennent NUMERIC, VARCHAR devient TEXT, BLOB devient BYTEA, listes et structures deviennent JSON. La clé devient sa clé primaire.

**Rien n’est coupé ni arrondi.** Quand une colonne de la table a un autre type que l’entrée, chaque valeur doit en revenir telle quelle ; sinon le chargement s’arrête avec la colonne et la valeur.
Un texte contenant un caractère NUL est refusé. Un TIMESTAMP entre dans une colonne avec fuseau comme UTC. Les valeurs pour JSONB sont normalisées par le serveur. Une clé absente ou présente deux fois est refusée.

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
