import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { connectionField } from '../../kit/connector.ts'
import { form, option, text } from '../../kit/form.ts'
import { pushdownField } from '../../kit/pushdown-field.ts'

const incremental = z.strictObject({
  column: z
    .string()
    .min(1)
    .meta(
      form('Column that grows', 'Colonne croissante', {
        placeholder: 'updated_at',
        help: text(
          'A number, a date or a time that is greater in new or changed rows. An index on it makes reading quick.',
          'Un nombre, une date ou une heure, plus grand dans les lignes nouvelles ou modifiées. Un index accélère la lecture.',
        ),
      }),
    ),
  overlap: z
    .number()
    .min(0)
    .default(0)
    .meta(
      form('Overlap', 'Recouvrement', {
        advanced: true,
        help: text(
          'Reads again what is that much below the greatest value of last time: seconds of a time, days of a date, else units. For rows that were committed late; load by key then.',
          'Relit ce qui est d’autant en dessous de la plus grande valeur précédente : secondes d’une heure, jours d’une date, sinon unités. Pour les lignes validées tardivement ; chargez alors par clé.',
        ),
      }),
    ),
})

const config = z
  .strictObject({
    connection: connectionField('mysql'),
    table: z
      .string()
      .min(1)
      .optional()
      .meta(form('Table or view', 'Table ou vue', { control: 'text', placeholder: 'orders' })),
    query: z
      .string()
      .min(1)
      .optional()
      .meta(
        form('Or a query', 'Ou une requête', {
          control: 'sql',
          placeholder: 'SELECT * FROM orders WHERE placed >= $since',
          help: text(
            'In the SQL of the server. Parameters of the pipeline ($since) are sent beside the text.',
            'Dans le SQL du serveur. Les paramètres du pipeline ($since) sont envoyés à part du texte.',
          ),
        }),
      ),
    database: z
      .string()
      .min(1)
      .optional()
      .meta(
        form('Database', 'Base de données', {
          advanced: true,
          help: text('Of the table. Empty: the connection’s.', 'De la table. Vide : celle de la connexion.'),
        }),
      ),
    columns: z
      .array(z.string().min(1))
      .optional()
      .meta(
        form('Columns', 'Colonnes', {
          control: 'list',
          item: 'text',
          advanced: true,
          help: text('Of the table. Empty: all.', 'De la table. Vide : toutes.'),
        }),
      ),
    filter: z
      .string()
      .min(1)
      .optional()
      .meta(
        form('Only rows where', 'Seulement les lignes où', {
          control: 'text',
          placeholder: "status = 'open' AND placed >= $since",
          help: text(
            'A condition in the SQL of the server, for a table.',
            'Une condition dans le SQL du serveur, pour une table.',
          ),
        }),
      ),
    incremental: incremental.optional().meta(
      form('Only what is new since the last run', 'Seulement le nouveau depuis la dernière exécution', {
        control: 'group',
      }),
    ),
    pushdown: pushdownField(),
    zero_dates: z
      .enum(['fail', 'null', 'text'])
      .default('fail')
      .meta(
        form('Dates that are none (0000-00-00)', 'Dates qui n’en sont pas (0000-00-00)', {
          control: 'select',
          advanced: true,
          help: text('Also 2024-00-10 and 2024-02-31.', 'Également 2024-00-10 et 2024-02-31.'),
          options: [
            option('fail', 'End the run and name the row', 'Arrêter et nommer la ligne'),
            option('null', 'Make them NULL', 'Les rendre NULL'),
            option('text', 'Read all dates as text', 'Lire toutes les dates comme texte'),
          ],
        }),
      ),
    times: z
      .enum(['time', 'text', 'microseconds'])
      .default('time')
      .meta(
        form('TIME', 'TIME', {
          control: 'select',
          advanced: true,
          options: [
            option('time', 'A time of day; end the run beyond 24 h', 'Une heure du jour ; arrêter au-delà de 24 h'),
            option('text', 'Text: -838:59:59', 'Texte : -838:59:59'),
            option('microseconds', 'A number of microseconds', 'Un nombre de microsecondes'),
          ],
        }),
      ),
    tinyint1: z
      .enum(['number', 'boolean'])
      .default('number')
      .meta(
        form('TINYINT(1)', 'TINYINT(1)', {
          control: 'select',
          advanced: true,
          options: [
            option('number', 'A number', 'Un nombre'),
            option('boolean', 'Yes or no; end the run for 2 and more', 'Oui ou non ; arrêter à partir de 2'),
          ],
        }),
      ),
    bits: z
      .enum(['number', 'text', 'blob'])
      .default('number')
      .meta(
        form('BIT(n)', 'BIT(n)', {
          control: 'select',
          advanced: true,
          options: [
            option('number', 'A number', 'Un nombre'),
            option('text', 'Text: 0101', 'Texte : 0101'),
            option('blob', 'Bytes', 'Octets'),
          ],
        }),
      ),
    big_decimals: z
      .enum(['text', 'fail'])
      .default('text')
      .meta(
        form('DECIMAL of more than 38 digits', 'DECIMAL de plus de 38 chiffres', {
          control: 'select',
          advanced: true,
          options: [option('text', 'Text, exact', 'Texte, exact'), option('fail', 'Refuse them', 'Les refuser')],
        }),
      ),
    geometry: z
      .enum(['wkb', 'hex'])
      .default('wkb')
      .meta(
        form('Geometry', 'Géométrie', {
          control: 'select',
          advanced: true,
          options: [
            option('wkb', 'WKB, as bytes', 'WKB, en octets'),
            option('hex', 'WKB, in hexadecimal text', 'WKB, en texte hexadécimal'),
          ],
        }),
      ),
  })
  .refine(({ table, query }) => (table === undefined) !== (query === undefined), {
    error: 'name a table or write a query, one of the two',
    path: ['table'],
  })
  .refine((given) => given.query === undefined || !('incremental' in given && given.incremental), {
    error: 'works with a table; in a query use a parameter',
    path: ['incremental'],
  })
  .refine(({ query, columns, filter }) => query === undefined || (columns === undefined && filter === undefined), {
    error: 'columns and filter are for a table; say it in the query',
    path: ['query'],
  })
