import { stat } from 'node:fs/promises'
import { z } from 'zod'
import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { InputFile, InputRelation, LoadRequest } from '../contract.ts'
import { identifier, joinSql, type Sql, sql } from '../sql.ts'
import { formMeta, text } from './form.ts'
import { requireSameColumns } from './same-columns.ts'

/** The field `partition_by` of every load that can write a folder with one folder per value. */
export const partitionField = ({ advanced }: { readonly advanced: boolean }) =>
  z
    .array(z.string())
    .default([])
    .meta(
      formMeta('Partition by', 'Partitionner par', {
        control: 'columns',
        port: 'in',
        advanced,
        help: text(
          'The path is then a folder with one folder per value.',
          'Le chemin est alors un dossier avec un sous-dossier par valeur.',
        ),
      }),
    )

/** For the documentation of these loads. */
export const partitionDocumentation = text(
  `A path that ends in \`/\`, or columns in \`partition_by\`, make a folder: \`country=France/\` for each value, as Hive and Spark name them, which the readers of files turn into columns again. The folder is replaced
as a whole, and \`overwrite\` refuses to remove files of other kinds; \`append\` adds files to it. Partition columns are in the names of folders only. With several threads a value may have several files, and rows
may stand in another order than they came.`,
  `Un chemin terminé par \`/\`, ou des colonnes dans \`partition_by\`, font un dossier : \`country=France/\` pour chaque valeur, comme les nomment Hive et Spark, que les lecteurs de fichiers retransforment en colonnes. Le
dossier est remplacé d’un coup, et \`overwrite\` refuse d’effacer des fichiers d’un autre type ; \`append\` y ajoute des fichiers. Les colonnes de partition ne sont que dans les noms des dossiers. Avec plusieurs fils
d’exécution, une valeur peut avoir plusieurs fichiers, et les lignes un autre ordre qu’à l’arrivée.`,
)

interface FolderConfig {
  readonly path: string
  readonly partition_by: readonly string[]
}

/** Whether a folder is written, and not a file. */
export const isFolder = ({ path, partition_by }: FolderConfig): boolean => partition_by.length > 0 || path.endsWith('/')

/** For the line on the node. */
export const partitionedBy = ({ partition_by }: Pick<FolderConfig, 'partition_by'>): readonly string[] =>
  partition_by.length > 0 ? [`by ${partition_by.join(', ')}`] : []

/** @throws LogiDataError `column.missing`, `partition.duplicate`, `partition.all-columns` */
export function checkPartitions({ partition_by }: FolderConfig, columns: readonly Column[]): void {
  const seen = new Set<string>()
  for (const [index, name] of partition_by.entries()) {
    const field = ['partition_by', index]
    if (!columns.some((column) => column.name === name)) {
      throw userError('column.missing', `There is no column ${name} to partition by.`, {
        hint: `The columns are ${columns.map((column) => column.name).join(', ')}.`,
        field,
      })
    }
    if (seen.has(name.toLowerCase())) {
      throw userError('partition.duplicate', `Column ${name} is there twice in "Partition by".`, { field })
    }
    seen.add(name.toLowerCase())
  }
  if (columns.length > 0 && seen.size === columns.length) {
    throw userError('partition.all-columns', 'Partitioning by every column leaves nothing to write into the files.', {
      hint: 'Leave at least one column out of "Partition by".',
      field: ['partition_by'],
    })
  }
}

/** Values that differ in case only would be one folder on Windows and macOS, and one of them would be lost. */
export async function checkPartitionValues({ config, input, session }: LoadRequest<FolderConfig>): Promise<void> {
  for (const [index, name] of config.partition_by.entries()) {
    const column = identifier(name)
    const { rows } = await session.query(
      sql`SELECT min(v), max(v) FROM (SELECT DISTINCT CAST(${column} AS VARCHAR) AS v FROM ${input.name}) GROUP BY lower(v) HAVING count(*) > 1 LIMIT 1`,
    )
    const [one, other] = rows[0] ?? []
    if (one === undefined) continue
    throw userError(
      'partition.case-collision',
      `Column ${name} holds "${one}" and "${other}": folders that differ in case only are one folder on some systems.`,
      { hint: `Make the values of ${name} lower or upper case before this step.`, field: ['partition_by', index] },
    )
  }
}

/** Columns that stand in the files of a folder, not in the names of its folders. */
export const columnsInFiles = (config: FolderConfig, { columns }: Pick<InputRelation, 'columns'>): readonly Column[] =>
  columns.filter(({ name }) => !config.partition_by.includes(name))

/** What is said to `COPY` besides its format. Each write has names of its own: an append must never meet one that is there. */
export const partitionOptions = ({ partition_by }: FolderConfig, part: string, extension: string): readonly Sql[] => [
  sql`PARTITION_BY (${joinSql(partition_by.map(identifier))})`,
  sql`FILENAME_PATTERN ${`${part}-{i}`}`,
  sql`FILE_EXTENSION ${extension.slice(1)}`,
  sql`OVERWRITE_OR_IGNORE TRUE`,
]

interface ExistingFolder {
  /** What the names of its files end with. */
  readonly extension: string
  /** Of one of its files. */
  readonly columnsOf: (file: InputFile) => Promise<readonly Column[]>
  /** As they would be in such a file. */
  readonly given: readonly Column[]
  readonly compareTypes: boolean
}

/** Before rows are added to a folder. @throws LogiDataError `target.partitions-differ`, `target.columns-differ` */
export async function checkFolderColumns(
  { config, files }: LoadRequest<FolderConfig>,
  { extension, columnsOf, given, compareTypes }: ExistingFolder,
): Promise<void> {
  const path = config.path.replace(/\/+$/, '')
  const target = await files.output(path)
  const info = await stat(target.path).catch(() => undefined)
  if (!info?.isDirectory()) return
  const [first] = await files.inputs(`${path}/**/*${extension}`).catch(() => [])
  if (!first) return
  // Partition columns are in the names of the folders, not in the files.
  const folders = first.name
    .slice(first.name.startsWith(`${target.name}/`) ? target.name.length : 0)
    .split('/')
    .flatMap((part) => (part.includes('=') ? [part.slice(0, part.indexOf('='))] : []))
  const wanted = config.partition_by
  if (folders.join('/') !== wanted.join('/')) {
    throw userError(
      'target.partitions-differ',
      `${target.name} is partitioned by ${folders.join(', ') || 'nothing'}, not by ${wanted.join(', ') || 'nothing'}.`,
      {
        hint: 'Partition by the same columns in the same order, or use the mode "overwrite".',
        field: ['partition_by'],
      },
    )
  }
  requireSameColumns(
    target.name,
    await columnsOf(first),
    given.filter((column) => !wanted.includes(column.name)),
    compareTypes,
  )
}
