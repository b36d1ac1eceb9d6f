import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { formMeta, option, text } from '../../kit/files/form.ts'
import { tableTargetFields } from '../../kit/files/table-target.ts'
import { outputPathSchema, shortName } from '../../kit/files/write-options.ts'

const config = z.strictObject({
  path: outputPathSchema('out/shop.sqlite'),
  ...tableTargetFields,
  dates: z
    .enum(['text', 'unix', 'unix_ms', 'julian'])
    .default('text')
    .meta(
      formMeta('Dates and times as', 'Dates et heures écrites', {
        control: 'select',
        options: [
          option('text', 'Text: 2024-01-31 10:00:00', 'Texte : 2024-01-31 10:00:00'),
          option('unix', 'Seconds since 1970', 'Secondes depuis 1970'),
          option('unix_ms', 'Milliseconds since 1970', 'Millisecondes depuis 1970'),
          option('julian', 'Julian day numbers', 'Jours juliens'),
        ],
        advanced: true,
      }),
    ),
  strict: z
    .boolean()
    .default(false)
    .meta(
      formMeta('Strict table', 'Table stricte', {
        control: 'switch',
        help: text(
          'SQLite itself then refuses values of other types.',
          'SQLite refuse alors lui-même les valeurs d’autres types.',
        ),
        advanced: true,
      }),
    ),
})
export type SqliteLoadConfig = z.output<typeof config>

export const sqliteLoadDescriptor = defineModule({
  type: 'load.sqlite',
  version: 1,
  family: 'load',
  title: text('SQLite', 'SQLite'),
  summary: text('Writes a table of an SQLite file.', 'Écrit une table d’un fichier SQLite.'),
  documentation: text(
    `Writes the rows into one table of an SQLite file, which is made if there is none; other tables stay as they are. Everything happens in one transaction of that file:
after a failure or a crash it holds the old data or the new.

\`replace\` makes the table anew, \`append\` adds the rows by the names of their columns, \`upsert\` updates rows of the same key and adds the others (an existing table needs
a primary key or unique index over exactly these columns), \`create\` refuses a table that exists. A key that is missing or comes twice in the input is refused before anything is
written.

Whole numbers up to 64 bits are INTEGER, BOOLEAN is 0 and 1, FLOAT and DOUBLE are REAL, BLOB is BLOB. What SQLite would round or has no type for is written as text, in columns
whose declared type \`extract.sqlite\` knows again: DECIMAL as DECIMALTEXT(p,s), larger whole numbers as HUGETEXT and the like, UUID and INTERVAL; so are dates of any year and infinity. NaN is refused, since SQLite would make it NULL. Dates are ISO 8601 text, or numbers (UTC): seconds refuse fractions of a second, Julian days
are exact to about a millisecond. Lists and structs are JSON text.`,
    `Écrit les lignes dans une table d’un fichier SQLite, créé s’il n’existe pas ; les autres tables restent telles quelles. Tout se passe en une transaction de ce fichier : après un
échec ou un arrêt brutal, il contient les anciennes données ou les nouvelles.

\`replace\` refait la table, \`append\` ajoute les lignes par les noms de leurs colonnes, \`upsert\` met à jour les lignes de même clé et ajoute les autres (une table existante doit avoir
une clé primaire ou un index unique sur exactement ces colonnes), \`create\` refuse une table qui existe. Une clé absente ou présente deux fois est refusée avant toute écriture.

Les entiers jusqu’à 64 bits sont INTEGER, BOOLEAN vaut 0 ou 1, FLOAT et DOUBLE sont REAL, BLOB est BLOB. Ce que SQLite arrondirait ou n’a pas comme type est écrit en texte, dans
des colonnes dont \`extract.sqlite\` reconnaît le type déclaré : DECIMAL en DECIMALTEXT(p,s), entiers plus grands en HUGETEXT et semblables, UUID et INTERVAL ; de même les dates de toute
année et l’infini. NaN est refusé, car SQLite en ferait NULL. Les dates sont du texte ISO 8601 ou des nombres (UTC) : les secondes refusent
les fractions, les jours juliens sont exacts à une milliseconde près. Listes et structures sont du texte JSON.`,
  ),
  icon: 'sqlite',
  keywords: ['database', 'db', 'upsert', 'insert', 'export', 'base de données'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { path: 'out/result.sqlite', table: 'result' },
  example: { path: 'out/shop.sqlite', table: 'orders', mode: 'upsert', key: ['order_id'] },
  describe: (given) => [shortName(given.path), given.table, given.mode].join(' · '),
})