export type MysqlExtractConfig = z.output<typeof config>

export const mysqlExtractDescriptor = defineModule({
  type: 'extract.mysql',
  version: 1,
  family: 'extract',
  title: text('MySQL and MariaDB', 'MySQL et MariaDB'),
  summary: text(
    'Reads a table, a view or a query of a MySQL or MariaDB database.',
    'Lit une table, une vue ou une requête d’une base MySQL ou MariaDB.',
  ),
  documentation: text(
    `Reads in one transaction that cannot write, over one consistent state of all InnoDB tables. Memory stays bounded whatever the size; a cancel ends the query on the server.
MySQL cannot share a state between connections, so that a table comes in one stream. The session is in UTC and in strict mode, \`"\` is for text there.

**Types.** Whole numbers keep their size, unsigned ones too (BIGINT UNSIGNED is UBIGINT). DECIMAL is exact to 38 digits, beyond that text. FLOAT and DOUBLE come to the last bit.
DATETIME is TIMESTAMP, TIMESTAMP is TIMESTAMP WITH TIME ZONE, both to the microsecond. YEAR is SMALLINT (0000 is 0). CHAR, TEXT, ENUM and SET are VARCHAR whatever
their character set; BINARY and BLOB are BLOB; JSON is JSON; MariaDB's UUID is UUID. Geometry is WKB without its reference system. An empty text is not NULL.

**What has no one right answer is a choice**: dates such as 0000-00-00, TIME beyond 24 hours, TINYINT(1), BIT(n), decimals beyond 38 digits. By default such a value ends the
run with its row and column, or keeps all of itself as text.

**A query** is run as it is; its columns need different names where one of them is a FLOAT, since it is then asked for through another SELECT, which need not keep its order.
Its \`$parameters\` are bound, never put into the text, and cannot stand after LIMIT. Rows come in the order of the server.

**Only what is new**: each run reads the rows whose column is greater than the greatest value that the last run saw, and up to the greatest that there is now. The first run reads
all, rows without a value included; later ones do not see rows without a value, nor deletions.`,
    `Lit dans une transaction qui ne peut pas écrire, sur un seul état cohérent de toutes les tables InnoDB. La mémoire reste bornée quelle que soit la taille ; une annulation met fin
à la requête sur le serveur. MySQL ne partage pas un état entre connexions : une table arrive en un seul flux. La session est en UTC et en mode strict, \`"\` y entoure du texte.

**Types.** Les entiers gardent leur taille, non signés compris (BIGINT UNSIGNED est UBIGINT). DECIMAL est exact jusqu’à 38 chiffres, au-delà c’est du texte. FLOAT et DOUBLE arrivent
au dernier bit près. DATETIME est TIMESTAMP, TIMESTAMP est TIMESTAMP WITH TIME ZONE, à la microseconde. YEAR est SMALLINT (0000 est 0). CHAR, TEXT, ENUM et SET sont VARCHAR quel que
soit leur jeu de caractères ; BINARY et BLOB sont BLOB ; JSON est JSON ; l’UUID de MariaDB est UUID. La géométrie est du WKB sans système de référence. Un texte vide n’est pas NULL.

**Ce qui n’a pas de réponse unique est un choix** : dates comme 0000-00-00, TIME au-delà de 24 heures, TINYINT(1), BIT(n), décimaux de plus de 38 chiffres. Par défaut une telle valeur
arrête l’exécution avec sa ligne et sa colonne, ou reste entière sous forme de texte.

**Une requête** est exécutée telle quelle ; ses colonnes doivent porter des noms différents si l’une est un FLOAT, car elle passe alors par un autre SELECT, qui peut changer l’ordre.
Ses \`$paramètres\` sont liés, jamais mis dans le texte, et ne peuvent suivre LIMIT. Les lignes arrivent dans l’ordre du serveur.

**Seulement le nouveau** : chaque exécution lit les lignes dont la colonne dépasse la plus grande valeur vue la fois précédente, jusqu’à la plus grande d’à présent. La première lit
tout, lignes sans valeur comprises ; les suivantes ne voient ni les lignes sans valeur, ni les suppressions.`,
  ),
  icon: 'database',
  keywords: [
    'mysql',
    'mariadb',
    'sql',
    'database',
    'table',
    'query',
    'base de données',
    'requête',
    'percona',
    'aurora',
  ],
  inputs: [],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { connection: '' },
  example: {
    connection: 'shop',
    table: 'orders',
    filter: "status <> 'draft'",
    incremental: { column: 'updated_at', overlap: 300 },
    zero_dates: 'null',
  },
  describe: ({ table, query }) => table ?? query?.replaceAll(/\s+/g, ' ').slice(0, 60) ?? '',
})
