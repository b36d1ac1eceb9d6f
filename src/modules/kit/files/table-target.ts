import { z } from 'zod'
import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { LoadRequest } from '../contract.ts'
import { checkDistinctNames, nameKey, requireColumn } from '../inputs.ts'
import { identifier, joinSql, sql } from '../sql.ts'
import { formMeta, option, text } from './form.ts'

/** What loads into a table of a database file ask about. */
export const tableTargetFields = {
  table: z
    .string()
    .min(1, 'name a table')
    .meta(formMeta('Table', 'Table', { control: 'text', placeholder: 'orders' })),
  mode: z
    .enum(['replace', 'append', 'upsert', 'create'])
    .default('replace')
    .meta(
      formMeta('If the table exists', 'Si la table existe', {
        control: 'select',
        options: [
          option('replace', 'Replace it', 'La remplacer'),
          option('append', 'Add the rows', 'Ajouter les lignes'),
          option('upsert', 'Update by key, add the others', 'Mettre à jour par clé, ajouter les autres'),
          option('create', 'Fail', 'Échouer'),
        ],
      }),
    ),
  key: z
    .array(z.string())
    .default([])
    .meta(
      formMeta('Key', 'Clé', {
        control: 'columns',
        port: 'in',
        help: text(
          'Tells one row from another; a new table gets it as its primary key.',
          'Distingue les lignes ; clé primaire d’une nouvelle table.',
        ),
      }),
    ),
}

export interface TableTargetConfig {
  readonly path: string
  readonly table: string
  readonly mode: 'replace' | 'append' | 'upsert' | 'create'
  readonly key: readonly string[]
}

/** @throws LogiDataError `key.missing`, `column.not-found`, `column.duplicate` */
export function checkTableTarget(config: TableTargetConfig, columns: readonly Column[]): void {
  if (config.mode === 'upsert' && config.key.length === 0)
    throw userError('key.missing', 'Updating by key needs the columns of the key.', { field: ['key'] })
  checkDistinctNames(columns, 'The input')
  config.key.forEach((name, index) => {
    requireColumn(columns, name, ['key', index])
  })
}

/** Two rows with one key would overwrite each other in no known order. @throws LogiDataError `key.not-unique`, `key.null` */
export async function checkKeys({ config, input, session }: LoadRequest<TableTargetConfig>): Promise<void> {
  if (config.key.length === 0) return
  const keys = config.key.map((name) => identifier(requireColumn(input.columns, name, ['key']).name))
  const found = await session.query(
    sql`SELECT ${joinSql(keys)} FROM ${input.name} GROUP BY ALL HAVING count(*) > 1 OR ${joinSql(
      keys.map((key) => sql`${key} IS NULL`),
      ' OR ',
    )} ORDER BY ALL LIMIT 1`,
  )
  const [row] = found.rows
  if (!row) return
  const values = config.key.map((name, index) => `${name} = ${row[index] ?? 'NULL'}`).join(', ')
  if (row.some((cell) => cell === null))
    throw userError('key.null', `A row has no key: ${values}.`, {
      hint: 'Filter such rows out, or choose other columns for the key.',
      field: ['key'],
    })
  throw userError('key.not-unique', `Several rows have the key ${values}.`, {
    hint: 'Remove duplicates before this step, or add columns to the key.',
    field: ['key'],
  })
}

/**
 * The columns of the table that the rows go to, in the order of the input.
 * @throws LogiDataError `target.columns-differ`
 */
export function matchColumns(table: string, existing: readonly string[], input: readonly Column[]): string[] {
  const unknown = input.filter(({ name }) => !existing.some((other) => nameKey(other) === nameKey(name)))
  if (unknown.length > 0)
    throw userError(
      'target.columns-differ',
      `The table ${table} has no column ${unknown.map(({ name }) => name).join(', ')}.`,
      {
        hint: `Its columns are ${existing.join(', ')}. Select and rename before this step, or replace the table.`,
        field: ['mode'],
      },
    )
  return input.map(({ name }) => existing.find((other) => nameKey(other) === nameKey(name)) ?? name)
}

export const tableExists = (table: string, path: string) =>
  userError('target.exists', `The table ${table} exists in ${path}, and the mode is "create".`, {
    hint: 'Choose another table, or the mode "replace", "append" or "upsert".',
    field: ['mode'],
  })

const writing = new Map<string, Promise<unknown>>()

/** One writer of a database file at a time, also within this process. */
export async function oneWriter<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = writing.get(path) ?? Promise.resolve()
  const mine = before.catch(() => undefined).then(work)
  writing.set(path, mine)
  try {
    return await mine
  } finally {
    if (writing.get(path) === mine) writing.delete(path)
  }
}
