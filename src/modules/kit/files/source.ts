import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { userError } from '../../../shared/errors.ts'
import type { Text } from '../../../shared/modules/descriptor.ts'
import type { InputFile, ProjectFiles } from '../contract.ts'
import { nameKey } from '../inputs.ts'
import { identifier, joinSql, type Sql, sql } from '../sql.ts'
import { formMeta, option, text } from './form.ts'
import { hiveColumns, hivePartitions, hiveType } from './hive.ts'
import { recoverTarget } from './replace-target.ts'
import { zipEntries } from './zip-entries.ts'

/** A file, a glob, or a folder when it ends with `/`. */
export const sourcePath = (placeholder: string) =>
  z
    .string()
    .min(1, 'name a file')
    .meta(
      formMeta('File', 'Fichier', {
        control: 'inputPath',
        placeholder,
        help: text(
          'A file, a pattern such as data/2024-*.csv, or a folder that ends with /. Zip archives too.',
          'Un fichier, un motif tel que data/2024-*.csv, ou un dossier terminé par /. Aussi des archives zip.',
        ),
      }),
    )

const columnName = (en: string, fr: string, help: { en: string; fr: string }) =>
  z
    .string()
    .min(1)
    .optional()
    .meta(formMeta(en, fr, { control: 'text', help, advanced: true }))

/** What every file extract asks about where its rows come from. */
export const sourceFields = {
  archive_entries: z
    .string()
    .min(1)
    .optional()
    .meta(
      formMeta('Files inside an archive', 'Fichiers dans une archive', {
        control: 'text',
        placeholder: 'orders/*.csv',
        help: text('Of a zip archive. Empty: all of its files.', 'D’une archive zip. Vide : tous ses fichiers.'),
        advanced: true,
      }),
    ),
  folder_columns: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .meta(
      formMeta('Columns from folder names', 'Colonnes tirées des dossiers', {
        control: 'select',
        options: [
          option('auto', 'Where folders are named so', 'Si les dossiers sont nommés ainsi'),
          option('yes', 'Always', 'Toujours'),
          option('no', 'Never', 'Jamais'),
        ],
        help: text('Folders such as year=2024, of a pattern or a folder.', 'Dossiers tels que year=2024.'),
        advanced: true,
      }),
    ),
  file_name_column: columnName(
    'Column for the file name',
    'Colonne pour le nom du fichier',
    text('Each row gets the name of its file.', 'Chaque ligne reçoit le nom de son fichier.'),
  ),
  modified_column: columnName(
    'Column for the file’s date',
    'Colonne pour la date du fichier',
    text('When the file was last changed.', 'Dernière modification du fichier.'),
  ),
  row_number_column: columnName(
    'Column for the row number',
    'Colonne pour le numéro de ligne',
    text(
      'Counts the rows of each file from 1, rejected ones too.',
      'Compte les lignes de chaque fichier depuis 1, rejets compris.',
    ),
  ),
}

/** The part of the documentation that every file extract shares. */
const sourceDocumentation = text(
  `

The path is a file, a pattern (\`data/2024-*.csv\`) or a folder that ends with \`/\`; files are read in the order of their names. Folders named \`year=2024\` become
columns: BIGINT or DATE when all their values are whole numbers or dates, text otherwise, so that \`007\` stays. Of a zip archive all files are read, or those
that \`archive_entries\` names; an archive that would grow beyond 1 GiB and 200 times its size is refused. The name of the file, its date (an instant, UTC) and the
number of the row in it can be added as columns.`,
  `

Le chemin est un fichier, un motif (\`data/2024-*.csv\`) ou un dossier terminé par \`/\` ; les fichiers sont lus dans l’ordre de leurs noms. Les dossiers nommés
\`year=2024\` deviennent des colonnes : BIGINT ou DATE quand toutes leurs valeurs sont des entiers ou des dates, sinon du texte, si bien que \`007\` reste. D’une
archive zip, tous les fichiers sont lus, ou ceux que \`archive_entries\` désigne ; une archive qui dépasserait 1 Gio et 200 fois sa taille est refusée. Le nom du
fichier, sa date (un instant, UTC) et le numéro de la ligne peuvent être ajoutés en colonnes.`,
)

export const withSource = (documentation: Text): Text => ({
  en: documentation.en + sourceDocumentation.en,
  fr: documentation.fr + sourceDocumentation.fr,
})

export interface SourceConfig {
  readonly path: string
  readonly archive_entries?: string | undefined
  readonly folder_columns?: 'auto' | 'yes' | 'no' | undefined
  readonly file_name_column?: string | undefined
  readonly modified_column?: string | undefined
  readonly row_number_column?: string | undefined
}

