import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { form, option, showWhen, text } from '../../kit/form.ts'
import { pushdownField } from '../../kit/pushdown-field.ts'
import { documentation } from './documentation.ts'

const name = z.string().min(1)
const byTable = <T extends z.ZodType>(schema: T): T => showWhen(schema, 'read', ['table'])

export const postgresConfig = z
  .strictObject({
    connection: connectionField('postgres'),
    read: z
      .enum(['table', 'query'])
      .default('table')
      .meta(
        form('What to read', 'Que lire', {
          options: [
            option('table', 'A table or a view', 'Une table ou une vue'),
            option('query', 'A query', 'Une requête'),
          ],
        }),
      ),
    schema: byTable(
      name.optional().meta(
        form('Schema', 'Schéma', {
          placeholder: 'public',
          help: text('Empty: where the connection looks for tables.', 'Vide : là où la connexion cherche les tables.'),
        }),
      ),
    ),
    table: byTable(name.optional().meta(form('Table or view', 'Table ou vue', { placeholder: 'orders' }))),
    query: showWhen(
      name.optional().meta(
        form('Query', 'Requête', {
          control: 'sql',
          placeholder: 'SELECT * FROM orders WHERE ordered_at >= $since',
          help: text(
            'One SELECT in PostgreSQL’s own words. Parameters of the pipeline are written $name.',
            'Un seul SELECT, dans la langue de PostgreSQL. Les paramètres du pipeline s’écrivent $nom.',
          ),
        }),
      ),
      'read',
      ['query'],
    ),
    columns: z
      .array(name)
      .default([])
      .meta(
        form('Only the columns', 'Seulement les colonnes', {
          control: 'list',
          item: 'text',
          help: text('Empty: all of them, in their order.', 'Vide : toutes, dans leur ordre.'),
        }),
      ),
    filter: byTable(
      name.optional().meta(
        form('Only the rows where', 'Seulement les lignes où', {
          control: 'multiline',
          placeholder: "status = 'paid' AND ordered_at >= $since",
          help: text(
            'A condition in PostgreSQL’s own words; the server applies it.',
            'Une condition dans la langue de PostgreSQL ; le serveur l’applique.',
          ),
        }),
      ),
    ),
    order_by: byTable(
      z
        .array(
          z.strictObject({
            column: name.meta(form('Column', 'Colonne')),
            descending: z.boolean().default(false).meta(form('From the largest', 'Du plus grand')),
          }),
        )
        .default([])
        .meta(
          form('In the order of', 'Dans l’ordre de', {
            advanced: true,
            help: text(
              'Empty: in no order, which is fastest. A query has its own ORDER BY.',
              'Vide : sans ordre, ce qui est le plus rapide. Une requête a son propre ORDER BY.',
            ),
          }),
        ),
    ),
    incremental: z
      .strictObject({
        column: name.meta(
          form('Column that grows', 'Colonne qui croît', {
            placeholder: 'updated_at',
            help: text(
              'A time of change or a running number. Rows without a value in it are never read.',
              'Une heure de modification ou un numéro courant. Les lignes sans valeur n’y sont jamais lues.',
            ),
          }),
        ),
        overlap: name.optional().meta(
          form('Read again, before the last value', 'Relire, avant la dernière valeur', {
            placeholder: '10 minutes',
            help: text(
              'For rows that are committed later than their time says: an interval for times, a number for numbers. Rows then come twice, so load them by key.',
              'Pour des lignes validées plus tard que leur heure ne le dit : un intervalle pour les heures, un nombre pour les nombres. Des lignes viennent alors deux fois : chargez-les par clé.',
            ),
          }),
        ),
      })
      .optional()
      .meta(
        form('Only what is new since the last run', 'Seulement ce qui est nouveau depuis la dernière exécution', {
          control: 'group',
          advanced: true,
        }),
      ),
    infinity: z
      .enum(['fail', 'null', 'text'])
      .default('fail')
      .meta(
        form('Infinite dates', 'Dates infinies', {
          advanced: true,
          options: [
            option('fail', 'Stop with an error', 'Arrêter avec une erreur'),
            option('null', 'Empty', 'Vide'),
            option('text', 'Read all dates as text', 'Lire toutes les dates comme texte'),
          ],
        }),
      ),
    not_a_number: z
      .enum(['fail', 'null', 'text'])
      .default('fail')
      .meta(
        form('NaN and infinity in numeric', 'NaN et infini dans numeric', {
          advanced: true,
          options: [
            option('fail', 'Stop with an error', 'Arrêter avec une erreur'),
            option('null', 'Empty', 'Vide'),
            option('text', 'Read all numeric as text', 'Lire tous les numeric comme texte'),
          ],
        }),
      ),
    unbounded_numeric: z
      .enum(['text', 'decimal', 'double'])
      .default('text')
      .meta(
        form('Numeric without limits', 'Numeric sans limites', {
          advanced: true,
          help: text(
            'Columns that may hold more than 38 digits.',
            'Les colonnes qui peuvent contenir plus de 38 chiffres.',
          ),
          options: [
            option('text', 'As text, exact', 'Comme texte, exact'),
            option(
              'decimal',
              'As decimals; what does not fit is an error',
              'Comme décimaux ; ce qui ne tient pas est une erreur',
            ),
            option('double', 'As floating point, rounded', 'En virgule flottante, arrondi'),
          ],
        }),
      ),
    decimal_scale: z
      .int()
      .min(0)
      .max(38)
      .default(10)
      .meta(
        form('Digits after the point', 'Chiffres après la virgule', {
          advanced: true,
          visibleWhen: { field: 'unbounded_numeric', in: ['decimal'] },
        }),
      ),
    arrays: z
      .enum(['list', 'json', 'text'])
      .default('list')
      .meta(
        form('Arrays', 'Tableaux', {
          advanced: true,
          options: [
            option('list', 'As lists', 'Comme listes'),
            option('json', 'As JSON', 'Comme JSON'),
            option('text', 'As text', 'Comme texte'),
          ],
        }),
      ),
    parallel: z
      .int()
      .min(1)
      .max(8)
      .optional()
      .meta(
        form('Connections at once', 'Connexions simultanées', {
          advanced: true,
          help: text(
            'Large tables are read in parts, all in one state of the database. Empty: by size.',
            'Les grandes tables sont lues par parties, toutes dans un seul état de la base. Vide : selon la taille.',
          ),
        }),
      ),
    pushdown: pushdownField(),
    max_row_megabytes: z
      .int()
      .min(1)
      .max(512)
      .default(8)
      .meta(
        form('Largest row, in megabytes', 'Plus grande ligne, en mégaoctets', {
          advanced: true,
          help: text(
            'As text. Larger rows are an error; more takes more memory.',
            'Comme texte. Au-delà, c’est une erreur ; davantage prend plus de mémoire.',
          ),
        }),
      ),
  })
  .superRefine((config, context) => {
    if (config.read === 'table' && config.table === undefined)
      context.addIssue({ code: 'custom', path: ['table'], message: 'name a table or a view' })
    if (config.read === 'query' && config.query === undefined)
      context.addIssue({ code: 'custom', path: ['query'], message: 'write a query' })
  })
export type PostgresConfig = z.output<typeof postgresConfig>

export const postgresExtractDescriptor = defineModule({
  type: 'extract.postgres',
  version: 1,
  family: 'extract',
  title: text('PostgreSQL', 'PostgreSQL'),
  summary: text(
    'Reads a table, a view or a query of a PostgreSQL database.',
    'Lit une table, une vue ou une requête d’une base PostgreSQL.',
  ),
  documentation,
  icon: 'database',
  keywords: [
    'postgres',
    'pg',
    'sql',
    'database',
    'base de données',
    'copy',
    'incremental',
    'watermark',
    'redshift',
    'timescale',
  ],
  inputs: [],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config: postgresConfig,
  defaultConfig: { connection: '', read: 'table' },
  example: {
    connection: 'shop',
    schema: 'public',
    table: 'orders',
    filter: "status = 'paid'",
    incremental: { column: 'updated_at', overlap: '10 minutes' },
  },
  describe: ({ connection, read, schema, table }) =>
    [connection, read === 'query' ? 'SQL' : [schema, table].filter(Boolean).join('.')].filter(Boolean).join(' · '),
})
