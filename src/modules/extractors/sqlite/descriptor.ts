import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { badValueField } from '../../kit/files/bad-values.ts'
import { columnTypeSchema } from '../../kit/files/column-type.ts'
import { driftField } from '../../kit/files/drift.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { recordOutputs } from '../../kit/files/records/config.ts'
import { sourceFields, sourcePath, withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

const config = z.strictObject({
  path: sourcePath('data/shop.sqlite'),
  table: z
    .string()
    .min(1)
    .optional()
    .meta(
      formMeta('Table or view', 'Table ou vue', {
        control: 'text',
        placeholder: 'orders',
        help: text('Empty: the only one there is.', 'Vide : la seule qui existe.'),
      }),
    ),
  query: z
    .string()
    .min(1)
    .optional()
    .meta(
      formMeta('Or a query', 'Ou une requête', {
        control: 'multiline',
        placeholder: 'SELECT * FROM orders WHERE paid',
        help: text('A SELECT in SQLite’s own SQL.', 'Un SELECT dans le SQL de SQLite.'),
      }),
    ),
  on_bad_value: badValueField,
  types: z
    .record(z.string(), columnTypeSchema)
    .optional()
    .meta(
      formMeta('Types', 'Types', {
        control: 'columnMap',
        help: text('Of columns whose declared type is not the one you want.', 'Pour remplacer le type déclaré.'),
        advanced: true,
      }),
    ),
  dates: z
    .enum(['text', 'unix', 'unix_ms', 'julian', 'as_stored'])
    .default('text')
    .meta(
      formMeta('Dates and times are stored as', 'Dates et heures stockées', {
        control: 'select',
        options: [
          option('text', 'Text: 2024-01-31 10:00:00', 'Texte : 2024-01-31 10:00:00'),
          option('unix', 'Seconds since 1970', 'Secondes depuis 1970'),
          option('unix_ms', 'Milliseconds since 1970', 'Millisecondes depuis 1970'),
          option('julian', 'Julian day numbers', 'Jours juliens'),
          option('as_stored', 'Leave them as they are', 'Les laisser telles quelles'),
        ],
        advanced: true,
      }),
    ),
  when_columns_differ: driftField,
  ...sourceFields,
})
export type SqliteConfig = z.output<typeof config>

export const sqliteExtractDescriptor = defineModule({
  type: 'extract.sqlite',
  version: 1,
  family: 'extract',
  title: text('SQLite', 'SQLite'),
  summary: text(
    'Reads a table, a view or a query of SQLite files.',
    'Lit une table, une vue ou une requête de fichiers SQLite.',
  ),
  documentation: withSource(
    text(
      `Reads a table or view of an SQLite file, or what a query gives. The file is opened for reading only; it can load no extension and reach no other file.

SQLite lets any value stand in any column. Here each column gets one type: INT… is BIGINT, REAL and DOUBLE are DOUBLE, CHAR, CLOB and TEXT are VARCHAR, BLOB is BLOB,
BOOLEAN is read from 0 and 1, DECIMAL(10,2) is exact, DATE, TIME, DATETIME and TIMESTAMP are read as \`dates\` says. A column with no such declared type gets the
narrowest one that holds all its values: BIGINT, DOUBLE, BLOB, or VARCHAR. \`types\` sets another. A value that is not exactly of its column's type (the text \`n/a\` among
numbers) ends the run with the file, row and column, sends its row to \`reject\`, or becomes NULL.

Whole numbers keep all 64 bits. An instant stored as a number is UTC. Rows come in the order in which SQLite gives them.`,
      `Lit une table ou une vue d’un fichier SQLite, ou le résultat d’une requête. Le fichier est ouvert en lecture seule ; il ne charge aucune extension et n’atteint aucun autre
fichier.

SQLite accepte toute valeur dans toute colonne. Ici, chaque colonne reçoit un type : INT… est BIGINT, REAL et DOUBLE sont DOUBLE, CHAR, CLOB et TEXT sont VARCHAR, BLOB est BLOB,
BOOLEAN se lit de 0 et 1, DECIMAL(10,2) est exact, DATE, TIME, DATETIME et TIMESTAMP se lisent selon \`dates\`. Une colonne sans tel type reçoit le plus étroit qui contient toutes
ses valeurs : BIGINT, DOUBLE, BLOB ou VARCHAR. \`types\` en fixe un autre. Une valeur qui n’est pas exactement du type de sa colonne (le texte \`n/a\` parmi des nombres) arrête
l’exécution avec le fichier, la ligne et la colonne, envoie sa ligne aux rejets ou devient NULL.

Les entiers gardent leurs 64 bits. Un instant stocké en nombre est en UTC. Les lignes arrivent dans l’ordre que donne SQLite.`,
    ),
  ),
  icon: 'sqlite',
  keywords: ['database', 'db', 'sql', 'table', 'base de données', 'fichier'],
  inputs: [],
  outputs: recordOutputs,
  config,
  defaultConfig: { path: '' },
  example: { path: 'data/shop.sqlite', table: 'orders', dates: 'unix', on_bad_value: 'reject' },
  describe: (given) => [shortName(given.path), given.table ?? (given.query ? 'query' : 'its table')].join(' · '),
})