const isMany = (path: string): boolean => path.endsWith('/') || /[*?[{]/.test(path)

/** The pattern that a path stands for; a folder is all files below it with one of these endings, packed ones too. */
export const patternOf = (path: string, endings: readonly string[]): string =>
  path.endsWith('/')
    ? `${path}**/*.{${endings.flatMap((end) => [end, `${end}.gz`, `${end}.zst`]).join(',')},zip}`
    : path

/**
 * The files to read, sorted by name; archives are unpacked into the staging folder. A folder whose replacement was cut off by a crash is
 * put back first.
 * @throws LogiDataError `file.not-found`, `file.outside-project`, `file.unreadable`, `zip.…`
 */
export async function sourceFilesOf(
  config: SourceConfig,
  { files, signal }: { readonly files: ProjectFiles; readonly signal: AbortSignal },
  endings: readonly string[],
): Promise<InputFile[]> {
  const { path } = config
  const folder = /^(.*?)\/?(?:\/[^/]*[*?[{].*|\/)$/.exec(path)?.[1]
  if (folder && !/[*?[{]/.test(folder)) await recoverTarget((await files.output(folder)).path)
  const found = await files.inputs(patternOf(path, endings)).catch(async (error: unknown) => {
    throw (await asFolder(files, path)) ?? error
  })
  const all: InputFile[] = []
  for (const file of found) {
    if (/\.zip$/i.test(file.name)) all.push(...(await zipEntries(file, config.archive_entries, files, signal)))
    else all.push(file)
  }
  return all
}

async function asFolder(files: ProjectFiles, path: string): Promise<Error | undefined> {
  if (isMany(path)) return undefined
  const target = await files.output(path).catch(() => undefined)
  const info = target && (await stat(target.path).catch(() => undefined))
  if (!info?.isDirectory()) return undefined
  return userError('file.is-folder', `${path} is a folder.`, {
    hint: `Write ${path}/ to read all files below it, or a pattern such as ${path}/*.csv.`,
    field: ['path'],
  })
}

/** What is known of the files besides their content; survives JSON. */
export interface SourceFacts {
  readonly files: readonly { readonly name: string; readonly modified: number }[]
  /** Columns from folder names, with their types. */
  readonly hive: Readonly<Record<string, string>>
}

export function sourceFacts(config: SourceConfig, found: readonly InputFile[]): SourceFacts {
  const partitions = takesFolders(config) ? hivePartitions(found) : new Map<string, Set<string>>()
  const hive = Object.fromEntries([...partitions].map(([name, values]) => [name, hiveType(values)]))
  return { files: found.map(({ name, modified }) => ({ name, modified })), hive }
}

const takesFolders = ({ folder_columns, path }: SourceConfig): boolean =>
  folder_columns === 'yes' || (folder_columns === 'auto' && isMany(path))

/** Whether a row must know its file. */
export const wantsFile = (config: SourceConfig, facts: SourceFacts): boolean =>
  config.file_name_column !== undefined || config.modified_column !== undefined || Object.keys(facts.hive).length > 0

/**
 * The columns about the file, after those of its content.
 * @param file the name of the row's file, as people know it
 * @param row the number of the row in its file
 */
export function sourceColumns(config: SourceConfig, facts: SourceFacts, file: Sql, row: Sql): Sql[] {
  const names = facts.files.map(({ name }) => name)
  const columns = hiveColumns(file, names, facts.hive, Object.keys(facts.hive))
  if (config.file_name_column) columns.push(sql`${file} AS ${identifier(config.file_name_column)}`)
  if (config.modified_column) {
    const instants = facts.files.map(({ modified }) => sql`make_timestamptz(${Math.trunc(modified * 1000)})`)
    const [only] = instants
    const cases = facts.files.map(({ name }, index) => sql`WHEN ${name} THEN ${instants[index] ?? sql`NULL`}`)
    const value = instants.length === 1 && only ? only : sql`CASE ${file} ${joinSql(cases, ' ')} END`
    columns.push(sql`${value} AS ${identifier(config.modified_column)}`)
  }
  if (config.row_number_column) columns.push(sql`${row} AS ${identifier(config.row_number_column)}`)
  return columns
}

/** The names that `sourceColumns` adds must not be those of the content. @throws LogiDataError `column.duplicate` */
export function checkSourceColumns(config: SourceConfig, facts: SourceFacts, content: readonly string[]): void {
  const seen = new Set(content.map(nameKey))
  const added: [string, string][] = Object.keys(facts.hive).map((name) => [name, 'folder_columns'])
  for (const field of ['file_name_column', 'modified_column', 'row_number_column'] as const) {
    const name = config[field]
    if (name !== undefined) added.push([name, field])
  }
  for (const [name, field] of added) {
    if (seen.has(nameKey(name)))
      throw userError('column.duplicate', `There would be two columns ${name}.`, {
        hint:
          field === 'folder_columns'
            ? 'The files hold the column that their folders name: set "folder_columns" to no, or rename it.'
            : 'Give one of them another name.',
        field: [field],
      })
    seen.add(nameKey(name))
  }
}
