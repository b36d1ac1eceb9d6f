import { z } from 'zod'
import { form, option, text } from '../form.ts'
import { historyFields, mergeFields, softDeleteFields } from './mode-fields.ts'

/** Modes that tell rows apart by a key. */
const KEYED = ['upsert', 'merge', 'soft_delete', 'history'] as const
export type KeyedMode = (typeof KEYED)[number]
export const isKeyed = (mode: string): mode is KeyedMode => (KEYED as readonly string[]).includes(mode)

/** What every load into a table asks about how its rows get in. */
export const tableLoadFields = {
  mode: z
    .enum(['append', 'replace', 'truncate', 'delete_insert', ...KEYED])
    .default('append')
    .meta(
      form('What happens to the rows that are there', 'Que deviennent les lignes présentes', {
        control: 'select',
        options: [
          option('append', 'They stay; the new ones are added', 'Elles restent ; les nouvelles s’ajoutent'),
          option(
            'replace',
            'A new table takes the place of the old',
            'Une nouvelle table prend la place de l’ancienne',
          ),
          option('truncate', 'They are deleted; the table stays', 'Elles sont supprimées ; la table reste'),
          option('upsert', 'Those of the same key are updated', 'Celles de même clé sont mises à jour'),
          option(
            'merge',
            'Updated, or deleted where the input says so',
            'Mises à jour, ou supprimées si l’entrée le dit',
          ),
          option(
            'soft_delete',
            'Updated; those that are missing are marked',
            'Mises à jour ; celles qui manquent sont marquées',
          ),
          option('history', 'Every version is kept, with its dates', 'Chaque version est gardée, avec ses dates'),
          option('delete_insert', 'Those of the same parts are replaced', 'Celles des mêmes parties sont remplacées'),
        ],
      }),
    ),
  key: z
    .array(z.string().min(1))
    .default([])
    .meta(
      form('Key', 'Clé', {
        control: 'columns',
        port: 'in',
        help: text(
          'Columns that name one row. The primary key of a table that is made.',
          'Colonnes qui désignent une ligne. La clé primaire d’une table créée.',
        ),
      }),
    ),
  parts: z
    .array(z.string().min(1))
    .default([])
    .meta(
      form('Parts', 'Parties', {
        control: 'columns',
        port: 'in',
        help: text(
          'Rows of the table that have values of these columns which come in the input are deleted first.',
          'Les lignes de la table ayant des valeurs de ces colonnes présentes dans l’entrée sont d’abord supprimées.',
        ),
        visibleWhen: { field: 'mode', in: ['delete_insert'] },
      }),
    ),
  deleted_when: z
    .string()
    .min(1)
    .optional()
    .meta(
      form('Deleted where this is true', 'Supprimées si vrai', {
        control: 'column',
        port: 'in',
        help: text(
          'A column of yes and no: rows of these keys are deleted. It is not written into the table.',
          'Une colonne oui ou non : les lignes de ces clés sont supprimées. Elle n’est pas écrite dans la table.',
        ),
        visibleWhen: { field: 'mode', in: ['merge'] },
      }),
    ),
  ...mergeFields,
  ...softDeleteFields,
  ...historyFields,
  indexes: z
    .array(
      z.strictObject({
        columns: z
          .array(z.string().min(1))
          .min(1)
          .meta(form('Columns', 'Colonnes', { control: 'columns', port: 'in' })),
        unique: z
          .boolean()
          .default(false)
          .meta(form('No two rows alike', 'Sans doublon', { control: 'switch' })),
      }),
    )
    .default([])
    .meta(
      form('Indexes of a table that is made', 'Index d’une table créée', {
        control: 'list',
        advanced: true,
        help: text('A table that is there keeps those that it has.', 'Une table présente garde les siens.'),
      }),
    ),
  on_drift: z
    .enum(['fail', 'adapt', 'ignore'])
    .default('fail')
    .meta(
      form('Columns that the table does not have', 'Colonnes absentes de la table', {
        control: 'select',
        advanced: true,
        options: [
          option('fail', 'Refuse to load', 'Refuser de charger'),
          option('adapt', 'Add them to the table', 'Les ajouter à la table'),
          option('ignore', 'Leave them out', 'Les laisser de côté'),
        ],
      }),
    ),
}

const schema = z.strictObject(tableLoadFields)
export type TableLoadConfig = z.output<typeof schema>

/** What is missing for a mode: the field and what to do. */
export function missingFor({
  mode,
  key,
  parts,
  deleted_when,
  hash_column,
  version_columns,
}: TableLoadConfig): { path: string; message: string } | undefined {
  if (isKeyed(mode) && key.length === 0) return { path: 'key', message: 'name the columns of the key' }
  if (mode === 'delete_insert' && parts.length === 0) return { path: 'parts', message: 'name the columns of the parts' }
  if (mode === 'merge' && deleted_when === undefined)
    return {
      path: 'deleted_when',
      message: 'name the column that says which rows are deleted; without deletions use upsert',
    }
  if (mode === 'history' && hash_column !== undefined && version_columns.length > 0)
    return {
      path: 'hash_column',
      message: 'name either the columns that make a new version or one column that tells rows apart',
    }
  return undefined
}
