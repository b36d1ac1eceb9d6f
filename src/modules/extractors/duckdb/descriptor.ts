import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { driftField } from '../../kit/files/drift.ts'
import { formMeta, text } from '../../kit/files/form.ts'
import { sourceFields, sourcePath, withSource } from '../../kit/files/source.ts'
import { shortName } from '../../kit/files/write-options.ts'

const config = z.strictObject({
  path: sourcePath('data/shop.duckdb'),
  table: z
    .string()
    .min(1)
    .optional()
    .meta(
      formMeta('Table or view', 'Table ou vue', {
        control: 'text',
        placeholder: 'orders',
        help: text(
          'With its schema where names repeat: sales.orders. Empty: the only one.',
          'Avec son schéma si besoin : sales.orders. Vide : la seule.',
        ),
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
        help: text('A SELECT over the file’s tables.', 'Un SELECT sur les tables du fichier.'),
      }),
    ),
  when_columns_differ: driftField,
  ...sourceFields,
})
export type DuckdbConfig = z.output<typeof config>

export const duckdbExtractDescriptor = defineModule({
  type: 'extract.duckdb',
  version: 1,
  family: 'extract',
  title: text('DuckDB file', 'Fichier DuckDB'),
  summary: text(
    'Reads a table, a view or a query of DuckDB files.',
    'Lit une table, une vue ou une requête de fichiers DuckDB.',
  ),
  documentation: withSource(
    text(
      `Reads a table or view of a DuckDB database file, or what a query over its tables gives. Types are those of the file; an ENUM becomes VARCHAR. A UNION, and lists or structs
that hold 128-bit integers or intervals, are refused: cast them in a query.

The file is opened for reading only, in a database of its own that reaches nothing else: a view or macro in it that names another file is an error, and so is a query that does.`,
      `Lit une table ou une vue d’un fichier DuckDB, ou le résultat d’une requête sur ses tables. Les types sont ceux du fichier ; un ENUM devient VARCHAR. Une UNION, et des listes ou
structures contenant des entiers de 128 bits ou des intervalles, sont refusées : convertissez-les dans une requête.

Le fichier est ouvert en lecture seule, dans une base à part qui n’atteint rien d’autre : une vue ou une macro qui nomme un autre fichier est une erreur, une requête aussi.`,
    ),
  ),
  icon: 'duckdb',
  keywords: ['database', 'db', 'sql', 'table', 'base de données', 'fichier'],
  inputs: [],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { path: '' },
  example: { path: 'data/shop.duckdb', table: 'orders' },
  describe: (given) => [shortName(given.path), given.table ?? (given.query ? 'query' : 'its table')].join(' · '),
})
