import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { text } from '../../kit/files/form.ts'
import { tableTargetFields } from '../../kit/files/table-target.ts'
import { outputPathSchema, shortName } from '../../kit/files/write-options.ts'

const config = z.strictObject({ path: outputPathSchema('out/shop.duckdb'), ...tableTargetFields })
export type DuckdbLoadConfig = z.output<typeof config>

export const duckdbLoadDescriptor = defineModule({
  type: 'load.duckdb',
  version: 1,
  family: 'load',
  title: text('DuckDB file', 'Fichier DuckDB'),
  summary: text('Writes a table of a DuckDB file.', 'Écrit une table d’un fichier DuckDB.'),
  documentation: text(
    `Writes the rows into one table of a DuckDB database file, which is made if there is none; other tables stay as they are. Types are those of the input, exactly. Everything
happens in one transaction of that file: after a failure or a crash it holds the old data or the new.

\`replace\` makes the table anew, \`append\` adds the rows by the names of their columns, \`upsert\` updates the rows of the same key and adds the others, \`create\` refuses a table
that exists. A key that is missing or comes twice in the input is refused before anything is written. A UNION, and lists or structs that hold 128-bit integers or intervals, are
refused.`,
    `Écrit les lignes dans une table d’un fichier DuckDB, créé s’il n’existe pas ; les autres tables restent telles quelles. Les types sont exactement ceux de l’entrée. Tout se passe
en une transaction de ce fichier : après un échec ou un arrêt brutal, il contient les anciennes données ou les nouvelles.

\`replace\` refait la table, \`append\` ajoute les lignes par les noms de leurs colonnes, \`upsert\` met à jour les lignes de même clé et ajoute les autres, \`create\` refuse une table qui
existe. Une clé absente ou présente deux fois est refusée avant toute écriture. Une UNION, et des listes ou structures contenant des entiers de 128 bits ou des intervalles, sont
refusées.`,
  ),
  icon: 'duckdb',
  keywords: ['database', 'db', 'upsert', 'merge', 'export', 'base de données'],
  inputs: [{ name: 'in', title: text('Rows', 'Lignes') }],
  outputs: [],
  config,
  defaultConfig: { path: 'out/result.duckdb', table: 'result' },
  example: { path: 'out/shop.duckdb', table: 'orders', mode: 'upsert', key: ['order_id'] },
  describe: (given) => [shortName(given.path), given.table, given.mode].join(' · '),
})
