import { z } from 'zod'
import { defineModule } from '../../../shared/modules/descriptor.ts'
import { driftField } from '../../kit/files/drift.ts'
import { formMeta, text } from '../../kit/files/form.ts'
import { sourceFields, sourcePath, withSource } from '../../kit/files/source.ts'

const config = z.strictObject({
  path: sourcePath('data/sales.parquet'),
  columns: z
    .array(z.string())
    .optional()
    .meta(
      formMeta('Columns', 'Colonnes', {
        control: 'list',
        help: text('Empty: all of them.', 'Vide : toutes.'),
        advanced: true,
      }),
    ),
  union_by_name: z
    .boolean()
    .default(true)
    .meta(
      formMeta('Match columns by name', 'Associer les colonnes par nom', {
        control: 'switch',
        help: text(
          'Several files: a column that one of them lacks is NULL there.',
          'Plusieurs fichiers : une colonne absente d’un fichier y vaut NULL.',
        ),
        advanced: true,
      }),
    ),
  hive_partitioning: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .meta(
      formMeta('Columns from folder names', 'Colonnes tirées des dossiers', {
        control: 'select',
        help: text('Folders such as year=2024.', 'Dossiers tels que year=2024.'),
        advanced: true,
      }),
    ),
  hive_types: z
    .record(z.string(), z.string())
    .optional()
    .meta(
      formMeta('Types of folder columns', 'Types des colonnes de dossiers', { control: 'columnMap', advanced: true }),
    ),
  when_columns_differ: driftField,
  archive_entries: sourceFields.archive_entries,
  file_name_column: sourceFields.file_name_column,
  modified_column: sourceFields.modified_column,
  row_number_column: sourceFields.row_number_column,
})

export const parquetExtractDescriptor = defineModule({
  type: 'extract.parquet',
  version: 1,
  family: 'extract',
  title: text('Parquet', 'Parquet'),
  summary: text('Reads Parquet files.', 'Lit des fichiers Parquet.'),
  documentation: withSource(
    text(
      `Reads one Parquet file, a glob (\`data/2024-*.parquet\`) or a folder (\`data/sales/\`). Types are those of the file. Filters and
the choice of columns of the steps that follow reach the file, so that only what is needed is read.

Folders named \`year=2024\` become columns. Their values are text unless every one of them is a whole number (BIGINT) or a
date (DATE); a code such as \`007\` stays text. \`hive_types\` says otherwise.`,
      `Lit un fichier Parquet, un motif (\`data/2024-*.parquet\`) ou un dossier (\`data/sales/\`). Les types sont ceux du fichier. Les filtres
et le choix de colonnes des étapes suivantes atteignent le fichier : seul le nécessaire est lu.

Les dossiers nommés \`year=2024\` deviennent des colonnes. Leurs valeurs sont du texte, sauf si toutes sont des nombres entiers
(BIGINT) ou des dates (DATE) ; un code tel que \`007\` reste du texte. \`hive_types\` en décide autrement.`,
    ),
  ),
  icon: 'parquet',
  keywords: ['columnar', 'hive', 'partition', 'file', 'fichier'],
  inputs: [],
  outputs: [{ name: 'out', title: text('Rows', 'Lignes') }],
  config,
  defaultConfig: { path: '' },
  example: { path: 'data/sales/', file_name_column: 'file' },
  describe: (given) => {
    const parts = [given.path.split('/').slice(-2).filter(Boolean).at(-1) ?? given.path]
    if (given.columns?.length) parts.push(`${given.columns.length} columns`)
    return parts.join(' · ')
  },
})
